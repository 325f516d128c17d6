import { termsOf } from '../../shared/terms.js';
import { isKeyword, isStopWord } from './stop-words.js';

/** A word of the query that counts. */
interface QueryWord {
  /** As it was written. */
  text: string;
  /** Lower case, for comparing with names of definitions. */
  lower: string;
  /** Stems of its parts, without stop words where others are left. */
  parts: string[];
  /** It looks like a name in code rather than like prose: camelCase, snake_case, qualified, quoted, or alone. */
  identifier: boolean;
  /** It says where the name after it is: all but the last of a qualified name. */
  qualifier: boolean;
  /** A keyword of programming languages in a query that has other words. */
  keyword: boolean;
}

/** What a query asks for, before filters. */
export interface QueryText {
  words: QueryWord[];
  /** Distinct terms for full text search, most telling first where the query had to be cut. */
  terms: string[];
  /** Distinct stems of all parts, for comparing with names of files and definitions. */
  stems: string[];
  /** What each stem counts; they sum to 1. */
  shares: number[];
  /** Lower-case names to look up among the definitions. */
  names: string[];
  /** Words that were left out because there were too many. */
  dropped: number;
}

/** A query of more distinct words is cut: each costs time, and no file holds more of them than a few. */
const maxWords = 24;
/** More text than this is not looked at; a query is a question, not a file. */
const maxCharacters = 20_000;
const maxPairs = 8;
/** A keyword's part in the comparison with names, to another word's 1. */
const keywordWeight = 0.5;

