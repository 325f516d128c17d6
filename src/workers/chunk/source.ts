/** A file's text with an index of its lines. Lines are counted from 0 here; "\r\n" has become "\n". */
export class Source {
  readonly text: string;
  readonly lineCount: number;
  /** Where each line starts; one entry more than there are lines. */
  readonly #starts: Int32Array;
  /** Indentation of each line in columns, -1 for a line of blanks only. */
  readonly #indents: Int16Array;

  constructor(text: string) {
    this.text = text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
    this.#starts = lineStarts(this.text);
    this.lineCount = this.#starts.length - 1;
    this.#indents = new Int16Array(this.lineCount);
    for (let line = 0; line < this.lineCount; line++) this.#indents[line] = this.#measure(line);
  }

  /** Index of the first character of a line. */
  start(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** Index after the last character of a line, its "\n" not included. */
  end(line: number): number {
    const next = this.#starts[line + 1] ?? this.text.length + 1;
    return next - 1;
  }

  /** The line that an index lies in. */
  lineAt(index: number): number {
    let low = 0;
    let high = this.lineCount - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  isBlank(line: number): boolean {
    return this.#indents[line] === -1;
  }

  /** Columns before the first character that is not blank, tabs as 4; -1 for a blank line. */
  indent(line: number): number {
    return this.#indents[line] ?? -1;
  }

  /** Code of the first character of a line that is not blank; 0 for a blank line. */
  firstCode(line: number): number {
    if (this.isBlank(line)) return 0;
    let at = this.start(line);
    while (isSpace(this.text.charCodeAt(at))) at++;
    return this.text.charCodeAt(at);
  }

  /** One line. */
  line(line: number): string {
    return this.text.slice(this.start(line), this.end(line));
  }

  /** Lines, both included, joined by "\n". */
  lines(from: number, to: number): string {
    return this.text.slice(this.start(from), this.end(to));
  }

  /** Characters of lines, both included. */
  size(from: number, to: number): number {
    return this.end(to) - this.start(from);
  }

  /** How many of the lines, both included, are not blank; counting stops at `enough`. */
  substance(from: number, to: number, enough = Number.POSITIVE_INFINITY): number {
    let count = 0;
    for (let line = from; line <= to && count < enough; line++) if (!this.isBlank(line)) count++;
    return count;
  }

  #measure(line: number): number {
    const end = this.end(line);
    let columns = 0;
    for (let at = this.start(line); at < end; at++) {
      const code = this.text.charCodeAt(at);
      if (!isSpace(code)) return Math.min(columns, 32_767);
      columns += code === 9 ? 4 : 1;
    }
    return -1;
  }
}

function lineStarts(text: string): Int32Array {
  let starts = new Int32Array(Math.max(64, text.length >> 4));
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (count + 2 > starts.length) {
      const larger = new Int32Array(starts.length * 2);
      larger.set(starts);
      starts = larger;
    }
    starts[count++] = at + 1;
  }
  // The end of the last line lies where its "\n" would be.
  starts[count] = text.length + 1;
  return starts.subarray(0, count + 1);
}

/** The characters that `\s` matches. */
export function isSpace(code: number): boolean {
  if (code <= 32) return code === 32 || (code >= 9 && code <= 13);
  return code > 127 && /\s/.test(String.fromCharCode(code));
}
