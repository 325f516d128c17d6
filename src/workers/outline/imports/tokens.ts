/** The words, strings and signs of an import statement, one after the other. Comments and blanks are dropped. */
export class Tokens {
  readonly #parts: string[];
  #at = 0;

  /**
   * @param text a statement; only its first characters are read (`maxStatement`)
   */
  constructor(text: string) {
    this.#parts = [];
    for (const [part] of text.slice(0, maxStatement).matchAll(pattern)) {
      if (!/^(?:\s|\/\/|\/\*)/.test(part)) this.#parts.push(part);
    }
  }

  get done(): boolean {
    return this.#at >= this.#parts.length;
  }

  /** The next token, which stays; empty at the end. */
  peek(ahead = 0): string {
    return this.#parts[this.#at + ahead] ?? '';
  }

  /** Takes the next token; empty at the end. */
  next(): string {
    return this.#parts[this.#at++] ?? '';
  }

  /** Takes the next token if it is this one. */
  take(token: string): boolean {
    if (this.#parts[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  /** Takes names with signs between them, up to what is none of a path, and joins them. */
  path(signs: string): string {
    let path = '';
    for (let wasWord = false; !this.done; ) {
      const isName = isWord(this.peek());
      if (isName ? wasWord : !signs.includes(this.peek())) break;
      path += this.next();
      wasWord = isName;
    }
    return path;
  }
}

const maxStatement = 8000;
const pattern =
  /\/\/.*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|[\w$\u0080-\uffff]+|\s+|[\s\S]/g;

/** Whether a token is a name and not a sign or a string. */
export function isWord(token: string): boolean {
  return /^[\w$\u0080-\uffff]/.test(token);
}

/** Whether a token is a string. */
export function isString(token: string): boolean {
  return /^["'`]/.test(token);
}

/** A string without its quotes. */
export function unquoted(token: string): string {
  return /^(["'`])([\s\S]*)\1$/.exec(token)?.[2] ?? token;
}
