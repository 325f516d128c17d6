import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pack, unpack } from 'msgpackr';
import type { FamilyStore } from './contract.js';
import { readRecord, writeRecord } from './record-file.js';

/** How long and how much content is kept that no manifest refers to. */
export interface CollectionLimits {
  /** Milliseconds since it was last referred to. */
  keepMs: number;
  /** Bytes on disk of one family's store; unreferenced content goes, oldest first, to stay within. */
  budgetBytes: number;
}

export interface CollectionInput {
  /** Contents in the store, with the number of their chunks. */
  contents: ReadonlyMap<string, number>;
  /** Contents that some manifest refers to. */
  live: ReadonlySet<string>;
  /** Since when each unreferenced content has been so, as known so far; milliseconds since 1970. */
  deadSince: ReadonlyMap<string, number>;
  now: number;
  /** Bytes on disk of all contents together. */
  bytes: number;
  limits: CollectionLimits;
}

export interface CollectionPlan {
  /** Contents to delete. */
  drop: string[];
  /** The new `deadSince`: unreferenced contents that stay. */
  deadSince: Map<string, number>;
}

/**
 * Decides which contents to delete. Pure. Referenced content is never dropped. A content's bytes are estimated by its
 * share of the chunks. A time in the future (a clock set back) counts as now.
 */
export function planCollection(input: CollectionInput): CollectionPlan {
  const { contents, live, now, limits } = input;
  const dead: { key: string; since: number; chunks: number }[] = [];
  let chunks = 0;
  for (const [key, count] of contents) {
    chunks += count;
    if (live.has(key)) continue;
    dead.push({ key, since: Math.min(input.deadSince.get(key) ?? now, now), chunks: count });
  }
  dead.sort((a, b) => a.since - b.since || (a.key < b.key ? -1 : 1));
  const bytesPerChunk = chunks === 0 ? 0 : input.bytes / chunks;
  let excess = input.bytes - limits.budgetBytes;
  const drop: string[] = [];
  const deadSince = new Map<string, number>();
  for (const { key, since, chunks: count } of dead) {
    if (now - since > limits.keepMs || excess > 0) {
      drop.push(key);
      excess -= count * bytesPerChunk;
    } else {
      deadSince.set(key, since);
    }
  }
  return { drop, deadSince };
}

/**
 * Deletes contents that nothing refers to any more, by age and disk budget. Since when each has been unreferenced is
 * kept in `folder`; if that record is lost, ages start anew.
 * @param live contents that some manifest of the family refers to
 * @throws DISK_FULL, INDEX_UNAVAILABLE
 */
export async function collect(
  store: FamilyStore,
  folder: string,
  live: ReadonlySet<string>,
  limits: CollectionLimits,
): Promise<void> {
  const file = join(folder, 'unreferenced');
  const { bytes } = await store.stats();
  const deadSince = await loadDeadSince(file);
  const plan = planCollection({ contents: store.keys, live, deadSince, now: Date.now(), bytes, limits });
  if (plan.drop.length > 0) await store.deleteContents(plan.drop);
  if (plan.deadSince.size > 0 || deadSince.size > 0) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeRecord(file, pack([[...plan.deadSince.keys()].join(' '), [...plan.deadSince.values()]]));
  }
}

async function loadDeadSince(file: string): Promise<Map<string, number>> {
  const read = await readRecord(file);
  if (!('bytes' in read)) return new Map();
  const [keys, times] = unpack(read.bytes) as [string, number[]];
  const known = new Map<string, number>();
  if (keys !== '') for (const [i, key] of keys.split(' ').entries()) known.set(key, times[i] ?? 0);
  return known;
}
