import type { Freshness } from '../../protocol/common.js';
import { plural } from './human.js';
import { printableLine } from './printable.js';

/** Where a checkout stands, shortly: "main at 3f2a1c9", "3f2a1c9" when detached, "" outside git. */
export function checkoutText(at: { head: string | null; branch: string | null }): string {
  const commit = at.head?.slice(0, 7) ?? '';
  const branch = at.branch === null ? '' : printableLine(at.branch);
  if (branch && commit) return `${branch} at ${commit}`;
  return branch ? `${branch}, no commit yet` : commit;
}

/** True while the first index of a repository is not complete. */
export function isFirstIndex(one: Pick<Freshness, 'state' | 'generation'>): boolean {
  return (
    one.state === 'new' || ((one.state === 'scanning' || one.state === 'indexing') && one.generation === 0)
  );
}

/**
 * What keeps a reply from being complete, one sentence per repository that has something to say.
 * @param waited the request asked to wait until everything was in
 */
export function freshnessWarnings(all: Freshness[], waited: boolean): string[] {
  return all.flatMap((one) => {
    const name = printableLine(one.name);
    if (one.state === 'missing')
      return [`${name}: its folder ${printableLine(one.root)} is gone; these are its last known files`];
    if (isFirstIndex(one))
      return [`${name}: its first index is still being built, so results are incomplete`];
    if (one.pending > 0) return [`${name}: ${plural(one.pending, 'changed file')} not searchable yet`];
    if (waited && !one.fresh) return [`${name}: not all changes were in before the deadline`];
    if (one.state === 'degraded') return [`${name}: degraded; \`lcad status ${name}\` says why`];
    return [];
  });
}
