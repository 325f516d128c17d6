import { countTokens } from '../context/tokens.js';
import type { Cursor } from './cursor.js';
import { newlinesIn } from './lines.js';

/** A part of a text next to the cursor. */
export interface TextWindow {
  text: string;
  startLine: number;
  endLine: number;
  tokens: number;
  /** Whether it reaches the beginning or the end of the text. */
  whole: boolean;
}

/** A token rarely has more characters; what lies further away is not looked at. */
const mostCharsPerToken = 8;
/** Code seldom has fewer. */
const fewCharsPerToken = 2;

/** Counts the tokens of parts of a text, and keeps those of the text before it: from one key to the next, few differ. */
class PartCounter {
  #before = new Map<string, number>();
  #parts = new Map<string, number>();

  /** Begins with another text. */
  begin(): void {
    this.#before = this.#parts;
    this.#parts = new Map();
  }

  of(part: string): number {
    const tokens = this.#before.get(part) ?? countTokens(part);
    this.#parts.set(part, tokens);
    return tokens;
  }
}

const prefixParts = new PartCounter();
const suffixParts = new PartCounter();

/**
 * What stands before the cursor, cut at the start of a line, so that what is nearest is kept. Only where the line of
 * the cursor alone is too long is it cut within the line.
 * @param budget in tokens
 */
export function prefixWindow(text: string, { offset, line, lineStart }: Cursor, budget: number): TextWindow {
  prefixParts.begin();
  const nearest = Math.max(0, offset - budget * mostCharsPerToken);
  let { start, tokens } = sureStart(text, offset, lineStart, budget);
  while (budget > 0 && start > 0) {
    // The line before, or what stands before the cursor in its own.
    const from = start === offset && offset > lineStart ? lineStart : lineStartBefore(text, start);
    if (from < nearest) break;
    const more = prefixParts.of(text.slice(from, start));
    if (tokens + more > budget) break;
    tokens += more;
    start = from;
  }
  if (start === offset && offset > lineStart && budget > 0) {
    start = cutBefore(text, lineStart, offset, budget);
    tokens = countTokens(text.slice(start, offset));
  }
  const kept = text.slice(start, offset);
  return { text: kept, startLine: line - newlinesIn(kept), endLine: line, tokens, whole: start === 0 };
}

/** Where the line before a line begins. A negative place would be taken for the first one. */
function lineStartBefore(text: string, start: number): number {
  return start < 2 ? 0 : text.lastIndexOf('\n', start - 2) + 1;
}

/** Lines that are sure to fit, counted at once but for that of the cursor: it spares the rounding up of each. */
function sureStart(text: string, offset: number, lineStart: number, budget: number) {
  const from = offset - budget * fewCharsPerToken;
  const start = from <= 0 ? 0 : text.indexOf('\n', from) + 1;
  if (budget === 0 || start > lineStart || (from > 0 && start === 0)) return { start: offset, tokens: 0 };
  const tokens = prefixParts.of(text.slice(start, lineStart)) + countTokens(text.slice(lineStart, offset));
  return tokens <= budget ? { start, tokens } : { start: offset, tokens: 0 };
}

/** What stands after the cursor, cut at the end of a line where one fits. @param budget in tokens */
export function suffixWindow(text: string, { offset, line, lineEnd }: Cursor, budget: number): TextWindow {
  suffixParts.begin();
  const furthest = Math.min(text.length, offset + budget * mostCharsPerToken);
  let end = offset;
  let tokens = 0;
  while (budget > 0 && end < text.length) {
    const newline = text.indexOf('\n', end);
    const to = newline < 0 ? text.length : newline + 1;
    if (to > furthest) break;
    const more = suffixParts.of(text.slice(end, to));
    if (tokens + more > budget) break;
    tokens += more;
    end = to;
  }
  if (end === offset && lineEnd > offset && budget > 0) {
    end = cutAfter(text, offset, lineEnd, budget);
    tokens = countTokens(text.slice(offset, end));
  }
  const kept = text.slice(offset, end);
  return {
    text: kept,
    startLine: line,
    endLine: line + newlinesIn(kept),
    tokens,
    whole: end === text.length,
  };
}

/** The first place from which a line's end fits into the budget. */
function cutBefore(text: string, from: number, to: number, budget: number): number {
  let low = Math.max(from, to - budget * mostCharsPerToken);
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (countTokens(text.slice(middle, to)) <= budget) high = middle;
    else low = middle + 1;
  }
  return isLowSurrogate(text, low) && low < to ? low + 1 : low;
}

function cutAfter(text: string, from: number, to: number, budget: number): number {
  let low = from;
  let high = Math.min(to, from + budget * mostCharsPerToken);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (countTokens(text.slice(from, middle)) <= budget) low = middle;
    else high = middle - 1;
  }
  return isLowSurrogate(text, low) && low > from ? low - 1 : low;
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}
