import type { BlockPosition, Edit, EditBlock, ParsedAnswer, UnreadableBlock } from './contract.js';
import { type DiffPart, readDiff, startsDiff } from './unified.js';

const searchMark = '<<<<<<< SEARCH';
const dividingMark = '=======';
const replaceMark = '>>>>>>> REPLACE';

/** Tells a model how to write changes of files so that `parseEdits` can read them. */
export const editInstructions = `To change files, write one or more blocks of this form:

src/path/of/file.ts
${searchMark}
lines of the file as they are now
${dividingMark}
lines to put in their place
${replaceMark}

Rules for blocks:
- The first line is the path from the root of the repository, alone on its line. Each block has one.
- Between ${searchMark} and ${dividingMark} stand whole lines, copied from the file exactly, with their indentation. They must occur in the file exactly once: take as many lines around the change as it takes for that, and no more.
- All blocks speak of the file as it is now, before any block; no two blocks change the same lines.
- To delete lines, leave the lower part empty. To make a new file, leave the upper part empty.
- To delete or rename a file, or where a line of the file is itself one of the three marks, write a unified diff in a \`\`\`diff fence, with "--- a/path" and "+++ b/path" ("+++ /dev/null" to delete, "rename from" and "rename to" below "diff --git a/old b/new" to rename) and at least one unchanged line in each hunk.
- Never leave lines out with "..." or a comment.`;

/** A line of an answer, without its end. */
interface AnswerLine {
  readonly text: string;
  /** UTF-16 offsets of its first unit, and behind its last. */
  readonly start: number;
  readonly end: number;
}

interface Fence {
  readonly mark: string;
  readonly info: string;
}

/**
 * The edits that an answer of a model asks for, in the format that `editInstructions` describes: search and replace
 * blocks, within a code fence or not, and unified diffs. A block that is not of this form is told as unreadable, and
 * never guessed at. Pure.
 */
export function parseEdits(answer: string): ParsedAnswer {
  return new AnswerReader(answer).read();
}

class AnswerReader {
  readonly #lines: AnswerLine[];
  readonly #blocks: EditBlock[] = [];
  readonly #unreadable: UnreadableBlock[] = [];
  #count = 0;
  /** The block read last: its path serves the next one if nothing stands between them. */
  #latest: { path: string; endLine: number } | null = null;

  constructor(answer: string) {
    this.#lines = answerLines(answer);
  }

