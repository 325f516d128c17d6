import { LcadError } from '../../shared/errors.js';
import type { Edit, EditHunk } from './contract.js';
import {
  exactPlaces,
  type Found,
  type Line,
  linesOf,
  longestStart,
  loosePlaces,
  matchesAt,
  overlap,
  type Splice,
  shifted,
  spliced,
  spliceOf,
  textOf,
} from './lines.js';

const byteOrderMark = '\ufeff';

/** Lines to be found, and what is to be in their place. */
interface Wanted {
  /** From 1; null: unknown. */
  readonly line: number | null;
  readonly old: readonly string[];
  readonly fresh: readonly string[];
}

/** The text of a file as edits leave it. Every edit speaks of the text as it was; they are done one by one. */
export class TextChanges {
  readonly #bom: string;
  readonly #lines: readonly Line[];
  readonly #splices: Splice[] = [];
  #ends: boolean | null = null;
  /** What is to be said of how places were found. */
  readonly notes: string[] = [];

  constructor(text: string) {
    this.#bom = text.startsWith(byteOrderMark) ? byteOrderMark : '';
    this.#lines = linesOf(text.slice(this.#bom.length));
  }

  /** @throws EDIT_CONFLICT: the text is not there exactly once, or another edit changes the same lines */
  replace(edit: Extract<Edit, { is: 'replace' }>): void {
    const { search: old, replace: fresh } = edit;
    if (old.length > 0) this.#add(this.#splice({ line: null, old, fresh }));
    else if (this.#lines.length === 0 && this.#splices.length === 0)
      this.#add(spliceOf([], 0, { old, fresh }));
    else throw conflict('The file is there already, and the block searches for nothing in it.');
  }

  /** @throws as replace */
  patch(hunks: readonly EditHunk[]): void {
    for (const hunk of hunks) {
      const wanted = { line: hunk.line, old: hunk.old, fresh: hunk.fresh };
      if (hunk.old.length === 0 && this.#lines.length > 0) {
        throw conflict('A hunk has no line of the file in it, so its place cannot be checked.');
      }
      const splice = hunk.old.length === 0 ? spliceOf([], 0, wanted) : this.#splice(wanted);
      this.#add(splice);
      if (hunk.oldOpen && !hunk.freshOpen) this.#ends = true;
      if (hunk.freshOpen) this.#ends = false;
    }
  }

  /** The text after all edits. */
  result(): string {
    return this.#bom + textOf(spliced(this.#lines, this.#splices, this.#ends));
  }

  #add(splice: Splice): void {
    if (this.#splices.some((other) => overlap(other, splice))) {
      throw conflict(`Another block changes the same lines (line ${splice.start + 1}).`);
    }
    this.#splices.push(splice);
  }

  #splice(wanted: Wanted): Splice {
    const { start, shift } = this.#find(wanted);
    if (!shift) return spliceOf(this.#lines, start, wanted);
    const fresh = shifted(wanted.fresh, shift);
    const old = shifted(wanted.old, shift);
    if (!fresh || !old) {
      throw conflict(`At line ${start + 1} the file is indented less than the lines to put there.`);
    }
    this.notes.push(
      `Line ${start + 1}: white space differed from what was searched for, and was kept as it is.`,
    );
    return spliceOf(this.#lines, start, { old, fresh });
  }

  #find({ line, old }: Wanted): Found {
    const lines = this.#lines;
    if (line !== null && matchesAt(lines, old, line - 1)) return { start: line - 1, shift: null };
    const exact = exactPlaces(lines, old);
    if (exact[0] !== undefined && exact.length === 1) return { start: exact[0], shift: null };
    if (exact.length > 1) throw conflict(severalText(exact));
    const loose = loosePlaces(lines, old);
    if (loose[0] && loose.length === 1) return loose[0];
    if (loose.length > 1) {
      throw conflict(`${severalText(loose.map(({ start }) => start))} White space aside, that is.`);
    }
    throw conflict(this.#absentText(old));
  }

  #absentText(old: readonly string[]): string {
    const { start, count } = longestStart(this.#lines, old);
    const all = old.length === 1 ? 'The searched line is' : `The ${old.length} searched lines are`;
    if (count === 0) return `${all} not in the file.`;
    const same = count === 1 ? `Line ${start + 1} is` : `Lines ${start + 1}-${start + count} are`;
    return `${all} not in the file. ${same} as the first of them; from line ${start + count + 1} on it differs.`;
  }
}

function severalText(starts: readonly number[]): string {
  const shown = starts.slice(0, 5).map((start) => start + 1);
  const more = starts.length > shown.length ? ' and more' : '';
  return `The searched lines are in the file several times: at lines ${shown.join(', ')}${more}.`;
}

function conflict(message: string): LcadError {
  return new LcadError('EDIT_CONFLICT', message);
}
