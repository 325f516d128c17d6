import { join } from 'node:path';
import type { EmbeddingStatus } from '../../protocol/status.js';
import { LcadError, messageOf } from '../../shared/errors.js';
import type { SharedModel } from '../../workers/messages.js';
import type { Log } from '../log-contract.js';
import type { FamilyStore, VectorBatch, VectorStore } from '../store/contract.js';
import { AbsentModel } from './absent.js';
import { readActive, writeActive } from './active-record.js';
import type { EmbeddingGate, EmbeddingItem, EmbeddingModel } from './contract.js';
import { Upstream } from './upstream.js';

export interface EmbeddedFamily {
  readonly id: string;
  readonly folder: string;
  readonly store: FamilyStore;
  /** Contents that some repository of the family has now. */
  liveKeys(): ReadonlySet<string>;
}

/** A model with the vectors that it made. */
export interface ModelInUse {
  model: EmbeddingModel;
  vectors: VectorStore;
}

const chunksPerLook = 512;
const chunksPerLookInMemory = 2048;
/** New content brings its vectors along: what is to be looked for is rare, and the look need not be at once. */
const lookAfterMs = 1000;

/**
 * Keeps the vectors of one family complete for the configured model. While those of a new model are built, questions
 * are answered by the old one; when the new ones are complete they take over and the old ones are dropped.
 */
export class FamilyEmbedder {
  readonly #family: EmbeddedFamily;
  readonly #log: Log;
  readonly #gate: () => EmbeddingGate | null;
  readonly #stop = new AbortController();
  /** Chunks that the model refuses even alone, as `key:ord`: left without a vector until the next start. */
  readonly #refused = new Set<string>();
  #target: EmbeddingModel;
  #active: ModelInUse | null = null;
  #building: ModelInUse | null = null;
  #started = false;
  /** Vectors of other models may be there that are of no more use. */
  #untidy = true;
  #running: Promise<void> | null = null;
  #again = false;
  /** When to look again: after a failure, or a change. */
  #later: NodeJS.Timeout | null = null;

  /** @param parts.gate where requests to servers wait for their turn */
  constructor(
    family: EmbeddedFamily,
    target: EmbeddingModel,
    parts: { log: Log; gate: () => EmbeddingGate | null },
  ) {
    this.#family = family;
    this.#target = target;
    this.#log = parts.log;
    this.#gate = parts.gate;
  }

