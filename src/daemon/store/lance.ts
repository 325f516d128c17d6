import type { Connection, Session } from '@lancedb/lancedb';

/** The module @lancedb/lancedb. */
export type Lance = typeof import('@lancedb/lancedb');

const mib = 2 ** 20;
// Of all stores together. LanceDB's own defaults are 6 GiB and 1 GiB.
const indexCacheBytes = 64 * mib;
const metadataCacheBytes = 24 * mib;

let loading: Promise<{ lance: Lance; session: Session }> | null = null;

/** Loads LanceDB with the first call: it takes 0.15 s and 40 MB, which a daemon without repositories does not need. */
function loadLance(): Promise<{ lance: Lance; session: Session }> {
  loading ??= (async () => {
    // Read when the module is loaded; without it every query on rows that are not indexed prints a warning.
    process.env.LANCEDB_LOG ??= 'error';
    const lance = await import('@lancedb/lancedb');
    return { lance, session: new lance.Session(BigInt(indexCacheBytes), BigInt(metadataCacheBytes)) };
  })();
  return loading;
}

/** Opens the folder that holds a family's tables. All connections share their caches. */
export async function connectTo(folder: string): Promise<{ lance: Lance; db: Connection }> {
  const { lance, session } = await loadLance();
  // As an option: a session given as connect's third argument is ignored.
  return { lance, db: await lance.connect(folder, { session }) };
}
