import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Table } from '@lancedb/lancedb';
import { type LcadError, messageOf } from '../../shared/errors.js';
import { patternError } from '../pattern-error.js';
import { numbersOf, rowIdsOf, textAt } from './chunk-cache.js';
import type { MarkedText, MatchedChunk, TextMatches, TextMatchQuery, TextPattern } from './contract.js';
import { isIn, quoted } from './sql.js';

/** The part of the chunks table that matching needs. */
export interface MatchableChunks {
  readonly table: Table;
  readonly contents: ReadonlyMap<string, number>;
}

type Marked = { chunk: MatchedChunk; text: MarkedText };

/** Runs a read of the current table, and once more if it fails. */
type Read = <T>(read: (chunks: MatchableChunks) => Promise<T>) => Promise<T>;

const rowsPerTurn = 2_000;
/** Rows in one request for texts: a few megabytes at most. */
const textsAtATime = 512;
/**
 * Noncharacters that the engine puts around each match: Unicode keeps them for such use inside of programs.
 */
const opening = '\uFDD0';
const closing = '\uFDD1';

/**
 * Finds a pattern in the text column of a table. LanceDB's filters do the work, in threads of their own and in linear
 * time (`contains`, and `regexp_like` of Rust's regex crate); no index is needed: 34 MB of text take 25 ms on 2 cores.
 */
export class TextMatcher {
  readonly #read: Read;

  constructor(read: Read) {
    this.#read = read;
  }

  /** @throws PATTERN_INVALID, INDEX_UNAVAILABLE, the signal's reason */
  async match(query: TextMatchQuery, signal: AbortSignal): Promise<TextMatches> {
    const { pattern } = query;
    if (query.languages?.length === 0 || query.kinds?.length === 0) return nothing;
    const chunks = await this.#run(pattern, (table) => matching(table, query, signal));
    return {
      chunks,
      texts: async (some, marked = pattern) => {
        const texts: Marked[] = [];
        for (let from = 0; from < some.length; from += textsAtATime) {
          signal.throwIfAborted();
          const part = some.slice(from, from + textsAtATime);
          texts.push(...(await this.#run(marked, ({ table }) => textsOf(table, marked, part))));
        }
        return texts;
      },
    };
  }

  /** What is wrong with the pattern, or aborted, is no failure of the store: it is not tried again. */
  async #run<T>(pattern: TextPattern, read: (chunks: MatchableChunks) => Promise<T>): Promise<T> {
    const outcome = await this.#read(async (chunks): Promise<{ value: T } | { refusal: unknown }> => {
      try {
        return { value: await read(chunks) };
      } catch (error) {
        const refusal =
          error instanceof Aborted ? error.reason : await refusalOf(error, pattern, chunks.table);
        if (refusal === null) throw error;
        return { refusal };
      }
    });
    if ('refusal' in outcome) throw outcome.refusal;
    return outcome.value;
  }
}

const nothing: TextMatches = { chunks: [], texts: async () => [] };

class Aborted extends Error {
  constructor(readonly reason: unknown) {
    super('aborted');
  }
}

async function matching(
  { table, contents }: MatchableChunks,
  query: TextMatchQuery,
  signal: AbortSignal,
): Promise<MatchedChunk[]> {
  const found: MatchedChunk[] = [];
  const rows = table.query().where(filterOf(query)).select(['key', 'ord', 'startLine']).withRowId();
  for await (const batch of rows) {
    if (signal.aborted) throw new Aborted(signal.reason);
    const keys = batch.getChild('key');
    const [ords, lines, rowIds] = [numbersOf(batch, 'ord'), numbersOf(batch, 'startLine'), rowIdsOf(batch)];
    for (let i = 0; i < batch.numRows; i++) {
      if (i % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
      const key = String(keys?.get(i));
      // Rows of a write that failed half-way are not part of the store.
      if (!contents.has(key)) continue;
      found.push({ key, ord: ords[i] ?? 0, startLine: lines[i] ?? 1, row: rowIds[i] ?? 0 });
    }
  }
  return found;
}

function filterOf({ pattern, languages, kinds }: TextMatchQuery): string {
  const parts = [
    'literal' in pattern
      ? `contains(text, ${quoted(pattern.literal)})`
      : `regexp_like(text, ${quoted(pattern.regex)})`,
  ];
  if (languages) parts.push(isIn('language', languages));
  if (kinds) parts.push(isIn('kind', kinds));
  return parts.join(' AND ');
}

async function textsOf(
  table: Table,
  pattern: TextPattern,
  chunks: readonly MatchedChunk[],
): Promise<Marked[]> {
  const marked =
    'literal' in pattern
      ? 'text'
      : `regexp_replace(text, ${quoted(`(${pattern.regex})`)}, '${opening}\${1}${closing}', 'g')`;
  const taken = table
    .takeRowIds(chunks.map(({ row }) => BigInt(row)))
    .select({ text: marked })
    .withRowId();
  const byRow = new Map<number, string>();
  for (const batch of (await taken.toArrow()).batches) {
    for (const [i, row] of rowIdsOf(batch).entries()) byRow.set(row, textAt(batch, 'text', i));
  }
  return chunks.flatMap((chunk) => {
    const text = byRow.get(chunk.row);
    if (text === undefined) return [];
    return [{ chunk, text: 'literal' in pattern ? literalSpans(text, pattern.literal) : markedSpans(text) }];
  });
}

function literalSpans(text: string, literal: string): MarkedText {
  const spans: number[] = [];
  for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + literal.length)) {
    spans.push(at, at + literal.length);
  }
  return { text, spans };
}

/** Takes the marks out of a text. */
function markedSpans(marked: string): MarkedText {
  const spans: number[] = [];
  const [before = '', ...others] = marked.split(opening);
  let text = before;
  for (const rest of others) {
    const end = rest.indexOf(closing);
    // One that nothing closes was in the text before.
    if (end < 0) text += opening + rest;
    else {
      spans.push(text.length, text.length + end);
      text += rest.slice(0, end) + rest.slice(end + closing.length);
    }
  }
  return { text, spans };
}

/** How the regex crate reports what is wrong: the pattern indented by four, and under it carets. */
const parseError =
  /regex parse error:\n {4}([^\n]*)\n {4}( *)(\^+)[\s\S]*?\nerror: ([^\n]*?)(?:, \/[^\n]*)?(?:\n|$)/;
/** The same of a pattern of several lines. */
const anyParseError = /regex parse error:[\s\S]*?\nerror: ([^\n]*?)(?:, \/[^\n]*)?(?:\n|$)/;

/** The error for a pattern that the engine does not take; null if something else went wrong. */
async function refusalOf(error: unknown, pattern: TextPattern, table: Table): Promise<LcadError | null> {
  if ('literal' in pattern) return null;
  const { written } = pattern;
  const message = messageOf(error);
  if (message.includes('CompiledTooBig')) {
    return patternError(written, 'it becomes too large; repeat less often, or use smaller classes', null);
  }
  if (!anyParseError.test(message)) return null;
  // The message shows what the engine was given; for the user it has to be about what the user wrote.
  const said = await table
    .query()
    .where(`regexp_like('', ${quoted(written)})`)
    .select(['ord'])
    .limit(1)
    .toArrow()
    .then(() => message, messageOf);
  const [, , before = '', carets = '', reason] = parseError.exec(said) ?? [];
  if (said === message || reason === undefined) {
    return patternError(written, anyParseError.exec(said)?.[1] ?? 'it is no regular expression', null);
  }
  const position = [...written].slice(0, before.length).join('').length;
  return patternError(written, reason, { position, length: carets.length });
}
