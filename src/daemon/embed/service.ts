import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddingStatus } from '../../protocol/status.js';
import { LcadError, messageOf } from '../../shared/errors.js';
import type { StaticModel } from '../../shared/model/contract.js';
import type { SharedModel } from '../../workers/messages.js';
import type { Log } from '../log-contract.js';
import type { VectorBatch, VectorStore } from '../store/contract.js';
import { AbsentModel } from './absent.js';
import { BuiltinModel } from './builtin.js';
import type { EmbeddingConfig, EmbeddingGate, EmbeddingModel, EmbeddingWorkers } from './contract.js';
import { type EmbeddedFamily, FamilyEmbedder } from './family-embedder.js';
import { Upstream } from './upstream.js';

/** The model that answers questions on a family: its vectors, and how a question becomes one. */
export interface QueryVectors {
  readonly store: VectorStore;
  /** Null if the server is known not to answer now. @throws PROVIDER_…; the signal's reason. Never, if `kind` is builtin */
  embedQuery(text: string, signal: AbortSignal): Promise<Float32Array | null>;
  /** False while the vectors are built for the first time. */
  readonly complete: boolean;
  readonly kind: 'builtin' | 'external';
  /** With which anything can be embedded at once; null unless `kind` is builtin. */
  readonly model: StaticModel | null;
}

/** How the chunks of a family are embedded while they are derived. No function fails. */
export interface DeriveVectors {
  /** Null: they are embedded afterwards, or not at all. */
  model(): Promise<SharedModel | null>;
  add(model: string, vectors: VectorBatch): Promise<void>;
}

export interface EmbeddingOptions {
  workers: EmbeddingWorkers;
  /** Path of the built-in model's file. */
  modelFile: string;
  log: Log;
}

const keptQueries = 256;
const longestOpeningMs = 3000;
/** The store may have to set damaged vectors aside at any time; so late at most they are made again. */
const lookEveryMs = 10 * 60_000;

/** Embeddings for all families, by the one provider of the configuration. */
export class EmbeddingService {
  readonly #options: EmbeddingOptions;
  readonly #families = new Map<string, FamilyEmbedder>();
  readonly #stop = new AbortController();
  /** What is being loaded and opened. */
  readonly #opening = new Set<Promise<void>>();
  /** Vectors of recent questions to a server, by model and text, oldest first. */
  readonly #queries = new Map<string, Float32Array>();
  readonly #looking: NodeJS.Timeout;
  readonly #gateNow = (): EmbeddingGate | null => this.#gate;
  #gate: EmbeddingGate | null = null;
  #model!: EmbeddingModel;
  /** Stands for the built-in model until something needs that. */
  #toLoad: AbsentModel | null = null;
  #warm = false;

