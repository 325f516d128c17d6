import { termsColumn } from '../../shared/terms.js';
import { type FamilyStore, namesOrd, type VectorStore } from '../store/contract.js';
import type { EmbeddingItem } from './contract.js';

export interface ItemsWanted {
  /** Those that are there already; null: none are. */
  vectors: VectorStore | null;
  live: ReadonlySet<string>;
  /** Chunks that are passed over, as `key:ord`. */
  refused: ReadonlySet<string>;
  /** Whether contents get a vector for the names that they define. */
  names: boolean;
  /** Most chunks. */
  limit: number;
}

/** What lacks a vector: chunks of live contents, and before them the names of those contents. */
export async function itemsWithoutVector(store: FamilyStore, wanted: ItemsWanted): Promise<EmbeddingItem[]> {
  const { vectors, live, refused, limit } = wanted;
  const rows = await store.withoutVector(vectors, live, limit + refused.size);
  const chunks = rows.filter(({ key, ord }) => !refused.has(`${key}:${ord}`));
  if (!wanted.names) return chunks;
  const keys = [...new Set(chunks.map(({ key }) => key))];
  // Names first: if the rest is not reached, its chunks are what is looked for the next time.
  return [
    ...(await namesOf(
      store,
      keys.filter((key) => !vectors?.has({ key, ord: namesOrd })),
    )),
    ...chunks,
  ];
}

async function namesOf(store: FamilyStore, keys: string[]): Promise<EmbeddingItem[]> {
  const symbols = new Map<string, string>();
  for (const chunk of await store.chunksOf(keys)) {
    const before = symbols.get(chunk.key);
    if (chunk.symbols !== '') symbols.set(chunk.key, before ? `${before} ${chunk.symbols}` : chunk.symbols);
  }
  return [...symbols].map(([key, text]) => ({ key, ord: namesOrd, text, terms: termsColumn(text) }));
}
