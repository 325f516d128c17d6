import type { CompletionItem } from '../../protocol/completion-context.js';
import { countTokens } from '../context/tokens.js';
import { type Confidence, lessSure } from '../graph/contract.js';

/** Lines of a file, first and last. */
type Span = readonly [number, number];

/** Something that may become an item, or a part of one. */
export interface Piece {
  kind: CompletionItem['kind'];
  repo: string;
  root: string;
  path: string;
  language: string;
  /** Ways to show it, the fullest first; with the lines of the file that each shows, and its tokens if they are known. */
  forms: readonly { text: string; span: Span; tokens?: number }[];
  symbol: { name: string; line: number } | null;
  reason: string;
  confidence: Confidence | null;
  score: number;
  /** Pieces of the same group become one item; null: an item of its own. */
  group: string | null;
}

/** What the reader has already. */
export interface Shown {
  /** Text of both windows. */
  text: string;
  /** Its identifiers. */
  names: Pick<ReadonlySet<string>, 'has'>;
  /** Repository and path of the file, and the lines that the windows show; null: it is in no repository. */
  file: { repo: string; path: string; span: Span } | null;
}

type Form = Piece['forms'][number];

interface Chosen {
  piece: Piece;
  form: Form;
  tokens: number;
}

/** Of this many pieces in a row none fitted: the budget is used up. */
const missesAtMost = 40;
/** Shorter lines say nothing by being in the windows too. */
const tellingChars = 12;
/** What is left of a region whose other lines are shown already has at least so many. */
const fewestLines = 3;
const plainName = /^[A-Za-z_]\w*$/;
/** Kinds whose text is the lines of the file, one for one. */
const regions: ReadonlySet<Piece['kind']> = new Set(['similar', 'edited', 'viewed']);

/** A part of the budget that pieces of a kind may take together. */
type Shares = Partial<Record<Piece['kind'], number>>;

/**
 * Takes the best pieces that fit into a budget and makes items of them, the best first. What repeats lines that are
 * shown already, in the windows or in an item, is left out; of a region the rest is kept. Pure.
 * @param pieces the best first
 * @param budget in tokens
 */
export function fitItems(
  pieces: readonly Piece[],
  budget: number,
  shown: Shown,
  shares: Shares = {},
): { items: CompletionItem[]; omitted: number } {
  const chosen: Chosen[] = [];
  const lines = new Lines(shown);
  const spent = new Map<Piece['kind'], number>();
  let left = budget;
  let omitted = 0;
  let misses = 0;
  for (const piece of pieces) {
    if (misses >= missesAtMost) {
      omitted++;
      continue;
    }
    const forms = piece.forms.flatMap((form) => lines.without(piece, form) ?? []);
    if (forms.length === 0) continue;
    const most = Math.min(left, budget * (shares[piece.kind] ?? 1) - (spent.get(piece.kind) ?? 0));
    const choice = fitting(piece, forms, most);
    if (!choice) {
      omitted++;
      misses++;
      continue;
    }
    misses = 0;
    chosen.push(choice);
    lines.add(piece, choice.form.span);
    lines.addText(choice.form.text);
    left -= choice.tokens;
    spent.set(piece.kind, (spent.get(piece.kind) ?? 0) + choice.tokens);
  }
  return { items: itemsOf(chosen), omitted };
}

function fitting(piece: Piece, forms: Piece['forms'], budget: number): Chosen | null {
  for (const form of forms) {
    // Twelve characters a token are hardly ever reached: what is far too long need not be counted.
    if (form.text.length > budget * 12) continue;
    const tokens = form.tokens ?? countTokens(`${form.text}\n`);
    if (tokens <= budget) return { piece, form, tokens };
  }
  return null;
}

/** The lines that are shown, by file. */
class Lines {
  readonly #shown: Shown;
  readonly #byFile = new Map<string, Span[]>();
  readonly #texts = new Set<string>();

  constructor(shown: Shown) {
    this.#shown = shown;
    if (shown.file) this.add(shown.file, shown.file.span);
  }

  add({ repo, path }: { repo: string; path: string }, span: Span): void {
    const key = `${repo}\n${path}`;
    const known = this.#byFile.get(key);
    if (known) known.push(span);
    else this.#byFile.set(key, [span]);
  }

  addText(text: string): void {
    this.#texts.add(text.trim());
  }

  /** A form as far as it is not shown yet: of lines of a file the longest run of them. Null: nothing of it is new. */
  without(piece: Piece, form: Form): Form | null {
    const { repo, path, kind } = piece;
    const known = this.#byFile.get(`${repo}\n${path}`) ?? [];
    const [start, end] = form.span;
    const overlaps = known.filter(([from, to]) => from <= end && start <= to);
    const left = overlaps.length === 0 ? form : regions.has(kind) ? longestRun(form, overlaps) : null;
    const bare = left?.text.trim() ?? '';
    if (bare === '') return null;
    const repeats = bare.length >= tellingChars && (this.#texts.has(bare) || this.#isInText(piece, bare));
    return repeats ? null : left;
  }

  /** Whether the windows have a text. Where they lack the name that it declares, they need not be searched. */
  #isInText({ symbol }: Piece, bare: string): boolean {
    const { text, names } = this.#shown;
    if (symbol && plainName.test(symbol.name) && !names.has(symbol.name) && bare.includes(symbol.name)) {
      return false;
    }
    return text.includes(bare);
  }
}

/** The longest run of a form's lines that are in none of the spans, without blank lines around it; null: too short. */
function longestRun({ text, span: [start] }: Form, spans: readonly Span[]): Form | null {
  const lines = text.split('\n');
  const isNew = (at: number) => !spans.some(([from, to]) => from <= start + at && start + at <= to);
  let best: Span = [0, -1];
  for (let from = 0; from < lines.length; from++) {
    if (!isNew(from) || lines[from]?.trim() === '') continue;
    let to = from;
    for (let at = from; at < lines.length && isNew(at); at++) if (lines[at]?.trim() !== '') to = at;
    if (to - from > best[1] - best[0]) best = [from, to];
    from = to;
  }
  const [from, to] = best;
  if (to - from + 1 < fewestLines) return null;
  return { text: lines.slice(from, to + 1).join('\n'), span: [start + from, start + to] };
}

function itemsOf(chosen: readonly Chosen[]): CompletionItem[] {
  const groups = new Map<string, Chosen[]>();
  for (const [at, one] of chosen.entries()) {
    const key = one.piece.group ?? `${at}`;
    const known = groups.get(key);
    if (known) known.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].map(itemOf).sort((a, b) => b.score - a.score);
}

function itemOf(group: readonly Chosen[]): CompletionItem {
  const ordered = group.toSorted((a, b) => a.form.span[0] - b.form.span[0]);
  const best = group[0] as Chosen;
  const { kind, repo, root, path, language, reason, score } = best.piece;
  const text = ordered.map(({ form }) => form.text).join('\n');
  const sure = group.map(({ piece }) => piece.confidence).filter((one) => one !== null);
  return {
    kind,
    repo,
    root,
    path,
    language,
    startLine: Math.min(...group.map(({ form }) => form.span[0])),
    endLine: Math.max(...group.map(({ form }) => form.span[1])),
    text,
    symbols: ordered.flatMap(({ piece }) => piece.symbol ?? []),
    reason,
    confidence: sure.length === 0 ? null : sure.reduce(lessSure),
    score: Math.min(1, Math.max(0, score)),
    tokens: group.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}
