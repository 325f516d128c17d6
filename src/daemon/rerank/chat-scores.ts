/** Answers are read up to this length; a list of scores is shorter by far. */
const longestAnswer = 64 * 1024;
/** Beginnings of JSON that are tried and do not end: an answer in prose may have many brackets. */
const mostBroken = 200;
const deepest = 3;

type Entry = readonly [index: number, score: number];

/**
 * Scores from what a chat model answered when it was asked for a JSON array of `{"index", "score"}`, numbered from 1.
 * It takes what models send instead, too: JSON among prose or in a code fence, cut short, under another name, as a
 * plain list of numbers, as a map from numbers, or lines like `3: 7/10`. What is out of range is left out, and the
 * first score for a number counts. Numbers count from 0 if there is a 0 among them. Pure.
 *
 * @returns null if it has no scores at all
 */
export function scoresFromAnswer(answer: string, count: number): (number | null)[] | null {
  const text = withoutThoughts(answer).slice(0, longestAnswer);
  const values = jsonValues(text);
  for (const value of values) {
    const plain = numbersIn(value, count, 0);
    if (plain) return plain;
  }
  const fromJson = values.flatMap((value) => entriesIn(value, 0));
  return placed(fromJson, count) ?? placed(entriesOfLines(text), count);
}

/** What follows the thoughts that some models write first. */
function withoutThoughts(text: string): string {
  const close = /<\/think(?:ing)?>/gi;
  let end = 0;
  for (let match = close.exec(text); match; match = close.exec(text)) end = close.lastIndex;
  if (end > 0) return text.slice(end);
  const open = text.search(/<think(?:ing)?>/i);
  return open < 0 ? text : text.slice(0, open);
}

function placed(entries: readonly Entry[], count: number): (number | null)[] | null {
  const base = entries.some(([index]) => index === 0) ? 0 : 1;
  const scores = new Array<number | null>(count).fill(null);
  let any = false;
  for (const [index, score] of entries) {
    const at = index - base;
    if (!Number.isInteger(at) || at < 0 || at >= count || scores[at] !== null) continue;
    scores[at] = score;
    any = true;
  }
  return any ? scores : null;
}

/** JSON values in a text, in their order, none within another. */
function jsonValues(text: string): unknown[] {
  const values: unknown[] = [];
  let broken = 0;
  for (let at = next(text, 0); at >= 0 && broken < mostBroken; ) {
    const end = endOf(text, at);
    const value = end === null ? undefined : parsed(text.slice(at, end));
    if (value === undefined) broken++;
    else values.push(value);
    at = next(text, value === undefined || end === null ? at + 1 : end);
  }
  return values;
}

function next(text: string, from: number): number {
  const found = text.slice(from).search(/[[{]/);
  return found < 0 ? -1 : from + found;
}

/** Where the brackets that open here are all closed; null if they never are. */
function endOf(text: string, start: number): number | null {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (inString) {
      if (sign === '\\') at++;
      else if (sign === '"') inString = false;
    } else if (sign === '"') inString = true;
    else if (sign === '[' || sign === '{') depth++;
    else if ((sign === ']' || sign === '}') && --depth === 0) return at + 1;
  }
  return null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It only looked like JSON.
    return undefined;
  }
}

/** A list of exactly as many numbers as there were texts. */
function numbersIn(value: unknown, count: number, depth: number): number[] | null {
  if (Array.isArray(value)) {
    const numbers = value.map(numberOf);
    return value.length === count && numbers.every((number) => number !== null) ? numbers : null;
  }
  if (typeof value !== 'object' || value === null || depth >= deepest) return null;
  for (const inner of Object.values(value)) {
    const found = numbersIn(inner, count, depth + 1);
    if (found) return found;
  }
  return null;
}

function entriesIn(value: unknown, depth: number): Entry[] {
  if (typeof value !== 'object' || value === null || depth > deepest) return [];
  if (Array.isArray(value)) {
    const [index, score] = value.map(numberOf);
    const isPair = value.length === 2 && typeof index === 'number' && typeof score === 'number';
    return isPair && depth > 0 ? [[index, score]] : value.flatMap((inner) => entriesIn(inner, depth + 1));
  }
  const index = firstNumber(value, ['index', 'id', 'number', 'n', 'piece', 'document', 'doc', 'snippet']);
  const score = firstNumber(value, ['score', 'relevance_score', 'relevance', 'rating', 'rank_score']);
  if (index !== null && score !== null) return [[index, score]];
  return Object.entries(value).flatMap(([key, inner]): Entry[] => {
    const number = /^\D{0,20}(\d{1,4})\D?$/.exec(key)?.[1];
    const own = numberOf(inner) ?? firstNumber(inner, ['score', 'relevance_score', 'relevance', 'rating']);
    return number !== undefined && own !== null ? [[Number(number), own]] : entriesIn(inner, depth + 1);
  });
}

function firstNumber(value: unknown, names: readonly string[]): number | null {
  if (typeof value !== 'object' || value === null) return null;
  for (const name of names) {
    const found = numberOf((value as Record<string, unknown>)[name]);
    if (found !== null) return found;
  }
  return null;
}

/** A number, or a text like "7", "7.5/10" or "#3". */
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const found = /^[^\d-]{0,10}(-?\d{1,6}(?:\.\d{1,9})?)\s*(?:\/\s*\d{1,4})?\s*$/.exec(value)?.[1];
  return found === undefined ? null : Number(found);
}

/** Lines with two numbers: which, and how good (`/10` aside). Not those of JSON that said something else. */
function entriesOfLines(text: string): Entry[] {
  return text.split('\n').flatMap((line): Entry[] => {
    if (line.length > 200 || /[{},]/.test(line)) return [];
    const numbers = line.replaceAll(/\/\s*\d+/g, '').match(/(?<![\w.])-?\d+(?:\.\d+)?/g) ?? [];
    const [index, score] = numbers.map(Number);
    return numbers.length === 2 && index !== undefined && score !== undefined ? [[index, score]] : [];
  });
}
