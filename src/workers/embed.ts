import { LcadError, messageOf } from '../shared/errors.js';
import type { StaticModel } from '../shared/model/contract.js';
import { loadModel } from '../shared/model/load.js';
import { quantise } from '../shared/model/quantise.js';
import { modelOf } from '../shared/model/static-model.js';
import type { ByteVectors, EmbedTask, LoadModelResult, LoadModelTask, SharedModel } from './messages.js';

/** Reads a model into shared memory; that it cannot be read is a result. */
export function loadSharedModel({ file }: LoadModelTask): LoadModelResult {
  try {
    const memory = loadModel(file);
    return { model: { id: modelOf(memory).id, memory } };
  } catch (error) {
    const { message, next } =
      error instanceof LcadError ? error : new LcadError('MODEL_UNREADABLE', messageOf(error));
    return { model: null, message, next };
  }
}

/** Vectors of columns of terms, in their order; one of zeros for a column without a known term. */
export function embedColumns({ model, columns }: EmbedTask): ByteVectors {
  const rows = new VectorRows(model, columns.length);
  for (const column of columns) rows.push(column);
  return rows.finish();
}

/** Embeds columns of terms one by one and collects the vectors as bytes. */
export class VectorRows {
  readonly #model: StaticModel;
  readonly #vector: Float32Array;
  #values: Int8Array<ArrayBuffer>;
  #scales: Float32Array<ArrayBuffer>;
  #count = 0;

  /** @param capacity rows for which there is room at first */
  constructor(model: SharedModel, capacity: number) {
    this.#model = inThisThread(model);
    this.#vector = new Float32Array(this.#model.dimensions);
    this.#values = new Int8Array(capacity * this.#model.dimensions);
    this.#scales = new Float32Array(capacity);
  }

  push(column: string): void {
    if (this.#count === this.#scales.length) this.#grow();
    const { dimensions } = this.#model;
    const from = this.#count * dimensions;
    this.#model.embed(column, this.#vector);
    this.#scales[this.#count] = quantise(this.#vector, this.#values.subarray(from, from + dimensions));
    this.#count++;
  }

  /** In buffers of their own, so that they can be transferred. */
  finish(): ByteVectors {
    return {
      values: this.#values.slice(0, this.#count * this.#model.dimensions),
      scales: this.#scales.slice(0, this.#count),
    };
  }

  #grow(): void {
    const { values, scales } = { values: this.#values, scales: this.#scales };
    this.#values = new Int8Array(Math.max(values.length * 2, 64 * this.#model.dimensions));
    this.#scales = new Float32Array(Math.max(scales.length * 2, 64));
    this.#values.set(values);
    this.#scales.set(scales);
  }
}

/** The model of the last task: the next one mostly has the same. */
let last: StaticModel | null = null;

function inThisThread({ id, memory }: SharedModel): StaticModel {
  if (last?.id !== id) last = modelOf(memory);
  return last;
}
