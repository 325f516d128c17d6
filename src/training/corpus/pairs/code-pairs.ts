import { termsColumn, termsOf } from '../../../shared/terms.js';
import type { Chunk, Definition } from '../../../workers/chunk/definition.js';
import { chunkKinds } from '../../../workers/chunk/kinds.js';
import { termsOfChunk } from '../../../workers/chunk/terms-column.js';
import { queryFrom, queryOf } from './comment-text.js';
import { type Comment, withoutComments } from './comments.js';
import { type PairKind, pairRates } from './pair.js';
import type { ParsedFile } from './parsed-file.js';

/** A pair without what all pairs of a file share. */
export interface RawPair {
  kind: PairKind;
  /** Text of the query. */
  query: string;
  /** Terms of the document. */
  document: string;
}

/** A document with fewer distinct terms says too little to be found. */
const minDocumentTerms = 6;
/** A small definition stands for its whole chunk if the chunk has no more definitions than this. */
const maxSymbolsOfChunk = 3;
const linesAfterComment = 12;
const maxHeaderLine = 60;
/** Lines that may stand before the comment that is about a file. */
const prelude =
  /^\s*(?:#|@|\[|<\?|\{-#|package\b|namespace\b|module\b|use\b|using\b|import\b|from\b|require|include|extern\b|declare\b|library\b|'use |"use )/;

/** All pairs of a file of code. @param stem its name without ending @param random numbers from 0 to 1 */
export function codePairs(
  file: ParsedFile,
  stem: string,
  isTestFile: boolean,
  random: () => number,
): RawPair[] {
  const maker = new CodePairs(file, stem, isTestFile, random);
  return [
    ...maker.ofDefinitions(),
    ...maker.ofComments(),
    ...maker.ofFile(),
    ...windowPairs(file, random),
  ].filter(({ document }) => new Set(document.split(' ')).size >= minDocumentTerms);
}

class CodePairs {
  /** Comments that document a definition. */
  readonly #docs = new Set<Comment>();
  /** Comments above code, by their last line. */
  readonly #above = new Map<number, Comment>();
  readonly #inside = new Map<Definition, Comment>();

  constructor(
    private readonly file: ParsedFile,
    private readonly stem: string,
    private readonly isTestFile: boolean,
    private readonly random: () => number,
  ) {
    for (const comment of file.comments) {
      if (comment.inside) this.#inside.set(comment.inside, comment);
      else if (comment.alone) this.#above.set(comment.to, comment);
    }
  }

  *ofDefinitions(): Iterable<RawPair> {
    for (const definition of this.file.definitions) {
      const comment = this.#docOf(definition);
      if (comment) this.#docs.add(comment);
      if (!documented.has(definition.kind)) continue;
      const query = comment && queryOf(this.#textOf(comment));
      if (query && this.#takes('doc')) {
        yield {
          kind: 'doc',
          query,
          document: this.#codeOf(definition, { masked: this.random() < 0.5, bare: true }),
        };
      }
      yield* this.#ofName(definition);
    }
  }

  *#ofName(definition: Definition): Iterable<RawPair> {
    const { kind, name } = definition;
    const said = kind === 'test' ? queryFrom(name.replace(/[_`'"]/g, ' ')) : this.#testName(definition);
    if (said !== null) {
      if (this.#takes('test')) {
        yield {
          kind: 'test',
          query: said,
          document: this.#codeOf(definition, { masked: true, bare: false }),
        };
      }
      return;
    }
    const parts = kind === 'test' || kind === 'section' ? [] : partsOf(name);
    if (parts.length < 2 || parts.length > 10 || this.isTestFile || !this.#takes('name')) return;
    const document = this.#codeOf(definition, { masked: true, bare: this.random() < 0.5 });
    yield { kind: 'name', query: parts.join(' '), document };
  }

  /** What a test function's name says; null for other functions. */
  #testName({ kind, name }: Definition): string | null {
    if (kind !== 'function' && kind !== 'method') return null;
    const parts = partsOf(name);
    const isTest =
      /^(?:test|spec)$/i.test(parts[0] ?? '') ||
      (this.isTestFile && (/^should/i.test(name) || /\s/.test(name)));
    const rest = parts.filter((part) => !/^(?:test|spec)$/i.test(part));
    return isTest && rest.length >= 3 ? rest.join(' ') : null;
  }

  *ofComments(): Iterable<RawPair> {
    const { source } = this.file;
    for (const comment of this.file.comments) {
      if (!comment.alone || comment.inside || this.#docs.has(comment)) continue;
      let from = comment.to + 1;
      if (from < source.lineCount && source.isBlank(from)) from++;
      if (from >= source.lineCount || source.isBlank(from) || comment.from === 0) continue;
      const query = queryOf(this.#textOf(comment));
      if (query === null || !this.#takes('comment')) continue;
      const chunk = this.#chunkAt(from);
      const to = Math.min(from + linesAfterComment - 1, (chunk?.endLine ?? source.lineCount) - 1);
      const code = withoutComments(source, from, Math.max(from, to), this.file.comments);
      const scope = chunk ? joinNames(chunk.scope, chunk.name) : '';
      yield { kind: 'comment', query, document: termsOfChunk({ name: '', scope, symbols: [] }, code) };
    }
  }

  /** The comment at the beginning of the file that is about the file. */
  *ofFile(): Iterable<RawPair> {
    const symbols = [...new Set(this.file.chunks.flatMap((chunk) => chunk.symbols))];
    if (symbols.length < 3 || !this.#takes('file')) return;
    const { source, comments, definitions } = this.file;
    const end = Math.min(maxHeaderLine, definitions[0]?.startLine ?? 0);
    let line = 0;
    for (const comment of comments) {
      for (; line < comment.from; line++)
        if (!source.isBlank(line) && !prelude.test(source.line(line))) return;
      if (comment.from >= end || this.#docs.has(comment) || comment.inside) return;
      line = comment.to + 1;
      const query = comment.alone ? queryOf(this.#textOf(comment)) : null;
      if (query === null) continue;
      yield { kind: 'file', query, document: termsColumn(`${this.stem} ${this.stem} ${symbols.join(' ')}`) };
      return;
    }
  }

  #takes(kind: PairKind): boolean {
    return this.random() < pairRates[kind];
  }

  #textOf(comment: Comment): string {
    return this.file.source.text.slice(comment.startIndex, comment.endIndex);
  }

  /** The comment above a definition, or the documentation string in it. */
  #docOf(definition: Definition): Comment | undefined {
    const { docLine, startLine } = definition;
    for (let line = startLine - 1; line >= docLine; line--) {
      const comment = this.#above.get(line);
      if (comment) return comment;
    }
    return this.#inside.get(definition);
  }

  #chunkAt(line: number): Chunk | undefined {
    const { chunks } = this.file;
    let low = 0;
    let high = chunks.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const chunk = chunks[middle] as Chunk;
      if (line + 1 < chunk.startLine) high = middle - 1;
      else if (line + 1 > chunk.endLine) low = middle + 1;
      else return chunk;
    }
    return undefined;
  }

  /**
   * Terms of the chunk that a definition begins in, or of a small definition alone where the chunk has many.
   * @param how `masked`: without its name; `bare`: without comments
   */
  #codeOf(definition: Definition, how: { masked: boolean; bare: boolean }): string {
    const chunk = this.#chunkAt(definition.nameLine);
    const whole = chunk && (chunk.symbols.length <= maxSymbolsOfChunk || chunk.name === definition.name);
    const from = whole ? chunk.startLine - 1 : definition.startLine;
    const to = whole
      ? chunk.endLine - 1
      : Math.min(definition.endLine, (chunk?.endLine ?? definition.endLine + 1) - 1);
    const code = how.bare
      ? withoutComments(this.file.source, from, to, this.file.comments)
      : this.file.source.lines(from, Math.max(from, to));
    const scope =
      chunk === undefined
        ? ''
        : chunk.name === definition.name
          ? chunk.scope
          : joinNames(chunk.scope, chunk.name);
    const symbols = whole ? chunk.symbols : [definition.name];
    if (!how.masked) return termsOfChunk({ name: definition.name, scope, symbols }, code);
    return termsOfChunk(
      { name: '', scope, symbols: symbols.filter((symbol) => symbol !== definition.name) },
      withoutName(code, definition.name),
    );
  }
}

/** Kinds of code: sections, keys and the like have no documentation of their own. */
const documented = new Set<string>(chunkKinds.slice(0, chunkKinds.indexOf('test') + 1));

const joinNames = (outer: string, inner: string) => [outer, inner].filter((name) => name !== '').join('.');

/** The words of a name, as terms; a single word for a simple name. */
function partsOf(name: string): string[] {
  const terms = termsOf(name.replace(/[^\p{L}\p{N}_$]+/gu, ' '));
  // A name of several parts has itself, whole, as the last term.
  return terms.length > 2 && !/\s/.test(name) ? terms.slice(0, -1) : terms;
}

function withoutName(code: string, name: string): string {
  return name === '' ? code : code.split(name).join(' ');
}

const windowLines = 10;
const smallestWindow = 6;

/** Two parts of a file have the same subject. */
function windowPairs(file: ParsedFile, random: () => number): RawPair[] {
  const { source, comments } = file;
  const chunks = file.chunks.filter(({ startLine, endLine }) => endLine - startLine >= smallestWindow);
  if (chunks.length < 2 || random() >= pairRates.window) return [];
  const first = Math.floor(random() * chunks.length);
  const second = (first + 1 + Math.floor(random() * (chunks.length - 1))) % chunks.length;
  const asked = chunks[first] as Chunk;
  const found = chunks[second] as Chunk;
  const from =
    asked.startLine - 1 + Math.floor(random() * Math.max(1, asked.endLine - asked.startLine - windowLines));
  const query = withoutComments(source, from, Math.min(asked.endLine - 1, from + windowLines - 1), comments);
  return [
    {
      kind: 'window',
      query,
      document: termsOfChunk(found, source.lines(found.startLine - 1, found.endLine - 1)),
    },
  ];
}
