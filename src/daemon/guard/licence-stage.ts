import { CodeTokens } from './code-tokens.js';
import type { Seen } from './fingerprint-table.js';
import type { LicenceIndex } from './licence-index.js';
import type { Hit, Passed, Stage } from './stage.js';
import { GramHash } from './winnow.js';

/** A place in a file that the text has followed so far, token by token. */
interface Alike {
  readonly file: number;
  readonly tokens: Uint32Array;
  /** Tokens of the text that are alike, up to the last one. */
  length: number;
  next: number;
}

const mostAlike = 8;
/** Of a passage that counts at least one token in so many is unlike the others. */
const leastVariety = 5;

/**
 * Ends a text that repeats licensed code: when fingerprints say that half of a passage that counts may be there, the file
 * is read and compared token by token, and the text is kept back as long as it goes on alike.
 */
export class LicenceStage implements Stage {
  readonly #index: LicenceIndex;
  readonly #wanted: number;
  readonly #last: Uint32Array;
  readonly #tokens = new CodeTokens();
  readonly #grams: GramHash;
  #count = 0;
  #alike: Alike[] = [];
  /** Not shown yet; `#safe` of it may be shown, `#at` is looked at next. */
  #text = '';
  #at = 0;
  #safe = 0;

  constructor(index: LicenceIndex) {
    this.#index = index;
    this.#wanted = index.settings.tokens;
    this.#last = new Uint32Array(this.#wanted);
    this.#grams = new GramHash(index.sizes.gram);
  }

  push(text: string): Passed | Promise<Passed> {
    this.#text += text;
    return this.#advance(null);
  }

  async end(): Promise<Passed> {
    const last = this.#tokens.end();
    const hit = last === null ? null : await this.#take(last);
    if (!hit) this.#safe = this.#text.length;
    return this.#pass(hit);
  }

  /** @param sign token that the character before is by itself, which is still to be taken */
  #advance(sign: number | null): Passed | Promise<Passed> {
    let waiting = sign;
    for (;;) {
      if (waiting !== null) {
        const hit = this.#take(waiting);
        if (hit instanceof Promise) return this.#after(hit, null);
        if (hit) return this.#pass(hit);
        waiting = null;
        if (this.#alike.length === 0) this.#safe = this.#at;
      }
      if (this.#at >= this.#text.length) return this.#pass(null);
      const code = this.#text.charCodeAt(this.#at++);
      const word = this.#tokens.word(code);
      waiting = this.#tokens.sign(code);
      if (word !== null) {
        const hit = this.#take(word);
        if (hit instanceof Promise) return this.#after(hit, waiting);
        if (hit) return this.#pass(hit);
      }
      if (this.#alike.length === 0) this.#safe = this.#at;
    }
  }

  async #after(taking: Promise<Hit | null>, sign: number | null): Promise<Passed> {
    const hit = await taking;
    if (hit) return this.#pass(hit);
    if (this.#alike.length === 0) this.#safe = this.#at;
    return this.#advance(sign);
  }

  #take(token: number): Hit | null | Promise<Hit | null> {
    this.#last[this.#count++ % this.#wanted] = token;
    this.#alike = this.#alike.filter((one) => one.tokens[one.next] === token);
    for (const one of this.#alike) {
      one.next++;
      one.length++;
    }
    const hit = this.#hit();
    if (hit) return hit;
    const gram = this.#grams.push(token);
    if (gram === null || this.#alike.length >= mostAlike) return null;
    const seen = this.#index.find(gram).filter((one) => !this.#follows(one));
    return seen.length === 0 ? null : this.#compare(seen);
  }

  async #compare(seen: readonly Seen[]): Promise<Hit | null> {
    for (const { file, end } of seen) {
      const tokens = await this.#index.tokensOf(file);
      const length = this.#lengthTo(tokens, end);
      if (length >= this.#index.sizes.gram && this.#alike.length < mostAlike) {
        this.#alike.push({ file, tokens, length, next: end + 1 });
      }
    }
    return this.#hit();
  }

  #follows({ file, end }: Seen): boolean {
    return this.#alike.some((one) => one.file === file && one.next === end + 1);
  }

  /** How many of the last tokens are those of the file up to `end`. */
  #lengthTo(tokens: Uint32Array, end: number): number {
    const most = Math.min(this.#count, this.#wanted, end + 1);
    let length = 0;
    while (length < most && tokens[end - length] === this.#last[(this.#count - 1 - length) % this.#wanted]) {
      length++;
    }
    return length;
  }

  #hit(): Hit | null {
    if (!this.#alike.some(({ length }) => length >= this.#wanted)) return null;
    // Rows of zeros and the like are nobody's.
    if (new Set(this.#last).size < this.#wanted / leastVariety) {
      this.#alike = this.#alike.filter(({ length }) => length < this.#wanted);
      return null;
    }
    const found = this.#alike.find(({ length }) => length >= this.#wanted);
    const file = found && this.#index.file(found.file);
    if (!file) return null;
    return {
      reason: 'licence',
      what: `a passage of ${file.path} (licence: ${file.licence})`,
      details: { licence: file.licence, file: file.path },
    };
  }

  #pass(hit: Hit | null): Passed {
    const text = this.#text.slice(0, this.#safe);
    this.#text = this.#text.slice(this.#safe);
    this.#at -= this.#safe;
    this.#safe = 0;
    return { text, hit };
  }
}
