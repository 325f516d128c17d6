import { nthLargest } from './nth-largest.js';

/** A chunk and its content, by their places in a part. */
export interface Placed {
  score: number;
  content: number;
  chunk: number;
}

const roomPerHit = 4;
const leastRoom = 256;

/** The best of what is offered. Of equal ones the first offered stay. */
export class TopHits {
  readonly #limit: number;
  readonly #scores: Float32Array;
  readonly #contents: Uint32Array;
  readonly #chunks: Uint32Array;
  #count = 0;
  /** What must be exceeded to be among the best. */
  #least: number;

  /** @param least scores up to this are not wanted */
  constructor(limit: number, least = 0) {
    this.#limit = limit;
    this.#least = least;
    const room = Math.max(leastRoom, limit * roomPerHit);
    this.#scores = new Float32Array(room);
    this.#contents = new Uint32Array(room);
    this.#chunks = new Uint32Array(room);
  }

  /** Returns the score up to which others need not be offered. */
  offer(score: number, content: number, chunk: number): number {
    if (this.#count === this.#scores.length) this.#cut();
    if (score > this.#least) {
      this.#scores[this.#count] = score;
      this.#contents[this.#count] = content;
      this.#chunks[this.#count++] = chunk;
    }
    return this.#least;
  }

  /** How many are here; no more are kept than were asked for, and room to spare. */
  get count(): number {
    return this.#count;
  }

  /** Best first. */
  take(): Placed[] {
    if (this.#count > this.#limit) this.#cut();
    const hits: Placed[] = [];
    for (let at = 0; at < this.#count; at++) {
      hits.push({
        score: this.#scores[at] as number,
        content: this.#contents[at] as number,
        chunk: this.#chunks[at] as number,
      });
    }
    // A sort keeps the order of equal ones.
    return hits.sort((a, b) => b.score - a.score);
  }

  /** Leaves the best, in their order. */
  #cut(): void {
    const least = nthLargest(this.#scores.slice(0, this.#count), this.#limit);
    let above = 0;
    for (let at = 0; at < this.#count; at++) if ((this.#scores[at] as number) > least) above++;
    let equals = this.#limit - above;
    let kept = 0;
    for (let at = 0; at < this.#count; at++) {
      const score = this.#scores[at] as number;
      if (score < least || (score === least && equals-- <= 0)) continue;
      this.#scores[kept] = score;
      this.#contents[kept] = this.#contents[at] as number;
      this.#chunks[kept++] = this.#chunks[at] as number;
    }
    this.#count = kept;
    this.#least = least;
  }
}
