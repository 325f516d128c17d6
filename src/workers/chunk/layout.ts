import {
  bodyPiece,
  cut,
  fits,
  linesPiece,
  maxChars,
  maxLines,
  type PieceSize,
  runPiece,
  type Span,
  trim,
} from './cut.js';
import type { Chunk, Definition, Label, Piece } from './definition.js';
import { type ChunkKind, kindRules } from './kinds.js';
import { buildTree, type Region } from './regions.js';
import type { Source } from './source.js';
import { withSymbols } from './symbols.js';

/** A run of this many lines or fewer, without definitions, joins a neighbour: brackets, an export, a banner. */
const looseLines = 2;
const looseCommentLines = 10;
const looseChars = 256;

/**
 * The chunks of a file from its definitions. Every line that is not blank is in exactly one chunk; chunks are in the
 * file's order and do not overlap.
 *
 * @param loose kind of what lies outside of all definitions: `block` for code, `section` for documents
 */
export function layout(source: Source, definitions: Definition[], loose: ChunkKind = 'block'): Chunk[] {
  const root = buildTree(source, definitions);
  const plan = new Layout(source, loose);
  plan.place(root);
  return withSymbols(plan.finish(), definitions);
}

/** The chunks of a file without known structure. */
export function layoutLines(source: Source): Chunk[] {
  const whole = { from: 0, to: source.lineCount - 1 };
  const label: Label = { kind: 'lines', name: '', scope: '' };
  return withSymbols(
    cut(source, whole, linesPiece).map((span) => ({ ...span, ...label })),
    [],
  );
}

class Layout {
  readonly #source: Source;
  readonly #loose: ChunkKind;
  readonly #pieces: Piece[] = [];
  /** Lines waiting to begin the next piece, or null. */
  #waiting: Span | null = null;

  constructor(source: Source, loose: ChunkKind) {
    this.#source = source;
    this.#loose = loose;
  }

  /** Makes the pieces of a region: those of its children that stand alone, and the runs of lines between them. */
  place(region: Region): void {
    const { definition } = region;
    const large = !fits(this.#source, region);
    if (definition && kindRules[definition.kind].split === 'large' && !large) {
      this.#push(region, this.#labelOf(region));
      return;
    }
    const from = large ? this.#placeHead(region) : region.from;
    this.#placeRuns(region, from, large);
  }

  finish(): Piece[] {
    if (this.#waiting) this.#push(this.#waiting, { kind: this.#loose, name: '', scope: '' });
    return this.#pieces;
  }

  /** A chunk of the signature and documentation of a large function. Returns the line after it. */
  #placeHead(region: Region): number {
    const { definition } = region;
    if (!definition || !kindRules[definition.kind].hasHead || definition.headLine < 0) return region.from;
    const to = Math.min(definition.headLine, region.to);
    if (to < region.from) return region.from;
    for (const piece of cut(this.#source, { from: region.from, to }, bodyPiece)) {
      this.#push(piece, this.#labelOf(region));
    }
    return to + 1;
  }

  #placeRuns(region: Region, from: number, large: boolean): void {
    const before = this.#pieces.length;
    let next = from;
    let small: Region[] = [];
    for (const child of region.children) {
      if (child.from < next || !this.#standsAlone(child)) {
        small.push(child);
        continue;
      }
      this.#placeRun(region, { from: next, to: child.from - 1 }, small, { before, next: child, large });
      this.place(child);
      next = child.to + 1;
      small = [];
    }
    this.#placeRun(region, { from: next, to: region.to }, small, { before, next: null, large });
  }

  #standsAlone(region: Region): boolean {
    const { definition } = region;
    if (!definition) return true;
    const { ownLines } = kindRules[definition.kind];
    return this.#source.substance(region.from, region.to, ownLines) >= ownLines;
  }

