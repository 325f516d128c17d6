const header = /-----BEGIN[A-Z ]{0,20} ?PRIVATE KEY(?: BLOCK)?-----$/;
/** Characters of base64 after which it is a key and not a placeholder. */
const enough = 48;
/** Shorter runs are words: of a placeholder, of a header. */
const shortestRun = 16;
const mostKept = 600;

/** Whether the text ends with the first line of a private key. Pure. */
export function opensPrivateKey(tail: string): boolean {
  return header.test(tail);
}

/** What follows the first line of a private key (RFC 7468), character by character. */
export class PrivateKeyBody {
  #kept = 0;
  #run = 0;
  #total = 0;

  /** @returns whether this is a key for sure, cannot be one, or is not known yet */
  step(letter: string): 'key' | 'none' | 'open' {
    if (++this.#kept > mostKept) return 'none';
    if (/[A-Za-z0-9+/=]/.test(letter)) {
      this.#run++;
      if (this.#run === shortestRun) this.#total += shortestRun;
      else if (this.#run > shortestRun) this.#total++;
      return this.#total >= enough ? 'key' : 'open';
    }
    this.#run = 0;
    // Line ends as they are and as escapes, quotes and signs of texts that are put together, and headers of the key.
    return /[\s\\"'`,;:|-]/.test(letter) ? 'open' : 'none';
  }

  /** The text ends here. */
  get isKey(): boolean {
    return this.#total > 0;
  }
}
