import type { CompletionContextParams, CompletionContextResult } from '../../protocol/completion-context.js';
import { LcadError } from '../../shared/errors.js';
import type { GraphFamily, OverlayFile } from '../graph/contract.js';
import type { Place } from '../graph/definition.js';
import type { Graph } from '../graph/graph.js';
import type { Overlay } from '../overlay/contract.js';
import type { SearchableRepo, SearchFamily } from '../search/contract.js';
import { Catalogue } from './catalogue.js';
import { cursorAt } from './cursor.js';
import { fitItems, type Piece, type Shown } from './fit.js';
import { NameMemory } from './known-names.js';
import { NameFinder } from './names.js';
import { Neighbours } from './neighbours.js';
import { bodySpan, pieceOfSimilar, pieceOfSymbol } from './pieces.js';
import { recentScore } from './rank.js';
import { linesOf, type RecentRegion, type Region, recentRegions } from './recent.js';
import { type Scan, scanAround } from './scan.js';
import { jaccard, type Similar, SimilarFinder } from './similar.js';
import { type SymbolCandidate, symbolCandidates } from './symbols.js';
import { type LinesOf, Texts } from './texts.js';
import { prefixWindow, suffixWindow, type TextWindow } from './windows.js';

/** A reply without what its sender knows best. */
type Reply = Omit<CompletionContextResult, 'freshness' | 'tookMs'>;

/** A file of a repository. */
export interface FileIn {
  family: SearchFamily;
  repo: SearchableRepo;
  /** From the root. */
  path: string;
}

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

