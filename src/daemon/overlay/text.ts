/** A place as LSP counts it: from 0, the character in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** One change of a text; without a range the whole of it. */
export interface TextChange {
  readonly range?: { readonly start: Position; readonly end: Position } | undefined;
  readonly text: string;
}

/** Which lines a change touched, from 1, both included: before it and after it. They begin with the same line. */
export interface ChangedLines {
  readonly startLine: number;
  readonly oldEndLine: number;
  readonly newEndLine: number;
}

const lineFeed = 10;
const carriageReturn = 13;

/**
 * A text that is changed by places. Lines end with "\n", "\r\n" or "\r"; places outside of the text mean the nearest
 * one in it, as LSP 3.17 says (Position: a line behind the last is the end of the text, a character behind its line
 * the end of that line without its line end).
 */
export class EditableText {
  #text: string;
  /** Index at which each line begins. */
  #starts: number[];

  constructor(text: string) {
    this.#text = text;
    this.#starts = [0, ...startsWithin(text, 0, text.length)];
  }

  get text(): string {
    return this.#text;
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** Applies a change; null if the text is what it was. */
  apply({ range, text }: TextChange): ChangedLines | null {
    if (!range) return this.#replaceAll(text);
    const start = this.offsetAt(range.start);
    const end = this.offsetAt(range.end);
    return this.#replace(Math.min(start, end), Math.max(start, end), text);
  }

  /** Index of the character at a place. */
  offsetAt({ line, character }: Position): number {
    if (line < 0) return 0;
    const start = this.#starts[line];
    if (start === undefined) return this.#text.length;
    const next = this.#starts[line + 1] ?? this.#text.length;
    let offset = Math.min(start + Math.max(0, character), next);
    while (offset > start && isLineEnd(this.#text.charCodeAt(offset - 1))) offset--;
    return offset;
  }

  #replaceAll(text: string): ChangedLines | null {
    const before = this.#text;
    if (text === before) return null;
    const most = Math.min(before.length, text.length);
    let same = 0;
    while (same < most && before.charCodeAt(same) === text.charCodeAt(same)) same++;
    let behind = 0;
    while (
      behind < most - same &&
      before.charCodeAt(before.length - 1 - behind) === text.charCodeAt(text.length - 1 - behind)
    )
      behind++;
    const oldEndLine = this.#lineAt(before.length - behind) + 1;
    const startLine = this.#lineAt(same) + 1;
    this.#text = text;
    this.#starts = [0];
    this.#starts = this.#starts.concat(startsWithin(text, 0, text.length));
    // A line end that was cut in two may have put the beginning on another line.
    const newStart = Math.min(startLine, this.#lineAt(same) + 1);
    return { startLine: newStart, oldEndLine, newEndLine: this.#lineAt(text.length - behind) + 1 };
  }

  /** Neither index lies inside of a line end. */
  #replace(start: number, end: number, inserted: string): ChangedLines | null {
    if (start === end && inserted === '') return null;
    const starts = this.#starts;
    const first = this.#lineAt(start);
    const last = this.#lineAt(end);
    this.#text = this.#text.slice(0, start) + inserted + this.#text.slice(end);
    // What is inserted can become one line end with what ends the line before: that line is looked at again too. The
    // line behind begins where it did, for its own first character is no "\n" after a "\r".
    const from = Math.max(0, first - 1);
    const moved = inserted.length - (end - start);
    const next = starts[last + 1];
    const to = next === undefined ? this.#text.length + 1 : next + moved;
    const between = startsWithin(this.#text, starts[from] ?? 0, to - 1);
    const behind = starts.slice(last + 1);
    if (moved !== 0) for (let at = 0; at < behind.length; at++) behind[at] = (behind[at] ?? 0) + moved;
    this.#starts = starts.slice(0, from + 1).concat(between, behind);
    const newFirst = Math.min(first, this.#lineAt(start));
    return {
      startLine: newFirst + 1,
      oldEndLine: last + 1,
      newEndLine: this.#lineAt(start + inserted.length) + 1,
    };
  }

  /** The line, from 0, that an index lies in. */
  #lineAt(index: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Beginnings of lines behind `from` and not behind `to`, where a line may begin at the very end of the text. */
function startsWithin(text: string, from: number, to: number): number[] {
  const starts: number[] = [];
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (!isLineEnd(code)) continue;
    if (code === carriageReturn && text.charCodeAt(at + 1) === lineFeed) at++;
    if (at + 1 <= to) starts.push(at + 1);
  }
  return starts;
}

function isLineEnd(code: number): boolean {
  return code === lineFeed || code === carriageReturn;
}
