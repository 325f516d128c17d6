import type { ByteVectors, DerivedVectors, DeriveResult } from '../../workers/messages.js';
import { type ChunkId, namesOrd, type VectorBatch } from '../store/contract.js';

interface Part extends ByteVectors {
  ids: ChunkId[];
}

/** What derive tasks gave, gathered for one commit. */
export class DerivedBatches {
  /** Contents with the number of their chunks. */
  readonly contents = new Map<string, number>();
  /** Arrow IPC streams. */
  readonly rows: Uint8Array[] = [];
  rowBytes = 0;
  /** The packed outline of each content; empty for one that has none. */
  readonly outlines = new Map<string, Uint8Array>();
  readonly #parts: Part[] = [];

  /** Takes the files that were derived. */
  add({ files, rows, vectors, outlines }: DeriveResult): void {
    const derived = files.filter(({ status }) => status === 'ok');
    let at = 0;
    for (const { key, chunks, outlineBytes } of derived) {
      this.contents.set(key, chunks);
      this.outlines.set(key, outlines.subarray(at, at + outlineBytes));
      at += outlineBytes;
    }
    if (rows) {
      this.rows.push(rows);
      this.rowBytes += rows.byteLength;
    }
    if (vectors) this.#parts.push(...partsOf(derived, vectors));
  }

  /** Takes a content without chunks. */
  addEmpty(key: string): void {
    this.contents.set(key, 0);
    this.outlines.set(key, new Uint8Array());
  }

  /** All vectors in one batch; null if there are none. */
  vectors(): VectorBatch | null {
    const parts = this.#parts.filter(({ ids }) => ids.length > 0);
    if (parts.length === 0) return null;
    const values = new Int8Array(parts.reduce((sum, part) => sum + part.values.length, 0));
    const scales = new Float32Array(parts.reduce((sum, part) => sum + part.scales.length, 0));
    let [value, row] = [0, 0];
    for (const part of parts) {
      values.set(part.values, value);
      scales.set(part.scales, row);
      value += part.values.length;
      row += part.scales.length;
    }
    return { ids: parts.flatMap(({ ids }) => ids), values, scales };
  }
}

/** The vectors of chunks come in the order of the files and of their chunks. */
function partsOf(derived: readonly { key: string; chunks: number }[], vectors: DerivedVectors): Part[] {
  const ids = derived.flatMap(({ key, chunks }) =>
    Array.from({ length: chunks }, (_, ord) => ({ key, ord })),
  );
  const names = vectors.namedKeys.map((key) => ({ key, ord: namesOrd }));
  return [
    { ids, ...vectors.chunks },
    { ids: names, ...vectors.names },
  ];
}
