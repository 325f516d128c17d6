import { unpackOutline } from '../../workers/outline/compact.js';
import type { Outline } from '../../workers/outline/contract.js';
import type { BufferOutline } from './contract.js';

/** A text whose outline is wanted. */
export interface OutlineWanted {
  /** Tells its language by its ending, as in the index. */
  readonly path: string;
  /** Null: by path and content. */
  readonly language: string | null;
  readonly text: string;
}

export interface OutlineMade {
  readonly language: string;
  readonly key: string;
  readonly packed: Uint8Array;
  /** Why there is nothing in it although the language has a grammar; else null. */
  readonly failure: string | null;
}

/** Makes an outline, elsewhere. Rejects if that cannot be done. */
export type MakeOutline = (wanted: OutlineWanted) => Promise<OutlineMade>;

/** What an outline is made for: one text that changes. */
interface Subject {
  /** The text as it is now. */
  wanted(): OutlineWanted;
  /** Takes the outline of what `wanted` last gave; null if there was none to make. */
  made(outline: OutlineMade | null): void;
}

/** Has outlines made: some at a time, first come, first served. */
export class Outliner {
  readonly #make: MakeOutline;
  readonly #atOnce: number;
  readonly #delayMs: number;
  readonly #waiting = new Set<OutlineJob>();
  #running = 0;

  constructor(make: MakeOutline, { atOnce, delayMs }: { atOnce: number; delayMs: number }) {
    this.#make = make;
    this.#atOnce = atOnce;
    this.#delayMs = delayMs;
  }

  /** A job without anything to do yet; whoever has it ends it. */
  job(subject: Subject): OutlineJob {
    return new OutlineJob(subject, {
      delayMs: this.#delayMs,
      make: this.#make,
      enqueue: (job) => {
        this.#waiting.add(job);
        this.#next();
      },
      leave: (job) => void this.#waiting.delete(job),
    });
  }

  #next(): void {
    for (const job of this.#waiting) {
      if (this.#running >= this.#atOnce) return;
      this.#waiting.delete(job);
      this.#running++;
      void job.run().finally(() => {
        this.#running--;
        this.#next();
      });
    }
  }
}

interface JobOptions {
  readonly delayMs: number;
  readonly make: MakeOutline;
  /** Has `run` called when there is room. */
  enqueue(job: OutlineJob): void;
  leave(job: OutlineJob): void;
}

/** The outlines of one text: one after the other, each of the latest text. */
export class OutlineJob {
  readonly #subject: Subject;
  readonly #options: JobOptions;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;
  #state: 'idle' | 'delayed' | 'queued' | 'running' = 'idle';
  /** The text has changed since the outline under way was begun. */
  #again = false;
  readonly #whenIdle: (() => void)[] = [];

  constructor(subject: Subject, options: JobOptions) {
    this.#subject = subject;
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#state === 'idle';
  }

  /** The text has changed: its outline is made in a moment. */
  changed(): void {
    if (this.#isOver) return;
    if (this.#state === 'running') this.#again = true;
    if (this.#state !== 'idle' && this.#state !== 'delayed') return;
    clearTimeout(this.#timer);
    this.#state = 'delayed';
    this.#timer = setTimeout(() => this.#enqueue(), this.#options.delayMs);
    this.#timer.unref();
  }

  /** Waits no longer for further changes. Resolves once the outline is of the text as it is then, or the job ended. */
  async settled(): Promise<void> {
    if (this.isIdle) return;
    const idle = new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    if (this.#state === 'delayed') this.#enqueue();
    await idle;
  }

  /** Makes no more; what is under way comes to nothing. */
  end(): void {
    clearTimeout(this.#timer);
    this.#options.leave(this);
    this.#isOver = true;
    this.#again = false;
    this.#rest();
  }

  /** For the outliner alone. Never rejects. */
  async run(): Promise<void> {
    if (this.#isOver) return;
    this.#state = 'running';
    this.#again = false;
    // Of a text that ends a worker there is no outline; the next change is another text.
    const made = await this.#options.make(this.#subject.wanted()).catch(() => null);
    if (this.#isOver) return;
    this.#subject.made(made);
    if (!this.#again) this.#rest();
    else if (this.#whenIdle.length > 0) this.#enqueue();
    else {
      this.#state = 'idle';
      this.changed();
    }
  }

  #enqueue(): void {
    clearTimeout(this.#timer);
    this.#state = 'queued';
    this.#options.enqueue(this);
  }

  #rest(): void {
    this.#state = 'idle';
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}

/** An outline that is unpacked when it is first read: most are replaced before. */
export class LazyOutline implements BufferOutline {
  readonly version: number;
  readonly key: string;
  readonly text: string;
  readonly packed: Uint8Array;
  #outline: Outline | undefined;

  constructor(version: number, { key, packed, text }: Pick<BufferOutline, 'key' | 'packed' | 'text'>) {
    this.version = version;
    this.key = key;
    this.text = text;
    this.packed = packed;
  }

  /** The same of another version, whose text is the same. */
  of(version: number): LazyOutline {
    const other = new LazyOutline(version, this);
    other.#outline = this.#outline;
    return other;
  }

  get outline(): Outline {
    this.#outline ??= unpackOutline(this.packed);
    return this.#outline;
  }
}
