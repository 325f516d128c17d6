import type { Freshness } from '../../protocol/common.js';
import { printableLine } from './printable.js';

/** Where a checkout stands, shortly: "main at 3f2a1c9", "3f2a1c9" when detached, "" outside git. */
export function checkoutText(at: { head: string | null; branch: string | null }): string {
  const commit = at.head?.slice(0, 7) ?? '';
  const branch = at.branch === null ? '' : printableLine(at.branch);
  if (branch && commit) return `${branch} at ${commit}`;
  return branch ? `${branch}, no commit yet` : commit;
}

/** True while the first index of a repository is not complete. */
function isFirstIndex(one: Pick<Freshness, 'state' | 'generation'>): boolean {
  return (
    one.generation === 0 && (one.state === 'new' || one.state === 'scanning' || one.state === 'indexing')
  );
}

/**
 * What keeps a reply from being complete, beyond what the daemon's own notes say (pending files, missing folders).
 * @param waited the request asked to wait until everything was in
 */
export function freshnessWarnings(all: Freshness[], waited: boolean): string[] {
  return all.flatMap((one) => {
    const name = printableLine(one.name);
    if (one.pending > 0 || one.state === 'missing') return [];
    if (isFirstIndex(one))
      return [`The first index of ${name} is still being built: results are incomplete.`];
    if (one.state === 'degraded') return [`${name} is degraded: \`lcad status ${name}\` says why.`];
    return waited && !one.fresh ? [`Not all changes of ${name} were in before the deadline.`] : [];
  });
}
