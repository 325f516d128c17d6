import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Config } from '../../protocol/config.js';
import type { EmbeddingStatus } from '../../protocol/status.js';
import { LcadError, messageOf, systemCode } from '../../shared/errors.js';
import type { ChunkRow } from '../../workers/chunk-rows.js';
import type { Log } from '../log-contract.js';
import type { FamilyStore, VectorStore } from '../store/contract.js';
import { Upstream } from './upstream.js';

export interface EmbeddedFamily {
  readonly id: string;
  readonly folder: string;
  readonly store: FamilyStore;
  /** Contents that some repository of the family has now. */
  liveKeys(): ReadonlySet<string>;
}

interface ModelInUse {
  upstream: Upstream;
  vectors: VectorStore;
}

const rowsPerLook = 512;
const longestTextChars = 24_000;

/**
 * Keeps the vectors of one family complete for the configured model. While those of a new model are built, questions
 * are answered by the old one; when the new ones are complete they take over and the old ones are dropped.
 */
export class FamilyEmbedder {
  readonly #family: EmbeddedFamily;
  readonly #log: Log;
  readonly #stop = new AbortController();
  /** Chunks that the model refuses even alone, as `key:ord`: left without a vector until the next start. */
  readonly #refused = new Set<string>();
  #target: Upstream;
  #active: ModelInUse | null = null;
  #building: ModelInUse | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #retry: NodeJS.Timeout | null = null;

  constructor(family: EmbeddedFamily, target: Upstream, log: Log) {
    this.#family = family;
    this.#target = target;
    this.#log = log;
  }

  /** Opens the vectors in use before, if there are any, and begins to complete those of the target. */
  async start(): Promise<void> {
    this.#active = await this.#lastActive();
    this.kick();
  }

  /** Another model is configured. */
  retarget(target: Upstream): void {
    if (target.id !== this.#target.id) {
      this.#building = null;
      this.#refused.clear();
    }
    this.#target = target;
    if (this.#active?.upstream.id === target.id) this.#active = { ...this.#active, upstream: target };
    this.kick();
  }

  /** There may be chunks without a vector. */
  kick(): void {
    if (this.#stop.signal.aborted || !this.#target.usable) return;
    this.#again = true;
    this.#running ??= this.#work().finally(() => {
      this.#running = null;
    });
  }

