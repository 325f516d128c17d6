/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
const offset = 0x811c9dc5;
const prime = 0x01000193;

/** What a character adds to the token before it. */
function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 36 ||
    code > 127
  );
}

/**
 * Cuts a text into tokens of code, character by character: words (letters, digits, "_", "$", whatever is not ASCII) and
 * single other characters that are no white space, rows of the same one (rulers) being one token. A token is known by its
 * hash.
 */
export class CodeTokens {
  #hash = offset;
  #open = false;
  #sign = 0;

  /** Takes a character. @returns hash of the token that ended before it, or null */
  word(code: number): number | null {
    if (isWord(code)) {
      this.#hash = Math.imul(this.#hash ^ code, prime) >>> 0;
      this.#open = true;
      return null;
    }
    return this.end();
  }

  /** @returns hash of the token that this character is by itself, or null */
  sign(code: number): number | null {
    const isSign = code > 32 && !isWord(code);
    const again = code === this.#sign;
    if (code > 32) this.#sign = isSign ? code : 0;
    return isSign && !again ? Math.imul(offset ^ code, prime) >>> 0 : null;
  }

  /** The text ends. @returns hash of its last token, or null */
  end(): number | null {
    if (!this.#open) return null;
    const hash = this.#hash;
    this.#hash = offset;
    this.#open = false;
    return hash;
  }
}

/** Hashes of the tokens of a text. Pure. */
export function codeTokens(text: string): Uint32Array {
  const tokens = new CodeTokens();
  let hashes = new Uint32Array(Math.max(16, text.length >> 1));
  let count = 0;
  const add = (hash: number | null) => {
    if (hash === null) return;
    if (count === hashes.length) {
      const more = new Uint32Array(count * 2);
      more.set(hashes);
      hashes = more;
    }
    hashes[count++] = hash;
  };
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    add(tokens.word(code));
    add(tokens.sign(code));
  }
  add(tokens.end());
  return hashes.slice(0, count);
}