const wordPattern = /[\p{L}\p{M}\p{N}_$]+(?:(?:::|->|\.|#)[\p{L}\p{M}\p{N}_$]+)*/gu;
const separator = /::|->|\.|#/;

/** Splits a query into words and terms. Pure; any text is allowed, and one without words gives no terms. */
export function readQuery(query: string): QueryText {
  const tokens = [...query.slice(0, maxCharacters).matchAll(wordPattern)];
  const alone = tokens.length === 1;
  const all = tokens.flatMap((token) => wordsOf(token[0], alone || isQuoted(query, token)));
  const considered = telling(all);
  const distinct = withoutRepeats(considered);
  const kept = strongest(distinct);
  const words = kept.map(({ word }) => word);
  return {
    words,
    terms: termsFor(words, considered),
    ...stemsOf(words),
    names: namesFor(words, considered),
    dropped: distinct.length - kept.length,
  };
}

/** Without stop words, and with keywords marked, as long as other words are left. */
function telling(all: Counted[]): Counted[] {
  const withoutStops = all.filter(({ word }) => word.identifier || !isStopWord(word.lower));
  const isMain = ({ word }: Counted) => word.parts.length > 0 && (word.identifier || !isKeyword(word.lower));
  if (withoutStops.some(isMain)) {
    return withoutStops.map((one) => ({ ...one, word: { ...one.word, keyword: !isMain(one) } }));
  }
  return withoutStops.some(({ word }) => word.parts.length > 0) ? withoutStops : all;
}

function stemsOf(words: QueryWord[]): { stems: string[]; shares: number[] } {
  const weights = new Map<string, number>();
  for (const { parts, keyword } of words) {
    for (const part of parts)
      weights.set(part, Math.max(weights.get(part) ?? 0, keyword ? keywordWeight : 1));
  }
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0) || 1;
  return { stems: [...weights.keys()], shares: [...weights.values()].map((weight) => weight / total) };
}

interface Counted {
  word: QueryWord;
  count: number;
}

/** A token may be a qualified name: each segment is a word, and the segments count as identifiers. */
function wordsOf(token: string, identifier: boolean): Counted[] {
  const segments = token.split(separator).filter((segment) => /[\p{L}\p{N}]/u.test(segment));
  const qualified = segments.length > 1 && !/^[\d.]+$/.test(token);
  return segments.map((text, at) => ({
    word: {
      text,
      lower: text.toLowerCase(),
      parts: partsOf(text),
      identifier: identifier || qualified || looksLikeName(text),
      qualifier: qualified && at < segments.length - 1,
      keyword: false,
    },
    count: 1,
  }));
}

const looksLikeName = (text: string) =>
  /[\p{L}\p{N}]_+[\p{L}\p{N}]|^_|\p{Ll}\p{Lu}|\p{Lu}{2,}\p{Ll}/u.test(text);

function isQuoted(query: string, token: RegExpMatchArray): boolean {
  const start = token.index ?? 0;
  const before = query[start - 1] ?? '';
  const after = query[start + token[0].length] ?? '';
  return (
    (before !== '' && '"\'`'.includes(before) && before === after) ||
    query.startsWith('()', start + token[0].length)
  );
}

/** Stems of the parts; the compound as a whole is not among them. */
function partsOf(text: string): string[] {
  const whole = wholeOf(text);
  const terms = [...new Set(termsOf(text))];
  const parts = terms.length > 1 ? terms.filter((term) => term !== whole) : terms;
  const telling = parts.filter((part) => !isStopWord(part));
  return telling.length > 0 ? telling : parts;
}

const wholeOf = (text: string) => text.toLowerCase().replaceAll(/[_$]/g, '');

function withoutRepeats(words: Counted[]): Counted[] {
  const byLower = new Map<string, Counted>();
  for (const { word } of words) {
    const seen = byLower.get(word.lower);
    if (!seen) byLower.set(word.lower, { word, count: 1 });
    else {
      seen.count++;
      const isBetter = seen.word.qualifier ? !word.qualifier : word.identifier && !seen.word.identifier;
      if (isBetter) seen.word = word;
    }
  }
  return [...byLower.values()];
}

/** The words that say most, in the order of the query: names before prose, repeated before single. */
function strongest(words: Counted[]): Counted[] {
  if (words.length <= maxWords) return words;
  const weight = ({ word, count }: Counted) => (word.identifier ? 2 : 1) * (1 + Math.log(count));
  const kept = new Set(words.toSorted((a, b) => weight(b) - weight(a)).slice(0, maxWords));
  return words.filter((word) => kept.has(word));
}

/** Pairs of neighbours, because prose says "render template" where code says render_template or renderTemplate. */
function pairsOf(words: QueryWord[], inOrder: Counted[]): [string, string][] {
  const kept = new Set(words.map(({ lower }) => lower));
  const pairs: [string, string][] = [];
  for (let at = 1; at < inOrder.length && pairs.length < maxPairs; at++) {
    const [first, second] = [inOrder[at - 1]?.word, inOrder[at]?.word];
    if (!first || !second || first.lower === second.lower || (first.identifier && second.identifier))
      continue;
    if (kept.has(first.lower) && kept.has(second.lower)) pairs.push([first.lower, second.lower]);
  }
  return pairs;
}

function termsFor(words: QueryWord[], inOrder: Counted[]): string[] {
  const terms = new Set<string>();
  for (const word of words.filter(({ keyword }) => !keyword)) {
    for (const part of word.parts) terms.add(part);
    for (const term of termsOf(word.text)) if (term === wholeOf(word.text)) terms.add(term);
  }
  for (const [first, second] of pairsOf(words, inOrder)) {
    const whole = wholeOf(first + second);
    if (whole.length <= 64) terms.add(whole);
  }
  return [...terms];
}

function namesFor(words: QueryWord[], inOrder: Counted[]): string[] {
  const names = new Set<string>();
  for (const { text, lower, identifier } of words) {
    names.add(lower);
    if (identifier) names.add(wholeOf(text)).add(snakeOf(text));
  }
  for (const [first, second] of pairsOf(words, inOrder)) names.add(first + second).add(`${first}_${second}`);
  return [...names];
}

const snakeOf = (text: string) => text.replaceAll(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1_$2').toLowerCase();
