import type { CompletionContextParams, CompletionContextResult } from '../../protocol/completion-context.js';
import { LcadError } from '../../shared/errors.js';
import type { GraphFamily, OverlayFile } from '../graph/contract.js';
import type { Place } from '../graph/definition.js';
import type { Graph } from '../graph/graph.js';
import type { GraphView } from '../graph/graph-view.js';
import type { OpenBuffer, Overlay } from '../overlay/contract.js';
import { Background } from './background.js';
import { Catalogue } from './catalogue.js';
import { cursorAt } from './cursor.js';
import { fitItems, type Piece, type Shown } from './fit.js';
import { NameMemory } from './known-names.js';
import { innermost, NameFinder } from './names.js';
import { Neighbours } from './neighbours.js';
import { isBodyShown, pieceOfSimilar, pieceOfSymbol, shortSpan } from './pieces.js';
import { type Region, recentRegions } from './recent.js';
import { type FileIn, pieceOfRegion, regionLines } from './regions.js';
import { type Scan, scanAround } from './scan.js';
import { type Similar, type SimilarAsked, SimilarFinder } from './similar.js';
import { type SymbolCandidate, symbolCandidates } from './symbols.js';
import { type LinesOf, Texts } from './texts.js';
import { resolveAhead } from './warm.js';
import { prefixWindow, suffixWindow, type TextWindow } from './windows.js';
import { within } from './within.js';

/** A reply without what its sender knows best. */
type Reply = Omit<CompletionContextResult, 'freshness' | 'tookMs'>;

/** Where and with what a request asks. */
export interface Asked {
  /** Canonical absolute path. */
  file: string;
  params: Omit<CompletionContextParams, 'file' | 'viewed'>;
  viewed: readonly Region[];
  /** Null: the file is in no registered repository. */
  home: FileIn | null;
  /** The repository and path of any file; null if it is in none. */
  locate(file: string): FileIn | null;
  families: readonly GraphFamily[];
  overlay: Overlay;
  overlayFiles: readonly OverlayFile[];
}

/** A file that a client has opened or changed. */
interface Warmed extends Pick<Asked, 'file' | 'overlay'> {
  home: FileIn;
  /** What there is by the time it is needed. */
  now(): Promise<Pick<Asked, 'families' | 'overlayFiles'>>;
}

const defaults = { prefixTokens: 2_000, suffixTokens: 500, contextTokens: 1_500, patienceMs: 0 };
/** Candidates whose texts are looked up. */
const mostSymbols = 160;
/** Characters around the cursor that are compared with other code. */
const likeChars = { before: 1_500, after: 600 };
/** What kinds may take of the budget. */
const shares = { similar: 0.4, edited: 0.35, viewed: 0.15 } as const;
/** What is less likely to be of use is not shown, whatever room there is. */
const leastScore = 0.05;
/** Characters in which binary text shows. */
const binaryChars = 8_000;

/** Makes the context of completions: what an editor gives a model besides the text around the cursor. */
export class Completion {
  readonly #graph: Pick<Graph, 'view'>;
  readonly #catalogue = new Catalogue();
  readonly #neighbours = new Neighbours();
  readonly #names = new NameMemory();
  readonly #texts = new Texts();
  readonly #similar = new SimilarFinder();
  readonly #background = new Background();
  #isAsked = false;

  constructor(graph: Pick<Graph, 'view'>) {
    this.#graph = graph;
  }

