import type { ByteVectors, DeriveResult } from '../../workers/messages.js';
import { packTerms } from '../../workers/terms/pack.js';
import type { ChunkId, ContentParts, VectorBatch } from '../store/contract.js';

interface VectorPart extends ByteVectors {
  ids: ChunkId[];
}

/** What derive tasks gave, gathered for one commit. */
export class DerivedBatches {
  /** Contents with the number of their chunks. */
  readonly contents = new Map<string, number>();
  /** Arrow IPC streams. */
  readonly rows: Uint8Array[] = [];
  rowBytes = 0;
  /** The parts of each content. */
  readonly parts = new Map<string, ContentParts>();
  readonly #vectors: VectorPart[] = [];

  /** Takes the files that were derived. */
  add({ files, rows, vectors, outlines, terms }: DeriveResult): void {
    const derived = files.filter(({ status }) => status === 'ok');
    let [outline, term] = [0, 0];
    for (const { key, chunks, outlineBytes, termBytes } of derived) {
      this.contents.set(key, chunks);
      this.parts.set(key, {
        outline: outlines.subarray(outline, outline + outlineBytes),
        terms: terms.subarray(term, term + termBytes),
      });
      outline += outlineBytes;
      term += termBytes;
    }
    if (rows) {
      this.rows.push(rows);
      this.rowBytes += rows.byteLength;
    }
    if (vectors) this.#vectors.push({ ids: idsOf(derived), ...vectors });
  }

  /** Takes a content without chunks. */
  addEmpty(key: string): void {
    this.contents.set(key, 0);
    this.parts.set(key, { outline: new Uint8Array(), terms: packTerms('', []) });
  }

  /** All vectors in one batch; null if there are none. */
  vectors(): VectorBatch | null {
    const parts = this.#vectors.filter(({ ids }) => ids.length > 0);
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

/** Vectors come in the order of the files and of their chunks. */
function idsOf(derived: readonly { key: string; chunks: number }[]): ChunkId[] {
  return derived.flatMap(({ key, chunks }) => Array.from({ length: chunks }, (_, ord) => ({ key, ord })));
}
