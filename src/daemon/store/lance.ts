import type { Connection, Index, Session } from '@lancedb/lancedb';

type Lance = typeof import('@lancedb/lancedb');

const mib = 2 ** 20;
// Of all stores together. LanceDB's own defaults are 6 GiB and 1 GiB.
const indexCacheBytes = 192 * mib;
const metadataCacheBytes = 48 * mib;

let loading: Promise<{ lance: Lance; session: Session }> | null = null;

/** Loads LanceDB with the first call: it takes 0.15 s and 40 MB, which a daemon without repositories does not need. */
export function loadLance(): Promise<{ lance: Lance; session: Session }> {
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
  return { lance, db: await lance.connect(folder, { session }) };
}

/** Full-text index over terms that are split already: the tokenizer must only part them at the blanks. */
export function termIndex(lance: Lance, lowercase: boolean): Index {
  return lance.Index.fts({
    withPosition: false,
    baseTokenizer: 'whitespace',
    // Measured in bytes; the longest term has 64 characters.
    maxTokenLength: 1024,
    lowercase,
    stem: false,
    removeStopWords: false,
    asciiFolding: false,
  });
}
