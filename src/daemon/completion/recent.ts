import type { OpenBuffer, Overlay } from '../overlay/contract.js';

/** A region of a file that the client edited or looked at. */
export interface RecentRegion {
  kind: 'edited' | 'viewed';
  /** Canonical absolute path. */
  path: string;
  startLine: number;
  endLine: number;
  /** 0 for the newest of its kind. */
  rank: number;
}

/** Lines that a client named. */
export interface Region {
  path: string;
  startLine: number;
  endLine: number;
}

/** Lines shown around an edited or viewed line. */
const around = 4;
const aroundView = 8;
const mostLines = 24;
const mostOfAKind = 8;

/**
 * The regions that a client edited or looked at lately, the newest of each kind first. Pure.
 * @param viewed what the request names, which comes before what the client said earlier
 */
export function recentRegions({ buffers, views }: Overlay, viewed: readonly Region[]): RecentRegion[] {
  const edits = buffers
    .flatMap(({ path, edits: changed }) =>
      changed.map((edit) => ({ at: edit.at, ...widened(path, edit.startLine, edit.endLine, around) })),
    )
    .sort((a, b) => b.at - a.at);
  const seen = views.flatMap(({ path, line }) =>
    line === null ? [] : [widened(path, line, line, aroundView)],
  );
  const named = viewed.map(({ path, startLine, endLine }) => widened(path, startLine, endLine, 0));
  return [...ranked('edited', edits), ...ranked('viewed', [...named, ...seen])];
}

function widened(path: string, startLine: number, endLine: number, by: number): Region {
  const from = Math.max(1, startLine - by);
  return { path, startLine: from, endLine: Math.min(Math.max(from, endLine + by), from + mostLines - 1) };
}

/** Of regions that overlap the newest is kept. */
function ranked(kind: RecentRegion['kind'], regions: readonly Region[]): RecentRegion[] {
  const kept: RecentRegion[] = [];
  for (const { path, startLine, endLine } of regions) {
    if (kept.length === mostOfAKind) break;
    const overlaps = kept.some(
      (one) => one.path === path && one.startLine <= endLine && startLine <= one.endLine,
    );
    if (!overlaps) kept.push({ kind, path, startLine, endLine, rank: kept.length });
  }
  return kept;
}

/** The line of a file that was edited or looked at last; null if it is not known. */
export function lastLine({ path, edits }: OpenBuffer, views: Overlay['views']): number | null {
  const view = views.find((one) => one.path === path && one.line !== null);
  const [edit] = edits;
  return view && view.at >= (edit?.at ?? 0) ? view.line : (edit?.startLine ?? null);
}
