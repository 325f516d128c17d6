import { mix } from './random.js';

/** What is known of each pair before any is chosen: parallel lists, in the order of files and lines. */
export interface PairTable {
  /** Index of the file. */
  file: Uint32Array;
  /** Index in `kinds` and `languages`. */
  kind: Uint8Array;
  language: Uint8Array;
  /** Hashes of query and document. */
  query: Uint32Array;
  document: Uint32Array;
}

export interface SelectionRules {
  /** Pairs to choose. */
  wanted: number;
  /** Most pairs of one package. */
  perFile: number;
  /** Share of a kind that is used; kinds that are not named are used whole. */
  rates: Readonly<Record<string, number>>;
  /** How often one query may occur; a kind that is not named has `repeats.other`. */
  repeats: Readonly<Record<string, number>> & { other: number };
  /**
   * A language with n pairs gets a share that grows like n to this power: 1 leaves them as they are, 0 gives all the
   * same as long as they have it.
   */
  balance: number;
  seed: number;
}

/**
 * Chooses pairs: each query only so often, each document once a kind, a share of each kind, and thin languages before
 * thick ones. Pure: the same table and rules give the same choice.
 * @returns indices of the table, ascending
 */
export function select(table: PairTable, kinds: readonly string[], rules: SelectionRules): Uint32Array {
  const order = inRandomOrder(table, rules.seed);
  const kept = withoutRepeats(order, table, kinds, rules);
  const perFile = new Map<number, number>();
  const inFiles = kept.filter((pair) => {
    const count = (perFile.get(table.file[pair] as number) ?? 0) + 1;
    perFile.set(table.file[pair] as number, count);
    return count <= rules.perFile;
  });
  const sizes = new Map<number, number>();
  for (const pair of inFiles) {
    const language = table.language[pair] as number;
    sizes.set(language, (sizes.get(language) ?? 0) + 1);
  }
  const shares = sharesOf(sizes, rules.wanted, rules.balance);
  const taken = new Map<number, number>();
  return inFiles
    .filter((pair) => {
      const language = table.language[pair] as number;
      const count = (taken.get(language) ?? 0) + 1;
      taken.set(language, count);
      return count <= (shares.get(language) ?? 0);
    })
    .sort();
}

function inRandomOrder(table: PairTable, seed: number): Uint32Array {
  const count = table.file.length;
  const keys = new Float64Array(count);
  for (let pair = 0; pair < count; pair++) {
    const random = mix(seed, table.query[pair] as number, table.document[pair] as number, pair) >>> 0;
    // The pair's index in the lower bits: the order is the keys', and what they stand for is at hand.
    keys[pair] = (random >>> 2) * 2 ** 23 + pair;
  }
  keys.sort();
  return Uint32Array.from(keys, (key) => key % 2 ** 23);
}

function withoutRepeats(
  order: Uint32Array,
  table: PairTable,
  kinds: readonly string[],
  { rates, repeats, seed }: SelectionRules,
): Uint32Array {
  const queries = new Map<number, number>();
  const documents = new Set<number>();
  return order.filter((pair) => {
    const kindIndex = table.kind[pair] as number;
    const kind = kinds[kindIndex] ?? '';
    const query = table.query[pair] as number;
    const document = (table.document[pair] as number) * 256 + kindIndex;
    const uses = queries.get(query) ?? 0;
    if (documents.has(document) || uses >= (repeats[kind] ?? repeats.other)) return false;
    const chance = (mix(seed, pair, 77) >>> 0) / 2 ** 32;
    if (chance >= (rates[kind] ?? 1)) return false;
    documents.add(document);
    queries.set(query, uses + 1);
    return true;
  });
}

/** How many pairs each language gets, none more than it has, together about `wanted`. */
function sharesOf(sizes: ReadonlyMap<number, number>, wanted: number, balance: number): Map<number, number> {
  const share = (factor: number) =>
    new Map([...sizes].map(([key, size]) => [key, Math.min(size, Math.ceil(factor * size ** balance))]));
  const total = (shares: Map<number, number>) => [...shares.values()].reduce((sum, size) => sum + size, 0);
  let low = 0;
  let high = Math.max(1, ...[...sizes.values()].map((size) => size ** (1 - balance)));
  for (let round = 0; round < 50; round++) {
    const middle = (low + high) / 2;
    if (total(share(middle)) > wanted) high = middle;
    else low = middle;
  }
  return share(high);
}