  /** Opens the vectors in use before, if there are any, and begins to complete those of the target. */
  async start(): Promise<void> {
    try {
      this.#active = await this.#lastActive();
    } catch (error) {
      this.#log.warn({ family: this.#family.id, error: messageOf(error) }, 'vectors could not be opened');
    }
    this.#started = true;
    this.retarget(this.#target);
  }

  /** Another model is configured, or the same with other settings. */
  retarget(target: EmbeddingModel): void {
    if (target.id !== this.#target.id) this.#refused.clear();
    this.#untidy = true;
    this.#target = target;
    if (this.#active?.model.id === target.id) this.#active = { ...this.#active, model: target };
    if (this.#building) {
      this.#building = this.#building.model.id === target.id ? { ...this.#building, model: target } : null;
    }
    this.kick();
  }

  /** The index has changed. */
  changed(): void {
    if (!this.#target.inMemory) this.kick();
    else if (!this.#later) this.#kickLater(lookAfterMs);
  }

  /** There may be chunks without a vector. */
  kick(): void {
    if (!this.#started || this.#stop.signal.aborted || !this.#target.usable) return;
    this.#again = true;
    this.#running ??= this.#work().finally(() => {
      this.#running = null;
    });
  }

  /** The model with which new chunks are embedded while they are derived; null: they are embedded afterwards. */
  get modelToDerive(): SharedModel | null {
    if (this.#target.state === 'off') return null;
    return this.#target.inMemory?.shared ?? this.#active?.model.inMemory?.shared ?? null;
  }

  /** Keeps vectors that came with their chunks, if they are of a model in use. Never fails. */
  async add(id: string, batch: VectorBatch): Promise<void> {
    try {
      const { dimensions } = this.#target;
      const known = this.#vectorsOf(id);
      const begin = !known && id === this.#target.id && dimensions !== null;
      const vectors = begin ? await this.#begin(this.#target, dimensions) : known;
      await vectors?.add(batch);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#log.warn({ family: this.#family.id, error: messageOf(error) }, 'vectors could not be kept');
      this.#kickLater(lookAfterMs);
    }
  }

  /** The model that answers questions now, null if there is none; `complete` is false while its vectors are built. */
  source(): (ModelInUse & { complete: boolean }) | null {
    if (this.#target.state === 'off') return null;
    if (this.#active && answers(this.#active.model)) return { ...this.#active, complete: true };
    if (this.#building && answers(this.#building.model)) return { ...this.#building, complete: false };
    return null;
  }

  status(): EmbeddingStatus {
    const { config, state, message, name, id } = this.#target;
    const current = this.#active?.model.id === id ? this.#active : this.#building;
    const off = state === 'off';
    const total = off ? 0 : this.#totalChunks();
    const embedded = Math.min(current?.vectors.count ?? 0, total);
    return {
      provider: config.provider,
      model: name,
      dimensions: current?.vectors.dimensions ?? null,
      state: state === 'ready' && embedded < total - this.#refused.size ? 'building' : state,
      embedded,
      total,
      message,
    };
  }

  async stop(): Promise<void> {
    this.#stop.abort(new LcadError('SHUTTING_DOWN', 'The repository is being closed.'));
    if (this.#later) clearTimeout(this.#later);
    await this.#running;
  }

  #kickLater(ms: number): void {
    if (this.#stop.signal.aborted) return;
    if (this.#later) clearTimeout(this.#later);
    this.#later = setTimeout(() => {
      this.#later = null;
      this.kick();
    }, ms).unref();
  }

  async #work(): Promise<void> {
    while (this.#again && !this.#stop.signal.aborted) {
      this.#again = false;
      try {
        await this.#complete(this.#target);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#log.warn({ family: this.#family.id, error: messageOf(error) }, 'embedding is interrupted');
        this.#kickLater(Math.max(lookAfterMs, this.#target.waitMs));
        return;
      }
    }
  }

  /** Embeds until no live chunk lacks a vector of the target, then puts it in use. */
  async #complete(target: EmbeddingModel): Promise<void> {
    if (target.dimensions !== null && !this.#vectorsOf(target.id))
      await this.#begin(target, target.dimensions);
    for (;;) {
      this.#stop.signal.throwIfAborted();
      if (target !== this.#target) return;
      const items = await this.#itemsToEmbed(target);
      if (items.length === 0) break;
      for (let i = 0; i < items.length && target === this.#target; i += target.batchSize) {
        await this.#embed(target, items.slice(i, i + target.batchSize));
      }
    }
    if (this.#building?.model === target) await this.#takeOver(this.#building);
    if (this.#untidy && this.#active?.model === target) await this.#dropOthers(target);
  }

  #vectorsOf(id: string): VectorStore | null {
    return [this.#active, this.#building].find((one) => one?.model.id === id)?.vectors ?? null;
  }

  /** Chunks of live contents that lack a vector, without those that the server refused. */
  async #itemsToEmbed(target: EmbeddingModel): Promise<EmbeddingItem[]> {
    const live = this.#family.liveKeys();
    const limit = target.inMemory === null ? chunksPerLook : chunksPerLookInMemory;
    const vectors = this.#vectorsOf(target.id);
    const rows = await this.#family.store.withoutVector(vectors, live, limit + this.#refused.size);
    return rows.filter(({ key, ord }) => !this.#refused.has(`${key}:${ord}`));
  }

  /** A batch that the server refuses is halved, so that one text it cannot take does not stop the others. */
  async #embed(target: EmbeddingModel, items: EmbeddingItem[]): Promise<void> {
    let embedded: Pick<VectorBatch, 'values' | 'scales'>;
    try {
      embedded = await target.embed(items, this.#stop.signal);
    } catch (error) {
      if (!isAboutTheText(error)) throw error;
      if (items.length > 1) {
        const half = items.length >> 1;
        await this.#embed(target, items.slice(0, half));
        await this.#embed(target, items.slice(half));
      } else {
        for (const { key, ord } of items) this.#refused.add(`${key}:${ord}`);
      }
      return;
    }
    const dimensions = embedded.values.length / items.length;
    const vectors = this.#vectorsOf(target.id) ?? (await this.#begin(target, dimensions));
    await vectors.add({ ids: items.map(({ key, ord }) => ({ key, ord })), ...embedded });
  }

  async #begin(target: EmbeddingModel, dimensions: number): Promise<VectorStore> {
    const vectors = await this.#family.store.vectors(target.id, dimensions);
    // Chunks that are derived may have begun it in the meantime, or the target be another by now.
    if (!this.#vectorsOf(target.id) && target.id === this.#target.id) {
      this.#building = { model: this.#target, vectors };
    }
    return vectors;
  }

  async #takeOver(built: ModelInUse): Promise<void> {
    this.#active = built;
    this.#building = null;
    const { id, config } = built.model;
    await writeActive(this.#activeFile, { id, dimensions: built.vectors.dimensions, config });
    this.#log.info({ family: this.#family.id, model: id }, 'vectors are complete');
  }

  /** Another model may be configured at any moment, also back to one whose vectors are still there. */
  async #dropOthers(target: EmbeddingModel): Promise<void> {
    for (const id of await this.#family.store.vectorIds()) {
      if (target !== this.#target) return;
      if (id !== target.id) await this.#family.store.dropVectors(id);
    }
    if (target === this.#target) this.#untidy = false;
  }

  get #activeFile(): string {
    return join(this.#family.folder, 'embedding.json');
  }

  async #lastActive(): Promise<ModelInUse | null> {
    const { store } = this.#family;
    const kept = await readActive(this.#activeFile);
    if (!kept || !(await store.vectorIds()).includes(kept.id)) return null;
    const vectors = await store.vectors(kept.id, kept.dimensions);
    if (kept.id === this.#target.id) return { model: this.#target, vectors };
    const { id, config } = kept;
    const isOnServer = config.provider === 'ollama' || config.provider === 'openai';
    return {
      model: isOnServer ? new Upstream(config, this.#gate) : new AbsentModel(config, 'unavailable', null, id),
      vectors,
    };
  }

  #totalChunks(): number {
    let total = 0;
    for (const key of this.#family.liveKeys()) total += this.#family.store.keys.get(key) ?? 0;
    return total;
  }
}

function answers({ kind, usable }: EmbeddingModel): boolean {
  return usable || kind === 'external';
}

/** Statuses by which servers say that a text is too long or malformed, rather than that they will not serve us. */
function isAboutTheText(error: unknown): boolean {
  if (!(error instanceof LcadError) || error.kind !== 'PROVIDER_REFUSED') return false;
  const { status } = error.details;
  return status === 400 || status === 413 || status === 422;
}
