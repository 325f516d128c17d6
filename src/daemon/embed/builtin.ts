import { modelOf } from '../../shared/model/static-model.js';
import { termsColumn } from '../../shared/terms.js';
import type { ByteVectors, SharedModel } from '../../workers/messages.js';
import type { EmbeddingConfig, EmbeddingItem, EmbeddingModel, EmbeddingWorkers } from './contract.js';
import { Turns } from './turns.js';

/** Some 30 ms of one thread: what else is to be done need not wait longer. */
const itemsAtOnce = 512;

/**
 * The model that comes with lcad. Questions are embedded at once, in this thread; items of the index in worker threads,
 * one task at a time. What is derived anew is not embedded here but while it is derived.
 */
export class BuiltinModel implements EmbeddingModel {
  readonly kind = 'builtin';
  readonly batchSize = itemsAtOnce;
  readonly state = 'ready';
  readonly usable = true;
  readonly waitMs = 0;
  readonly inMemory: NonNullable<EmbeddingModel['inMemory']>;
  readonly #turns = new Turns();

  /** @throws Error for memory that holds no model */
  constructor(
    readonly config: EmbeddingConfig,
    shared: SharedModel,
    readonly workers: EmbeddingWorkers,
  ) {
    this.inMemory = { shared, model: modelOf(shared.memory) };
  }

  get id(): string {
    return this.inMemory.model.id;
  }

  get name(): string {
    return this.id;
  }

  get dimensions(): number {
    return this.inMemory.model.dimensions;
  }

  get message(): string | null {
    const { model } = this.config;
    if (!model) return null;
    return `embedding.model (${model}) is for the providers ollama and openai; set embedding.provider to use it.`;
  }

  embed(items: readonly EmbeddingItem[], signal: AbortSignal): Promise<ByteVectors> {
    const columns = items.map(({ terms }) => terms);
    return this.#turns.run(() => this.workers.embed({ model: this.inMemory.shared, columns }, signal));
  }

  /** Never fails; zeros for a question without a known word. */
  embedQuery(text: string): Promise<Float32Array> {
    const vector = new Float32Array(this.dimensions);
    this.inMemory.model.embed(termsColumn(text), vector);
    return Promise.resolve(vector);
  }
}
