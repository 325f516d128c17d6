/**
 * Where things are in the memory that all threads share. Numbers of 32 bits first, so that all views are aligned:
 *
 * | part    | numbers                                                                                    |
 * |---------|--------------------------------------------------------------------------------------------|
 * | head    | magic, version, dimensions, words, roots, slots, length of the id, then the id's characters |
 * | table   | a slot has three: both halves of a fingerprint, and an entry + 1 (0: the slot is free)       |
 * | scales  | one float an entry                                                                          |
 * | rows    | `dimensions` signed bytes an entry                                                          |
 *
 * Entries are numbered: words from 0, then roots. The entry `stop` is that of a term to be passed over.
 */
export interface Layout {
  readonly id: string;
  readonly dimensions: number;
  readonly words: number;
  readonly roots: number;
  /** Slots of the table less one; their number is a power of two. */
  readonly mask: number;
  readonly table: Int32Array;
  readonly scales: Float32Array;
  readonly rows: Int8Array;
}

/** Entry of a term that is in the table in order to be passed over. */
export const stop = 0x7ffffffe;

const magic = 0x6c636d31;
const version = 1;
const headNumbers = 64;
const idAt = 7;
const maxId = headNumbers - idAt;
const slotNumbers = 3;

export interface Sizes {
  id: string;
  dimensions: number;
  words: number;
  roots: number;
  /** Terms to pass over. */
  stops: number;
}

/** New shared memory for a model; the table is empty, scales and rows are zero. */
export function allocate({ id, dimensions, words, roots, stops }: Sizes): SharedArrayBuffer {
  let slots = 1024;
  while (slots < 2 * (words + roots + stops)) slots *= 2;
  const numbers = headNumbers + slots * slotNumbers + words + roots;
  const memory = new SharedArrayBuffer(4 * numbers + (words + roots) * dimensions);
  const head = new Int32Array(memory, 0, headNumbers);
  const name = id.slice(0, maxId);
  head.set([magic, version, dimensions, words, roots, slots, name.length]);
  for (let at = 0; at < name.length; at++) head[idAt + at] = name.charCodeAt(at);
  return memory;
}

/**
 * The parts of a model's memory.
 * @throws Error for memory that `allocate` did not make
 */
export function layoutOf(memory: SharedArrayBuffer): Layout {
  const head = new Int32Array(memory, 0, headNumbers);
  const [found, foundVersion, dimensions = 0, words = 0, roots = 0, slots = 0, idLength = 0] = head;
  if (found !== magic || foundVersion !== version) throw new Error('This memory holds no embedding model.');
  const tableAt = 4 * headNumbers;
  const scalesAt = tableAt + 4 * slotNumbers * slots;
  const rowsAt = scalesAt + 4 * (words + roots);
  return {
    id: String.fromCharCode(...head.subarray(idAt, idAt + idLength)),
    dimensions,
    words,
    roots,
    mask: slots - 1,
    table: new Int32Array(memory, tableAt, slotNumbers * slots),
    scales: new Float32Array(memory, scalesAt, words + roots),
    rows: new Int8Array(memory, rowsAt, (words + roots) * dimensions),
  };
}

/** Adds a fingerprint to the table; one that is there already keeps its entry. */
export function enter({ table, mask }: Layout, low: number, high: number, entry: number): void {
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const at = slot * slotNumbers;
    if (table[at + 2] === 0) {
      table[at] = low;
      table[at + 1] = high;
      table[at + 2] = entry + 1;
      return;
    }
    if (table[at] === low && table[at + 1] === high) return;
  }
}

/** The entry of a fingerprint, or -1. */
export function entryOf({ table, mask }: Layout, low: number, high: number): number {
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const at = slot * slotNumbers;
    const entry = table[at + 2] as number;
    if (entry === 0 || (table[at] === low && table[at + 1] === high)) return entry - 1;
  }
}