const defaults = { prefixTokens: 2_000, suffixTokens: 500, contextTokens: 1_500, patienceMs: 4 };
/** Candidates whose texts are looked up. */
const mostSymbols = 160;
/** Characters around the cursor that are compared with other code. */
const likeChars = { before: 1_500, after: 600 };
/** What kinds may take of the budget. */
const shares = { similar: 0.4, edited: 0.35, viewed: 0.25 } as const;
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

  constructor(graph: Pick<Graph, 'view'>) {
    this.#graph = graph;
  }

  /**
   * The context of one place.
   * @throws LINE_NOT_FOUND, FILE_NOT_INDEXED, INDEX_UNAVAILABLE, the signal's reason
   */
  async context(asked: Asked, signal: AbortSignal): Promise<Reply> {
    const { params, home, file } = asked;
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
    at: { prefix: TextWindow; suffix: TextWindow; language: string; cursor: { line: number } },
    { patienceMs }: { patienceMs: number },
    signal: AbortSignal,
  ): Promise<{ pieces: Piece[]; notes: string[] }> {
    const until = performance.now() + patienceMs;
    const { home } = asked;
    const { prefix, suffix, language, cursor } = at;
    const view = await this.#graph.view(asked.families, asked.overlayFiles);
    signal.throwIfAborted();
    const notes: string[] = [];
    const scan = scanAround(prefix.text, suffix.text);
    const similar = await this.#similarTo(home, { language, line: cursor.line, scan, prefix, suffix }, until);
    const graph = view.repos.get(home.repo.id);
    const content = graph?.content(home.path);
    const place: Place | null = graph && content ? { repo: graph, path: home.path, content } : null;
    const symbols = place
      ? symbolCandidates({
          view,
          place,
          scan,
          names: new NameFinder(
            view,
            place,
            cursor.line,
            prefix.text,
            this.#names.of(place, cursor.line, asked.families, asked.overlayFiles),
          ),
          catalogue: this.#catalogue,
          neighbours: this.#neighbours,
          used: similar.used(view),
        }).slice(0, mostSymbols)
      : [];
    if (!place)
      notes.push('The symbols of this file are not known: it is new, or its language is not analysed.');
    const regions = recentRegions(asked.overlay, asked.viewed);
    const wanted = [
      ...symbols.flatMap((one) => this.#bodyOf(one, asked.families) ?? []),
      ...regions.flatMap((region) => regionLines(region, asked) ?? []),
    ];
    const isWhole = this.#texts.has(wanted) || (await within(until, this.#texts.read(wanted)));
    if (!isWhole || similar.isLate) notes.push('Some texts were not in memory yet and are left out.');
    signal.throwIfAborted();
    const pieces = [
      ...symbols.map((one) => {
        const body = this.#bodyOf(one, asked.families);
        return pieceOfSymbol(one, body ? (this.#texts.peek(body) ?? '') : '', this.#catalogue, view);
      }),
      ...similar.codes.map((code) => pieceOfSimilar(home.repo, code)),
      ...regions.flatMap((region) => this.#pieceOfRegion(region, asked, scan) ?? []),
    ];
    return { pieces: pieces.sort((a, b) => b.score - a.score), notes };
  }

  async #similarTo(
    { family, repo, path }: FileIn,
    at: { language: string; line: number; scan: Scan; prefix: TextWindow; suffix: TextWindow },
    until: number,
  ): Promise<Similar & { isLate: boolean }> {
    if (family.vectors?.kind !== 'builtin' || at.scan.nearby.size === 0) {
      return { codes: [], used: () => new Map(), isLate: false };
    }
    const text = `${at.prefix.text.slice(-likeChars.before)}${at.suffix.text.slice(0, likeChars.after)}`;
    const asked = {
      family,
      repo,
      path,
      language: at.language,
      line: at.line,
      text,
      identifiers: at.scan.nearby,
    };
    const known = this.#similar.peek(asked);
    if (known) return { ...known, isLate: false };
    await within(until, this.#similar.find(asked));
    const found = this.#similar.peek(asked);
    return { ...(found ?? this.#similar.last(asked)), isLate: found === null };
  }

  #bodyOf(candidate: SymbolCandidate, families: readonly GraphFamily[]): LinesOf | null {
    const span = bodySpan(candidate);
    if (!span) return null;
    const { repo, content } = candidate.definition;
    const store = families.find(({ repos }) => repos.some(({ id }) => id === repo.id))?.store;
    return store ? { store, key: content.key, startLine: span[0], endLine: span[1] } : null;
  }

  #pieceOfRegion(region: RecentRegion, asked: Asked, scan: Scan): Piece | null {
    const found = asked.locate(region.path);
    if (!found) return null;
    const buffer = asked.overlay.get(region.path);
    const lines = regionLines(region, asked);
    const { kind, startLine, rank } = region;
    const text = buffer
      ? linesOf(buffer.text, startLine, region.endLine)
      : lines
        ? (this.#texts.peek(lines) ?? '')
        : '';
    if (text.trim() === '') return null;
    const identifiers = new Set(text.match(/[A-Za-z_$][\w$]*/g));
    return {
      kind,
      repo: found.repo.id,
      root: found.repo.root,
      path: found.path,
      language: buffer?.language ?? found.repo.files.get(found.path)?.language ?? '',
      forms: [{ text, span: [startLine, startLine + text.split('\n').length - 1] }],
      symbol: null,
      reason: kind === 'edited' ? 'edited lately' : 'viewed lately',
      confidence: null,
      score: recentScore(kind, rank, jaccard(identifiers, scan.nearby)),
      group: null,
    };
  }
}

/** Where the text of a region is in the index; null if a buffer has it, or nothing does. */
function regionLines({ path, startLine, endLine }: RecentRegion, { locate, overlay }: Asked): LinesOf | null {
  if (overlay.get(path)) return null;
  const found = locate(path);
  const key = found?.repo.files.get(found.path)?.key ?? '';
  return found && key !== '' ? { store: found.family.store, key, startLine, endLine } : null;
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

/** Waits for work until a time; what is not done then goes on. True if it is done. @throws what it throws in time */
async function within(until: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, until - performance.now()));
  });
  try {
    return await Promise.race([work.then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
    // What fails after its time is tried again by the next request.
    work.catch(() => undefined);
  }
}
