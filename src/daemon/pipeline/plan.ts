import type { FileStat, ScanResult } from '../../workers/messages.js';
import type { ManifestEntry } from '../store/manifest.js';

/** What a scan asks for: files to read, and manifest entries that are gone. */
export interface Plan {
  /** Paths to read and hash, with their size in bytes. */
  read: { path: string; size: number }[];
  /** Paths of the manifest that are no longer there. */
  removed: string[];
}

/**
 * Compares what a scan saw with the manifest. Pure.
 *
 * @param scope the paths that were scanned (files and folders), null for the whole root: entries outside it are kept
 * @param anew read everything, whatever the manifest says
 * @param has whether a content is in the store: a file whose content is not (a damaged part was set aside) is read again
 */
export function planOf(
  entries: ReadonlyMap<string, ManifestEntry>,
  scan: Pick<ScanResult, 'paths' | 'stats'>,
  scope: readonly string[] | null,
  anew: boolean,
  has: (key: string) => boolean,
): Plan {
  const read: Plan['read'] = [];
  const seen = new Set<string>();
  for (const [i, path] of scan.paths.entries()) {
    seen.add(path);
    const stat = statAt(scan.stats, i);
    const entry = entries.get(path);
    const known = entry && sameFile(entry, stat) && (entry.skip !== null || has(entry.key));
    if (anew || !known) read.push({ path, size: stat.size });
  }
  return { read, removed: entriesWithin(entries, scope).filter((path) => !seen.has(path)) };
}

/** The four numbers of one path in a ScanResult's `stats`. */
function statAt(stats: Float64Array, i: number): FileStat {
  const at = i * 4;
  return {
    size: stats[at] ?? 0,
    mtimeMs: stats[at + 1] ?? 0,
    ctimeMs: stats[at + 2] ?? 0,
    ino: stats[at + 3] ?? 0,
  };
}

/** True if nothing speaks for a change since the entry was made. */
function sameFile(entry: FileStat, stat: FileStat): boolean {
  return (
    entry.size === stat.size &&
    entry.mtimeMs === stat.mtimeMs &&
    entry.ctimeMs === stat.ctimeMs &&
    entry.ino === stat.ino
  );
}

function entriesWithin(entries: ReadonlyMap<string, unknown>, scope: readonly string[] | null): string[] {
  if (scope === null || scope.includes('')) return [...entries.keys()];
  const within = new Set<string>();
  const folders: string[] = [];
  for (const path of scope) {
    if (entries.has(path)) within.add(path);
    else folders.push(`${path}/`);
  }
  if (folders.length > 0) {
    for (const path of entries.keys()) {
      if (folders.some((folder) => path.startsWith(folder))) within.add(path);
    }
  }
  return [...within];
}

/** File systems stamp times by a clock that ticks every few milliseconds (4 ms on Linux with HZ=250). */
const racyWindowMs = 100;

/**
 * The times to remember for a file that was read at `readAtMs`. One that was written within a clock tick of being
 * read could change again without a visible change of its times; it is remembered with times that match nothing, so
 * that the next sweep reads it again (as git does with its index: "racy git").
 */
export function rememberedStat(stat: FileStat, readAtMs: number): FileStat {
  const racy = Math.max(stat.mtimeMs, stat.ctimeMs) > readAtMs - racyWindowMs;
  return racy ? { ...stat, mtimeMs: 0, ctimeMs: 0 } : stat;
}

/** Splits files into batches of at most so many files and bytes, in order. Pure. */
export function batchesOf<T extends { size: number }>(
  files: readonly T[],
  maxFiles: number,
  maxBytes: number,
): T[][] {
  const batches: T[][] = [];
  let batch: T[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length > 0 && (batch.length >= maxFiles || bytes + file.size > maxBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