  /** The built-in model, if that is configured, is loaded when it is first needed, or with `warm`. */
  constructor(config: EmbeddingConfig, options: EmbeddingOptions) {
    this.#options = options;
    this.#looking = setInterval(() => {
      for (const embedder of this.#families.values()) embedder.changed();
    }, lookEveryMs).unref();
    this.configure(config);
  }

  /** From now on requests to servers wait there for their turn. */
  through(gate: EmbeddingGate): void {
    this.#gate = gate;
  }

  async join(family: EmbeddedFamily): Promise<void> {
    if (this.#families.has(family.id)) return;
    const embedder = new FamilyEmbedder(family, this.#model, { log: this.#options.log, gate: this.#gateNow });
    this.#families.set(family.id, embedder);
    await this.#open(embedder.start());
  }

  async leave(id: string): Promise<void> {
    const embedder = this.#families.get(id);
    this.#families.delete(id);
    await embedder?.stop();
  }

  /** The index of a family has changed. */
  changed(id: string): void {
    this.#families.get(id)?.changed();
  }

  /** Applies another configuration. */
  configure(config: EmbeddingConfig): void {
    const { workers } = this.#options;
    const before = this.#model as EmbeddingModel | undefined;
    this.#toLoad = null;
    if (config.provider === 'none') this.#use(new AbsentModel(config, 'off'));
    else if (config.provider !== 'builtin') this.#use(new Upstream(config, this.#gateNow));
    else if (before instanceof BuiltinModel) {
      this.#use(new BuiltinModel(config, before.inMemory.shared, workers));
    } else {
      const placeholder = new AbsentModel(config, 'building');
      this.#use(placeholder);
      this.#toLoad = placeholder;
      if (this.#warm) this.#loadNow();
    }
  }

  /** Loads the built-in model, if that is configured, from now on at once. */
  warm(): void {
    this.#warm = true;
    this.#loadNow();
  }

  /** Null for a family that has not joined. */
  status(id: string): EmbeddingStatus | null {
    return this.#families.get(id)?.status() ?? null;
  }

  /** Resolves when models and vectors that are being opened are there, or after some seconds. Never fails. */
  async opened(): Promise<void> {
    this.#loadNow();
    if (this.#opening.size === 0) return;
    const late = new AbortController();
    const timer = sleep(longestOpeningMs, undefined, { signal: late.signal, ref: false }).catch(
      () => undefined,
    );
    await Promise.race([Promise.allSettled(this.#opening), timer]);
    late.abort();
  }

  vectorsOf(id: string): QueryVectors | null {
    this.#loadNow();
    const source = this.#families.get(id)?.source();
    if (!source) return null;
    const { model, vectors, complete } = source;
    return {
      store: vectors,
      complete,
      kind: model.kind,
      model: model.inMemory?.model ?? null,
      embedQuery: (text, signal) => this.#embedQuery(model, text, signal),
    };
  }

  derivingOf(id: string): DeriveVectors {
    return {
      model: async () => {
        this.#loadNow();
        await Promise.allSettled(this.#opening);
        return this.#families.get(id)?.modelToDerive ?? null;
      },
      add: async (model, vectors) => this.#families.get(id)?.add(model, vectors),
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    this.#stop.abort(new LcadError('SHUTTING_DOWN', 'The daemon stops.'));
    await Promise.all([...this.#families.keys()].map((id) => this.leave(id)));
    await Promise.allSettled(this.#opening);
  }

  #use(model: EmbeddingModel): void {
    this.#model = model;
    for (const embedder of this.#families.values()) embedder.retarget(model);
  }

  #loadNow(): void {
    const placeholder = this.#toLoad;
    this.#toLoad = null;
    if (placeholder && !this.#stop.signal.aborted) void this.#open(this.#load(placeholder));
  }

  /** Loads the built-in model and puts it, or why there is none, where its placeholder is. */
  async #load(placeholder: AbsentModel): Promise<void> {
    const model = await this.#loaded(placeholder.config);
    // Another configuration may have come meanwhile.
    if (this.#model === placeholder && !this.#stop.signal.aborted) this.#use(model);
  }

  async #loaded(config: EmbeddingConfig): Promise<EmbeddingModel> {
    const { workers, modelFile, log } = this.#options;
    let problem: { message: string; next: string };
    try {
      const loaded = await workers.loadModel({ file: modelFile }, this.#stop.signal);
      if (loaded.model) return new BuiltinModel(config, loaded.model, workers);
      problem = loaded;
    } catch (error) {
      problem = new LcadError('MODEL_UNREADABLE', messageOf(error));
    }
    const message = `${problem.message} ${problem.next}`;
    if (!this.#stop.signal.aborted) log.warn({ error: message }, 'there is no built-in embedding model');
    return new AbsentModel(config, 'unavailable', message);
  }

  async #open(opening: Promise<void>): Promise<void> {
    this.#opening.add(opening);
    try {
      await opening;
    } finally {
      this.#opening.delete(opening);
    }
  }

  async #embedQuery(model: EmbeddingModel, text: string, signal: AbortSignal): Promise<Float32Array | null> {
    if (model.kind === 'builtin') return await model.embedQuery(text, signal);
    const at = `${model.id}\0${text}`;
    const kept = this.#queries.get(at);
    if (kept) return kept;
    const vector = await model.embedQuery(text, signal);
    if (!vector) return null;
    this.#queries.set(at, vector);
    for (const oldest of this.#queries.keys()) {
      if (this.#queries.size <= keptQueries) break;
      this.#queries.delete(oldest);
    }
    return vector;
  }
}