  /**
   * The context of one place.
   * @throws LINE_NOT_FOUND, FILE_NOT_INDEXED, INDEX_UNAVAILABLE, the signal's reason
   */
  async context(asked: Asked, signal: AbortSignal): Promise<Reply> {
    const { params, home, file } = asked;
    this.#isAsked = true;
    const budgets = { ...defaults, ...definedOf(params) };
    const { text, source } = await this.#textOf(asked);
    const cursor = cursorAt(text, params.line, params.column, file);
    const prefix = prefixWindow(text, cursor, budgets.prefixTokens);
    const suffix = suffixWindow(text, cursor, budgets.suffixTokens);
    const notes: string[] = [];
    const language = languageOf(asked);
    const about = {
      repo: home?.repo.id ?? null,
      root: home?.repo.root ?? null,
      path: home?.path ?? file,
      language,
      source,
      prefix,
      suffix,
    };
    const isBinary = text.slice(0, binaryChars).includes('\0');
    if (!home) notes.push(`${file} is in no registered repository: there is no context but the text itself.`);
    if (isBinary) notes.push('The text is binary: there is no context for it.');
    if (!home || isBinary || budgets.contextTokens === 0) {
      return { ...about, items: [], tokens: 0, omitted: 0, notes };
    }
    const gathered = await this.#gather(
      { ...asked, home },
      { prefix, suffix, language, cursor },
      budgets,
      signal,
    );
    notes.push(...gathered.notes);
    const { repo, path } = home;
    const shown: Shown = {
      text: `${prefix.text}${suffix.text}`,
      file: { repo: repo.id, path, span: [prefix.startLine, suffix.endLine] },
    };
    const { items, omitted } = fitItems(gathered.pieces, budgets.contextTokens, shown, shares);
    const tokens = items.reduce((sum, item) => sum + item.tokens, 0);
    return { ...about, items, tokens, omitted, notes };
  }

  async #textOf(asked: Asked): Promise<{ text: string; source: Reply['source'] }> {
    const { params, overlay, file, home } = asked;
    if (params.text !== undefined) return { text: params.text, source: 'params' };
    const buffer = overlay.get(file);
    if (buffer) return { text: buffer.text, source: 'buffer' };
    const key = home?.repo.files.get(home.path)?.key ?? '';
    if (!home || key === '') {
      throw new LcadError('FILE_NOT_INDEXED', `The text of ${file} is not known.`, {
        next: 'Send its text, or open it with textDocument/didOpen.',
      });
    }
    const chunks = await home.family.store.chunksOf([key]);
    const endLine = chunks.at(-1)?.endLine ?? 1;
    const lines = { store: home.family.store, key, startLine: 1, endLine };
    await this.#texts.read([lines]);
    return { text: `${this.#texts.peek(lines) ?? ''}\n`, source: 'index' };
  }

  async #gather(
    asked: Asked & { home: FileIn },
    at: Around,
    { patienceMs }: { patienceMs: number },
    signal: AbortSignal,
  ): Promise<{ pieces: Piece[]; notes: string[] }> {
    const until = performance.now() + patienceMs;
    const { home, families } = asked;
    const { prefix, suffix, cursor } = at;
    const view = await this.#graph.view(families, asked.overlayFiles);
    signal.throwIfAborted();
    const notes: string[] = [];
    const scan = scanAround(prefix.text, suffix.text);
    const similarAsked = similarTo(home, at, scan);
    let similar = similarAsked && this.#similar.peek(similarAsked);
    if (similarAsked && !similar && patienceMs > 0) {
      await within(until, this.#similar.find(similarAsked));
      similar = this.#similar.peek(similarAsked);
    }
    const isLate = similarAsked !== null && similar === null;
    if (isLate) similar = this.#similar.last(similarAsked);
    const place = placeIn(view, home);
    const symbols = place
      ? this.#symbols(
          { view, place, scan, similar },
          this.#finder(view, place, asked, cursor.line, prefix.text),
        )
      : [];
    if (!place)
      notes.push('The symbols of this file are not known: it is new, or its language is not analysed.');
    const regions = recentRegions(asked.overlay, asked.viewed);
    const bodies = symbols.map((one) => bodyOf(one, families));
    const wanted = [...bodies, ...regions.map((region) => regionLines(region, asked))].filter(
      (lines) => lines !== null,
    );
    const isWhole =
      this.#texts.has(wanted) || (patienceMs > 0 && (await within(until, this.#texts.read(wanted))));
    if (!isWhole || isLate) {
      notes.push('Some texts were not in memory yet and are left out.');
      void this.#background.run(asked.overlay, async () => {
        if (!isWhole) await this.#texts.read(wanted);
        if (!isLate || !similarAsked) return;
        await this.#similar.find(similarAsked);
        this.#similar.peek(similarAsked)?.used(view);
      });
    }
    signal.throwIfAborted();
    const pieces = [
      ...symbols.map((one, index) => {
        const body = bodies[index];
        return pieceOfSymbol(one, body ? (this.#texts.peek(body) ?? '') : '', this.#catalogue, view);
      }),
      ...(similar?.codes ?? []).map((code) => pieceOfSimilar(home.repo, code)),
      ...regions.flatMap((region) => pieceOfRegion(region, asked, this.#texts, scan.nearby) ?? []),
    ];
    const useful = pieces.filter(({ score }) => score >= leastScore);
    return { pieces: useful.sort((a, b) => b.score - a.score), notes };
  }

  #symbols(
    { similar, ...at }: { view: GraphView; place: Place; scan: Scan; similar: Similar | null },
    names: NameFinder,
  ): SymbolCandidate[] {
    const used = similar?.used(at.view) ?? new Map();
    const known = { catalogue: this.#catalogue, neighbours: this.#neighbours };
    return symbolCandidates({ ...at, ...known, names, used }).slice(0, mostSymbols);
  }

  #finder(
    view: GraphView,
    place: Place,
    { families, overlayFiles }: Pick<Asked, 'families' | 'overlayFiles'>,
    line: number,
    text: string,
  ): NameFinder {
    const around = innermost(place, line);
    const known = this.#names.of(place, around, families, overlayFiles);
    return new NameFinder(view, place, { line, around }, text, known);
  }

  /**
   * Gets ready for requests at a file that was opened or changed, near the line that was edited or looked at last: what
   * its names mean, the code that is like those lines, and the texts of what would be shown. Does nothing as long as no client has asked for the context of a completion.
   */
  async warm(asked: Warmed): Promise<void> {
    const { home, overlay } = asked;
    if (!this.#isAsked) return;
    await this.#background.run(overlay, async () => {
      const now = await asked.now();
      const { families } = now;
      const view = await this.#graph.view(families, now.overlayFiles);
      const buffer = overlay.get(asked.file);
      const place = placeIn(view, home);
      if (!place || !buffer) return;
      const last = lineCount(buffer.text);
      const line = Math.min(last, lastLine(buffer, overlay.views) ?? 1);
      const cursor = cursorAt(buffer.text, line, 1, asked.file);
      const prefix = prefixWindow(buffer.text, cursor, defaults.prefixTokens);
      const suffix = suffixWindow(buffer.text, cursor, defaults.suffixTokens);
      const scan = scanAround(prefix.text, suffix.text);
      const at = { prefix, suffix, cursor, language: buffer.language };
      const like = similarTo(home, at, scan);
      if (like && !this.#similar.peek(like)) await this.#similar.find(like);
      const similar = like && this.#similar.last(like);
      const names = this.#finder(view, place, now, line, prefix.text);
      const symbols = this.#symbols({ view, place, scan, similar }, names);
      const bodies = symbols.map((one) => bodyOf(one, families));
      await this.#texts.read(bodies.filter((lines) => lines !== null));
      await resolveAhead(names);
    });
  }
}

/** The text around a cursor. */
interface Around {
  prefix: TextWindow;
  suffix: TextWindow;
  language: string;
  cursor: { line: number };
}

function placeIn(view: GraphView, { repo, path }: FileIn): Place | null {
  const graph = view.repos.get(repo.id);
  const content = graph?.content(path);
  return graph && content ? { repo: graph, path, content } : null;
}

/** What to look for code with that is like a place; null where none is looked for. */
function similarTo({ family, repo, path }: FileIn, at: Around, scan: Scan): SimilarAsked | null {
  if (family.vectors?.kind !== 'builtin' || scan.nearby.size === 0) return null;
  const { prefix, suffix, language, cursor } = at;
  const text = `${prefix.text.slice(-likeChars.before)}${suffix.text.slice(0, likeChars.after)}`;
  return { family, repo, path, language, line: cursor.line, text, identifiers: scan.nearby };
}

/** Where the body of a definition is, if it would be shown with it. */
function bodyOf(candidate: SymbolCandidate, families: readonly GraphFamily[]): LinesOf | null {
  const span = isBodyShown(candidate) ? shortSpan(candidate.definition) : null;
  if (!span) return null;
  const { repo, content } = candidate.definition;
  const store = families.find(({ repos }) => repos.some(({ id }) => id === repo.id))?.store;
  return store ? { store, key: content.key, startLine: span[0], endLine: span[1] } : null;
}

/** The line that was edited or looked at last; null if it is not known. */
function lastLine({ path, edits }: OpenBuffer, views: Overlay['views']): number | null {
  const view = views.find((one) => one.path === path && one.line !== null);
  const [edit] = edits;
  return view && view.at >= (edit?.at ?? 0) ? view.line : (edit?.startLine ?? null);
}

function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function languageOf({ overlay, file, home }: Asked): string {
  const known = overlay.get(file)?.language ?? home?.repo.files.get(home.path)?.language;
  return known ?? '';
}

function definedOf({ prefixTokens, suffixTokens, contextTokens, patienceMs }: Asked['params']) {
  const given = { prefixTokens, suffixTokens, contextTokens, patienceMs };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<
    typeof defaults
  >;
}