  #placeRun(
    region: Region,
    lines: Span,
    small: Region[],
    at: { before: number; next: Region | null; large: boolean },
  ): void {
    const run = trim(this.#source, lines);
    if (run === null) return;
    const inside = small.filter((child) => child.from >= run.from && child.from <= run.to);
    if (inside.length === 0 && this.#join(region, run, at)) return;
    const size = this.#sizeFor(region, at.large);
    const joined = inside.length === 0 ? undefined : insideOf(inside);
    for (const piece of cut(this.#source, run, size, joined)) {
      this.#push(piece, this.#labelOfRun(region, piece, inside));
    }
  }

  #sizeFor(region: Region, large: boolean): PieceSize {
    return region.definition && large ? bodyPiece : runPiece;
  }

  /** Adds a few loose lines to the chunk before or after them. */
  #join(region: Region, run: Span, { before, next }: { before: number; next: Region | null }): boolean {
    const { definition } = region;
    const substance = this.#source.substance(run.from, run.to, looseCommentLines + 1);
    const comment = next !== null && substance <= looseCommentLines && this.#isComment(run);
    if (substance > looseLines && !comment) return false;
    const last = this.#pieces.at(-1);
    if (
      !comment &&
      last &&
      this.#pieces.length > before &&
      !this.#waiting &&
      this.#joins(last.from, run.to)
    ) {
      last.to = run.to;
      return true;
    }
    const header = this.#pieces.length === before;
    if (next === null || (header && definition && definition.kind !== 'module')) return false;
    this.#waiting = { from: this.#waiting?.from ?? run.from, to: run.to };
    return true;
  }

  #isComment({ from, to }: Span): boolean {
    for (let line = from; line <= to; line++) {
      if (!this.#source.isBlank(line) && !commentStart.test(this.#source.line(line))) return false;
    }
    return true;
  }

  #labelOf({ definition, scope }: Region): Label {
    if (!definition) return { kind: this.#loose, name: '', scope: '' };
    return { kind: definition.kind, name: definition.name, scope };
  }

  /** Lines between definitions are called after what encloses them, or after the one definition that fills them. */
  #labelOfRun(region: Region, piece: Span, small: Region[]): Label {
    const here = small.filter((child) => child.from >= piece.from && child.from <= piece.to);
    const only = here.length === 1 ? here[0] : undefined;
    const header = region.definition && piece.from <= region.definition.nameLine;
    if (only?.definition && !header && this.#fills(only, piece)) return this.#labelOf(only);
    if (region.definition) return this.#labelOf(region);
    const kind = here[0]?.definition?.kind;
    const alike = kind !== undefined && here.every((child) => child.definition?.kind === kind);
    const filled =
      alike && here.reduce((sum, child) => sum + this.#substance(child), 0) * 2 >= this.#substance(piece);
    return { kind: filled ? kind : this.#loose, name: '', scope: '' };
  }

  #fills(child: Span, piece: Span): boolean {
    return this.#substance(child) * 2 >= this.#substance(piece);
  }

  #substance({ from, to }: Span): number {
    return this.#source.substance(from, to);
  }

  /** Whether lines may be one chunk: a closing bracket more than a chunk may have is allowed. */
  #joins(from: number, to: number): boolean {
    return to - from < maxLines + looseLines && this.#source.size(from, to) <= maxChars + looseChars;
  }

  #push({ from, to }: Span, { kind, name, scope }: Label): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    const joined = waiting !== null && this.#joins(waiting.from, to);
    if (waiting && !joined) this.#pieces.push({ ...waiting, kind: this.#loose, name: '', scope: '' });
    this.#pieces.push({ from: joined ? waiting.from : from, to, kind, name, scope });
  }
}

const commentStart = /^\s*(?:\/\/|\/\*|\*|#|--|;|%|<!--|"""|\{-)/;

/** Whether cutting before a line would split one of the regions, which are in order. */
function insideOf(regions: Region[]): (line: number) => boolean {
  return (line) => {
    let low = 0;
    let high = regions.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const region = regions[middle] as Region;
      if (line <= region.from) high = middle - 1;
      else if (line > region.to) low = middle + 1;
      else return true;
    }
    return false;
  };
}