  read(): ParsedAnswer {
    let fence: { mark: string; close: number | null } | null = null;
    let at = 0;
    while (at < this.#lines.length) {
      const text = this.#text(at);
      if (text === searchMark) {
        at = this.#readBlock(at);
        continue;
      }
      if (text === replaceMark)
        this.#problem(at, at, null, `${replaceMark} stands here without ${searchMark}.`);
      if (fence !== null && isClosing(text, fence.mark)) fence = null;
      else {
        const opened: Fence | null = fence === null ? fenceOf(text) : null;
        if (opened) {
          fence = { mark: opened.mark, close: this.#closing(at, opened.mark) };
          if (isDiff(opened.info) && fence.close !== null && !this.#hasBlock(at, fence.close)) {
            this.#readDiff(at + 1, { to: fence.close, closed: true, whole: true });
            at = fence.close + 1;
            fence = null;
            continue;
          }
        } else if (startsDiff(this.#lines, at)) {
          const close: number | null = fence?.close ?? null;
          at = this.#readDiff(at, { to: close ?? this.#lines.length, closed: close !== null, whole: false });
          continue;
        }
      }
      at++;
    }
    return { blocks: this.#blocks, unreadable: this.#unreadable };
  }

  /** Reads the block whose first mark stands at a line. @returns the line behind it */
  #readBlock(from: number): number {
    const path = this.#pathBefore(from);
    const dividers: number[] = [];
    for (let at = from + 1; at < this.#lines.length; at++) {
      const text = this.#text(at);
      if (text === searchMark) {
        this.#problem(from, at - 1, path, `The block has no ${replaceMark} before the next ${searchMark}.`);
        return at;
      }
      if (text === dividingMark) dividers.push(at);
      if (text !== replaceMark) continue;
      this.#takeBlock({ from, dividers, to: at, path });
      return at + 1;
    }
    const end = this.#lines.length;
    this.#problem(from, end - 1, path, `The block has no ${replaceMark}: the answer may have been cut off.`);
    return end;
  }

  #takeBlock({
    from,
    dividers,
    to,
    path,
  }: {
    from: number;
    dividers: number[];
    to: number;
    path: string | null;
  }) {
    const [divider] = dividers;
    if (divider === undefined) {
      this.#problem(from, to, path, `The block has no line ${dividingMark}.`);
    } else if (dividers.length > 1) {
      this.#problem(
        from,
        to,
        path,
        `The block has several lines ${dividingMark}: which one divides it is unclear.`,
      );
    } else if (path === null) {
      this.#problem(from, to, null, `No path of a file stands before the block.`);
    } else {
      const search = this.#slice(from + 1, divider);
      const isBlank = search.every((text) => text.trim() === '');
      const replace = this.#slice(divider + 1, to);
      this.#block(from, to, { is: 'replace', path, search: isBlank ? [] : search, replace });
      this.#latest = { path, endLine: to };
    }
  }

  #readDiff(from: number, place: { to: number; closed: boolean; whole: boolean }): number {
    const { parts, next } = readDiff(this.#lines, from, place);
    for (const part of parts) this.#takePart(part);
    if (place.whole && parts.length === 0) {
      this.#problem(
        from - 1,
        place.to,
        null,
        'The diff has no file: "--- a/path" and "+++ b/path" are missing.',
      );
    }
    return Math.max(next, from + 1);
  }

  #takePart({ from, to, read }: DiffPart): void {
    if ('edit' in read) this.#block(from, to, read.edit);
    else this.#problem(from, to, read.path, read.message);
  }

  /** The path that stands before a block: blank lines and fences may be between. */
  #pathBefore(line: number): string | null {
    let at = line - 1;
    while (at >= 0 && (this.#text(at) === '' || fenceOf(this.#text(at)) !== null)) at--;
    if (at < 0) return null;
    if (this.#latest && at === this.#latest.endLine) return this.#latest.path;
    return pathOfLine(this.#text(at));
  }

  #closing(line: number, mark: string): number | null {
    for (let at = line + 1; at < this.#lines.length; at++) if (isClosing(this.#text(at), mark)) return at;
    return null;
  }

  #hasBlock(from: number, to: number): boolean {
    for (let at = from; at < to; at++) if (this.#text(at) === searchMark) return true;
    return false;
  }

  #text(line: number): string {
    return (this.#lines[line]?.text ?? '').trimEnd();
  }

  #slice(from: number, to: number): string[] {
    return this.#lines.slice(from, to).map(({ text }) => text);
  }

  #block(from: number, to: number, edit: Edit): void {
    this.#blocks.push({ index: this.#count++, at: this.#position(from, to), edit });
  }

  #problem(from: number, to: number, path: string | null, message: string): void {
    this.#unreadable.push({ index: this.#count++, at: this.#position(from, to), path, message });
  }

  #position(from: number, to: number): BlockPosition {
    const last = Math.min(Math.max(from, to), this.#lines.length - 1);
    return {
      startLine: from + 1,
      endLine: last + 1,
      start: this.#lines[from]?.start ?? 0,
      end: this.#lines[last]?.end ?? 0,
    };
  }
}

function answerLines(answer: string): AnswerLine[] {
  const lines: AnswerLine[] = [];
  let start = 0;
  while (start < answer.length) {
    const newline = answer.indexOf('\n', start);
    const next = newline < 0 ? answer.length : newline + 1;
    const stop = newline < 0 ? next : newline;
    const end = stop > start && answer[stop - 1] === '\r' ? stop - 1 : stop;
    lines.push({ text: answer.slice(start, end), start, end });
    start = next;
  }
  return lines;
}

function fenceOf(text: string): Fence | null {
  const [, mark, info] = /^ {0,3}(`{3,}|~{3,})\s*([^`]*)$/.exec(text) ?? [];
  return mark === undefined ? null : { mark, info: info ?? '' };
}

function isClosing(text: string, mark: string): boolean {
  const fence = fenceOf(text);
  return fence !== null && fence.info === '' && fence.mark.startsWith(mark);
}

function isDiff(info: string): boolean {
  return /^(diff|patch|udiff)\b/i.test(info.trim());
}

/** A line that is a path and nothing else: plain, or marked as code, bold or a heading. */
function pathOfLine(line: string): string | null {
  const text = line.trim().replace(/^#{1,6}\s+/, '');
  const marked = /^(?:\*\*)?`([^`]+)`(?:\*\*)?:?$/.exec(text) ?? /^\*\*([^*\s]+)\*\*:?$/.exec(text);
  if (marked) return (marked[1] ?? '').replace(/:$/, '') || null;
  return text === '' || /[\s;"<>|?*:`]/.test(text) ? null : text;
}
