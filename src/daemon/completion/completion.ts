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
import { symbolsAt } from './line-symbols.js';
import { newlinesIn } from './lines.js';
import { NameFinder } from './names.js';
import { Neighbours } from './neighbours.js';
import { pieceOfSimilar, SymbolPieces } from './pieces.js';
import { Prepared, type SplitWindows, splitWindows } from './prepared.js';
import { lastLine, type Region, recentRegions } from './recent.js';
import { type FileIn, pieceOfRegion, placed } from './regions.js';
import { type LinesScan, scanLine } from './scan.js';
import { type Around, type Similar, SimilarFinder, similarTo } from './similar.js';
import { type Surroundings, surroundingSymbols } from './symbols.js';
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
  readonly #pieces = new SymbolPieces(this.#catalogue, this.#texts);
  readonly #prepared = new Prepared();
  readonly #background = new Background();
  /** Sizes of the windows that were asked for last; null: nobody has asked yet. */
  #sizes: { prefixTokens: number; suffixTokens: number } | null = null;

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
    this.#sizes = { prefixTokens, suffixTokens };
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
  ): Promise<Pick<Shown, 'names'> & { pieces: Piece[]; notes: string[] }> {
    const until = performance.now() + patienceMs;
    const { home, families } = asked;
    const { prefix, suffix, cursor } = at;
    const view = await this.#graph.view(families, asked.overlayFiles);
    signal.throwIfAborted();
    const notes: string[] = [];
    const split = splitWindows(prefix, suffix);
    const scan = this.#prepared.scanOf(asked.file, split);
    const similarAsked = similarTo(home, at, scan);
    let similar = similarAsked && this.#similar.peek(similarAsked);
    if (similarAsked && !similar && patienceMs > 0) {
      await within(until, this.#similar.find(similarAsked));
      similar = this.#similar.peek(similarAsked);
    }
    const isLate = similarAsked !== null && similar === null;
    if (isLate) similar = this.#similar.last(similarAsked);
    const line = scanLine(split.left, split.right);
    const place = view.linker.modules.place(home.repo.id, home.path);
    const symbols = place
      ? symbolsAt(
          this.#surroundings({ view, place, scan, similar, split }, asked, cursor.line),
          {
            scan: line,
            names: this.#finder(view, place, asked.overlayFiles, cursor.line, prefix.text),
            catalogue: this.#catalogue,
          },
          mostSymbols,
        )
      : [];
    if (!place)
      notes.push('The symbols of this file are not known: it is new, or its language is not analysed.');
    const regions = recentRegions(asked.overlay, asked.viewed).flatMap(
      (region) => placed(region, asked) ?? [],
    );
    const ofSymbols = symbols.map((one) => this.#pieces.of(one, families, view));
    const wanted = [...ofSymbols.map(({ body }) => body), ...regions.map(({ lines }) => lines)].filter(
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
      ...ofSymbols,
      ...(similar?.codes ?? []).map((code) => pieceOfSimilar(home.repo, code)),
      ...regions.flatMap((region) => pieceOfRegion(region, this.#texts, scan.nearby) ?? []),
    ];
    const useful = pieces.filter(({ score }) => score >= leastScore);
    const names = { has: (name: string) => line.names.has(name) || scan.names.has(name) };
    return { pieces: useful.sort((a, b) => b.score - a.score), names, notes };
  }

  /** What the lines around that of the cursor lead to. */
  #surroundings(
    at: { view: GraphView; place: Place; scan: LinesScan; similar: Similar | null; split: SplitWindows },
    { file, overlayFiles }: Pick<Asked, 'file' | 'overlayFiles'>,
    line: number,
  ): Surroundings {
    const { view, place, scan, similar, split } = at;
    return this.#prepared.symbolsOf(view, file, { scan, similar, line }, () => {
      const names = this.#finder(view, place, overlayFiles, line, split.before);
      const used = similar?.used(view) ?? new Map();
      const known = { catalogue: this.#catalogue, neighbours: this.#neighbours };
      return surroundingSymbols({ view, place, scan, names, used, ...known });
    });
  }

  #finder(
    view: GraphView,
    place: Place,
    overlayFiles: readonly OverlayFile[],
    line: number,
    text: string,
  ): NameFinder {
    const around = definitionAround(place, line)?.index ?? -1;
    const known = this.#names.of(place, around, view.contents.version, overlayFiles);
    return new NameFinder(view, place, { line, around }, text, known);
  }

  /**
   * Gets ready for requests at a file that was opened or changed, near the line that was edited or looked at last: what
   * its names mean, the code that is like those lines, and the texts of what would be shown. Does nothing as long as no
   * client has asked for the context of a completion.
   */
  async warm(asked: Warmed): Promise<void> {
    const { home, overlay, file } = asked;
    const sizes = this.#sizes;
    if (!sizes) return;
    await this.#background.run(overlay, async () => {
      const { families, overlayFiles } = await asked.now();
      const view = await this.#graph.view(families, overlayFiles);
      const buffer = overlay.get(file);
      const place = view.linker.modules.place(home.repo.id, home.path);
      if (!place || !buffer) return;
      const last = newlinesIn(buffer.text) + 1;
      const line = Math.min(last, lastLine(buffer, overlay.views) ?? 1);
      const cursor = cursorAt(buffer.text, line, 1, file);
      const prefix = prefixWindow(buffer.text, cursor, sizes.prefixTokens);
      const suffix = suffixWindow(buffer.text, cursor, sizes.suffixTokens);
      const split = splitWindows(prefix, suffix);
      const scan = this.#prepared.scanOf(file, split);
      const like = similarTo(home, { prefix, suffix, cursor, language: buffer.language }, scan);
      if (like && !this.#similar.peek(like)) await this.#similar.find(like);
      const similar = like && this.#similar.last(like);
      const at = { view, place, scan, similar, split };
      const { ranked } = this.#surroundings(at, { file, overlayFiles }, line);
      const pieces = ranked.slice(0, mostSymbols).map((one) => this.#pieces.of(one, families, view));
      await this.#texts.read(pieces.flatMap(({ body }) => body ?? []));
      await resolveAhead(this.#finder(view, place, overlayFiles, line, split.before));
    });
  }
}

function languageOf({ overlay, file, home }: Asked): string {
  const known = overlay.get(file)?.language ?? home?.repo.files.get(home.path)?.language;
  return known ?? '';
}
