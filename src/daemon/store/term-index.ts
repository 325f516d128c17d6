import { collectGarbageSoon } from '../../shared/collect-garbage.js';
import type { BuildTermsTask, TermSegment } from '../../workers/messages.js';
import { TermBase } from './term-base.js';
import { Terms } from './terms.js';

/** Builds an index, in another thread where there is one. */
export type TermBuilder = (task: BuildTermsTask) => Promise<TermSegment>;

/** Calls `take` with the packed terms of every content that has some. */
type TermReader = (take: (key: string, packed: Uint8Array) => void) => Promise<void>;

export interface TermIndexOptions {
  /** Contents in the store, with the number of their chunks. */
  contents: ReadonlyMap<string, number>;
  read: TermReader;
  build: TermBuilder;
  idleMs: number;
  /** Called with contents whose packed terms are damaged. */
  onBroken: (keys: string[]) => void;
}

/** So many chunks added are no reason to build anew, nor are fewer than this share of those built. */
const addedAtLeast = 2_000;
const addedShare = 0.25;
/** Indices that nobody searched for so long are released rather than built anew. */
const searchedLatelyMs = 60_000;

/**
 * The index of a store's terms, in memory while it is in use: built at the first use from the packed terms of all
 * contents, kept up to date, built anew once many were added, and released when it was not used for a while.
 */
export class TermIndex {
  readonly #options: TermIndexOptions;
  #terms: Terms | null = null;
  #building: Promise<Terms> | null = null;
  /** What came since the build under way began, which may not have it. */
  #came: Map<string, Uint8Array> | null = null;
  #idle: NodeJS.Timeout | null = null;
  #usedAt = 0;

  constructor(options: TermIndexOptions) {
    this.#options = options;
  }

  /** The terms of all contents that are here when this resolves. @throws whatever reading or building throws */
  async use(): Promise<Terms> {
    this.#usedAt = Date.now();
    const terms = this.#terms ?? (await (this.#building ?? this.#build()));
    if (this.#idle) this.#idle.refresh();
    else this.#idle = setTimeout(() => this.#releaseIdle(), this.#options.idleMs).unref();
    return terms;
  }

  /** Takes in a content that was added to the store. */
  add(key: string, packed: Uint8Array): void {
    if (!this.#terms && !this.#came) return;
    // A copy: the bytes given may be a part of many.
    const own = packed.slice();
    this.#came?.set(key, own);
    if (!this.#terms) return;
    this.#addTo(this.#terms, key, own);
    const { base, added } = this.#terms.chunks;
    if (added < Math.max(addedAtLeast, base * addedShare)) return;
    if (Date.now() - this.#usedAt > searchedLatelyMs) this.release();
    // Searches go on in what there is until it is done. That stays right should it fail, and the next addition tries
    // again; damage is found by reads that are waited for.
    else if (!this.#building) this.#build().catch(() => undefined);
  }

  remove(key: string): void {
    this.#terms?.remove(key);
  }

  release(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    this.#terms = null;
    this.#building = null;
    this.#came = null;
  }

  #releaseIdle(): void {
    this.release();
    collectGarbageSoon();
  }

  #build(): Promise<Terms> {
    const came = new Map<string, Uint8Array>();
    this.#came = came;
    this.#building = this.#built(came).finally(() => {
      if (this.#came !== came) return;
      this.#came = null;
      this.#building = null;
    });
    return this.#building;
  }

  /** @param came is filled meanwhile; once it is not `#came` any more, the index was released */
  async #built(came: ReadonlyMap<string, Uint8Array>): Promise<Terms> {
    const { contents, read, build, onBroken } = this.#options;
    const parts: Uint8Array[] = [];
    const keys: string[] = [];
    // As it is now: what is added meanwhile comes by itself.
    const wanted = new Set(contents.keys());
    await read((key, packed) => {
      if (!wanted.delete(key)) return;
      keys.push(key);
      parts.push(packed);
    });
    const { packed, ends } = joined(parts);
    parts.length = 0;
    const segment = await build({ type: 'build-terms', keys: keys.join('\n'), packed, ends });
    if (segment.broken.length > 0) onBroken(segment.broken.map((index) => keys[index] ?? ''));
    const terms = new Terms(new TermBase(segment, keys));
    for (const key of terms.baseKeys) if (!contents.has(key)) terms.remove(key);
    for (const [key, one] of came) if (contents.has(key)) this.#addTo(terms, key, one);
    // At the same moment: what comes from here on is added to them.
    if (this.#came === came) this.#terms = terms;
    // What was read for it is several times as large as what stays.
    collectGarbageSoon();
    return terms;
  }

  #addTo(terms: Terms, key: string, packed: Uint8Array): void {
    try {
      terms.add(key, packed);
    } catch {
      this.#options.onBroken([key]);
    }
  }
}

function joined(parts: readonly Uint8Array[]): Pick<BuildTermsTask, 'packed' | 'ends'> {
  const ends = new Uint32Array(parts.length);
  let size = 0;
  for (const [at, { length }] of parts.entries()) {
    size += length;
    ends[at] = size;
  }
  const packed = new Uint8Array(size);
  for (const [at, part] of parts.entries()) packed.set(part, (ends[at] as number) - part.length);
  return { packed, ends };
}