  /** The model that answers questions now, null if there is none; `complete` is false while its vectors are built. */
  source(): (ModelInUse & { complete: boolean }) | null {
    if (this.#target.state === 'off') return null;
    if (this.#active) return { ...this.#active, complete: true };
    return this.#building && { ...this.#building, complete: false };
  }

  status(): EmbeddingStatus {
    const { config, state, message } = this.#target;
    const current = this.#active?.upstream.id === this.#target.id ? this.#active : this.#building;
    const total = this.#totalChunks();
    const embedded = Math.min(current?.vectors.count ?? 0, total);
    const off = config.provider === 'none';
    return {
      provider: config.provider,
      model: off ? null : config.model,
      dimensions: current?.vectors.dimensions ?? null,
      state: state === 'ready' && !off && embedded < total - this.#refused.size ? 'building' : state,
      embedded: off ? 0 : embedded,
      total: off ? 0 : total,
      message,
    };
  }

  async stop(): Promise<void> {
    this.#stop.abort(new LcadError('SHUTTING_DOWN', 'The repository is being closed.'));
    if (this.#retry) clearTimeout(this.#retry);
    await this.#running;
  }

  async #work(): Promise<void> {
    while (this.#again && !this.#stop.signal.aborted) {
      this.#again = false;
      try {
        await this.#complete(this.#target);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#log.warn({ family: this.#family.id, error: messageOf(error) }, 'embedding is interrupted');
        this.#retry = setTimeout(() => this.kick(), Math.max(1000, this.#target.waitMs)).unref();
        return;
      }
    }
  }

  /** Embeds until no live chunk lacks a vector of the target, then puts it in use. */
  async #complete(target: Upstream): Promise<void> {
    for (;;) {
      this.#stop.signal.throwIfAborted();
      if (target !== this.#target) return;
      const vectors = this.#vectorsOf(target);
      const rows = await this.#rowsToEmbed(vectors);
      if (rows.length === 0) break;
      const { batchSize } = target.config;
      for (let i = 0; i < rows.length && target === this.#target; i += batchSize) {
        await this.#embed(target, rows.slice(i, i + batchSize));
      }
    }
    if (this.#building?.upstream === target) await this.#takeOver(this.#building);
  }

  #vectorsOf(target: Upstream): VectorStore | null {
    const found = [this.#active, this.#building].find((model) => model?.upstream.id === target.id);
    return found?.vectors ?? null;
  }

  async #rowsToEmbed(vectors: VectorStore | null): Promise<ChunkRow[]> {
    const live = this.#family.liveKeys();
    const limit = rowsPerLook + this.#refused.size;
    const rows = await this.#family.store.withoutVector(vectors, live, limit);
    return rows.filter(({ key, ord }) => !this.#refused.has(`${key}:${ord}`));
  }

  /** A batch that the server refuses is halved, so that one text it cannot take does not stop the others. */
  async #embed(target: Upstream, rows: ChunkRow[]): Promise<void> {
    let embedded: Float32Array[];
    try {
      const texts = rows.map(({ text }) => text.slice(0, longestTextChars));
      embedded = await target.embedDocuments(texts, this.#stop.signal);
    } catch (error) {
      if (!isAboutTheText(error)) throw error;
      if (rows.length > 1) {
        const half = rows.length >> 1;
        await this.#embed(target, rows.slice(0, half));
        await this.#embed(target, rows.slice(half));
      } else {
        for (const { key, ord } of rows) this.#refused.add(`${key}:${ord}`);
      }
      return;
    }
    const vectors = this.#vectorsOf(target) ?? (await this.#begin(target, embedded[0]?.length ?? 0));
    await vectors.add(
      rows.map(({ key, ord }, i) => ({ key, ord, vector: embedded[i] ?? new Float32Array() })),
    );
  }

  async #begin(target: Upstream, dimensions: number): Promise<VectorStore> {
    const vectors = await this.#family.store.vectors(target.id, dimensions);
    this.#building = { upstream: target, vectors };
    return vectors;
  }

  async #takeOver(model: ModelInUse): Promise<void> {
    this.#active = model;
    this.#building = null;
    const { config } = model.upstream;
    await writeFile(this.#activeFile, JSON.stringify({ dimensions: model.vectors.dimensions, config }));
    for (const id of await this.#family.store.vectorIds()) {
      if (id !== model.upstream.id) await this.#family.store.dropVectors(id);
    }
    this.#log.info({ family: this.#family.id, model: config.model }, 'vectors are complete');
  }

  get #activeFile(): string {
    return join(this.#family.folder, 'embedding.json');
  }

  async #lastActive(): Promise<ModelInUse | null> {
    try {
      const kept = JSON.parse(await readFile(this.#activeFile, 'utf8')) as {
        dimensions: number;
        config: unknown;
      };
      const config = Config.shape.embedding.parse(kept.config);
      const upstream = new Upstream(config);
      if (!(await this.#family.store.vectorIds()).includes(upstream.id)) return null;
      const vectors = await this.#family.store.vectors(upstream.id, kept.dimensions);
      return { upstream: upstream.id === this.#target.id ? this.#target : upstream, vectors };
    } catch (error) {
      // Damaged or of another version: the vectors are built again.
      if (systemCode(error) !== 'ENOENT') await rm(this.#activeFile, { force: true });
      return null;
    }
  }

  #totalChunks(): number {
    let total = 0;
    for (const key of this.#family.liveKeys()) total += this.#family.store.keys.get(key) ?? 0;
    return total;
  }
}

/** Statuses by which servers say that a text is too long or malformed, rather than that they will not serve us. */
function isAboutTheText(error: unknown): boolean {
  if (!(error instanceof LcadError) || error.kind !== 'PROVIDER_REFUSED') return false;
  const { status } = error.details;
  return status === 400 || status === 413 || status === 422;
}
