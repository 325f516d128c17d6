import type { CompletionContextParams, CompletionContextResult } from '../../protocol/completion-context.js';
import { LcadError } from '../../shared/errors.js';
import type { GraphFamily, OverlayFile } from '../graph/contract.js';
import type { Place } from '../graph/definition.js';
import { around as definitionAround } from '../graph/find.js';
import type { Graph } from '../graph/graph.js';
import type { GraphView } from '../graph/graph-view.js';
import type { Overlay } from '../overlay/contract.js';
import { Background } from './background.js';
import { Catalogue } from './catalogue.js';
import { cursorAt } from './cursor.js';
import { fitItems, type Piece, type Shown } from './fit.js';
import { NameMemory } from './known-names.js';
import { newlinesIn } from './lines.js';
import { NameFinder } from './names.js';
import { Neighbours } from './neighbours.js';
import { bodyOf, pieceOfSimilar, pieceOfSymbol } from './pieces.js';
import { lastLine, type Region, recentRegions } from './recent.js';
import { type FileIn, pieceOfRegion, regionLines } from './regions.js';
import { type Scan, scanAround } from './scan.js';
import { type Around, type Similar, SimilarFinder, similarTo } from './similar.js';
import { type SymbolCandidate, symbolCandidates } from './symbols.js';
import { Texts } from './texts.js';
import { resolveAhead } from './warm.js';
import { prefixWindow, suffixWindow } from './windows.js';
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

const defaults = { prefixTokens: 2_000, suffixTokens: 500, contextTokens: 1_500 };
/** Candidates whose texts are looked up. */
const mostSymbols = 160;
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
    const {
      prefixTokens = defaults.prefixTokens,
      suffixTokens = defaults.suffixTokens,
      contextTokens = defaults.contextTokens,
      patienceMs = 0,
    } = params;
    this.#isAsked = true;
    const { text, source } = await this.#textOf(asked);
    const cursor = cursorAt(text, params.line, params.column, file);
    const prefix = prefixWindow(text, cursor, prefixTokens);
    const suffix = suffixWindow(text, cursor, suffixTokens);
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
    if (!home || isBinary || contextTokens === 0) {
      return { ...about, items: [], tokens: 0, omitted: 0, notes };
    }
    const gathered = await this.#gather(
      { ...asked, home },
      { prefix, suffix, language, cursor },
      patienceMs,
      signal,
    );
    notes.push(...gathered.notes);
    const { repo, path } = home;
    const shown: Shown = {
      text: `${prefix.text}${suffix.text}`,
      names: gathered.names,
      file: { repo: repo.id, path, span: [prefix.startLine, suffix.endLine] },
    };
    const { items, omitted } = fitItems(gathered.pieces, contextTokens, shown, shares);
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
        next: 'Register its repository with `lcad add`, or send its text with the request.',
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
    patienceMs: number,
    signal: AbortSignal,
  ): Promise<{ pieces: Piece[]; names: ReadonlySet<string>; notes: string[] }> {
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
    const place = view.linker.modules.place(home.repo.id, home.path);
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
    return { pieces: useful.sort((a, b) => b.score - a.score), names: scan.names, notes };
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
    const around = definitionAround(place, line)?.index ?? -1;
    const known = this.#names.of(place, around, families, overlayFiles);
    return new NameFinder(view, place, { line, around }, text, known);
  }

  /**
   * Gets ready for requests at a file that was opened or changed, near the line that was edited or looked at last: what
   * its names mean, the code that is like those lines, and the texts of what would be shown. Does nothing as long as no
   * client has asked for the context of a completion.
   */
  async warm(asked: Warmed): Promise<void> {
    const { home, overlay } = asked;
    if (!this.#isAsked) return;
    await this.#background.run(overlay, async () => {
      const now = await asked.now();
      const { families } = now;
      const view = await this.#graph.view(families, now.overlayFiles);
      const buffer = overlay.get(asked.file);
      const place = view.linker.modules.place(home.repo.id, home.path);
      if (!place || !buffer) return;
      const last = newlinesIn(buffer.text) + 1;
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

function languageOf({ overlay, file, home }: Asked): string {
  const known = overlay.get(file)?.language ?? home?.repo.files.get(home.path)?.language;
  return known ?? '';
}
