import { isSpace } from '../chunk/source.js';
import { maxReceiver } from './contract.js';

/** What names and paths of a language are made of. */
export interface Spelling {
  /** Names may hold any sign: where they end is asked of the parser. */
  exact: boolean;
  /** Characters of names besides letters, digits and `_`. */
  nameSigns: string;
  /** Characters that a variable begins with, which no name does. */
  sigils: string;
  /** Single characters between a name and its receiver, besides `.`, `?.`, `!.`, `&.` and `::`. */
  separators: string;
  /** `->` and `?->` are separators. */
  arrow: boolean;
  /** No blanks stand around separators; otherwise a chain may go over several lines. */
  tight: boolean;
}

export interface Receiver {
  /** Path before the name; empty if it is an expression; null if nothing stands before the name. */
  path: string | null;
  /** First name of the path. */
  first: string;
}

const none: Receiver = { path: null, first: '' };
const expression: Receiver = { path: '', first: '' };

/**
 * What stands before a name and its separator, as written but without blanks: `foo` of `foo.bar`, `a::b` of `a::b::c`.
 *
 * @param index where the name starts
 */
export function receiverAt(text: string, index: number, spelling: Spelling): Receiver {
  let parts = '';
  let first = '';
  let at = index;
  for (;;) {
    const before = separatorBefore(text, at, spelling);
    if (before < 0) break;
    const end = spelling.tight ? before : skipBlanks(text, before);
    // What ends the line before may be a comment.
    if (end < before && isCommentLine(text, end, before)) return expression;
    const start = wordStart(text, end, spelling);
    const separator = text.slice(before, at).trim();
    if (start === end || index - start > maxReceiver) {
      // `::a` and `\\a` begin at the root.
      if (!isRoot(text, before, separator)) return expression;
      break;
    }
    first = text.slice(start, end);
    parts = parts === '' ? first : first + separator + parts;
    at = start;
  }
  return parts === '' ? none : { path: parts, first };
}

function isRoot(text: string, before: number, separator: string): boolean {
  if (separator !== '::' && separator !== '\\') return false;
  return !/[>)\]}"']/.test(text.charAt(before - 1));
}

/** Index of the separator that ends before an index, or -1. */
function separatorBefore(text: string, index: number, { separators, arrow, tight }: Spelling): number {
  const end = tight ? index : skipBlanks(text, index);
  if (end < index && isCommentLine(text, end, index)) return -1;
  const last = text.charCodeAt(end - 1);
  const beforeLast = text.charCodeAt(end - 2);
  if (last === 46) {
    // Not `..` and `...`, which make ranges and spread.
    if (beforeLast === 46) return -1;
    return beforeLast === 63 || beforeLast === 33 || beforeLast === 38 ? end - 2 : end - 1;
  }
  if (last === 58 && beforeLast === 58) return end - 2;
  if (last === 62 && beforeLast === 45) {
    if (!arrow) return -1;
    return text.charCodeAt(end - 3) === 63 ? end - 3 : end - 2;
  }
  return end === index && end > 0 && separators.includes(text.charAt(end - 1)) ? end - 1 : -1;
}

/** Whether a line ends between two places and may hold a comment. */
function isCommentLine(text: string, from: number, to: number): boolean {
  if (!text.slice(from, to).includes('\n')) return false;
  const line = text.slice(text.lastIndexOf('\n', from - 1) + 1, from);
  return /\/\/|\/\*|#|--|^\s*\*|\*\/$|"""/.test(line);
}

function skipBlanks(text: string, index: number): number {
  let at = index;
  while (at > 0 && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
}

function wordStart(text: string, end: number, { nameSigns, sigils }: Spelling): number {
  let at = end;
  while (at > 0 && isNamePart(text.charCodeAt(at - 1), nameSigns)) at--;
  while (at > 0 && at < end && sigils.includes(text.charAt(at - 1))) at--;
  return at;
}

/** Whether a character can be part of a name. */
export function isNamePart(code: number, nameSigns: string): boolean {
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) return true;
  if ((code >= 48 && code <= 57) || code === 95) return true;
  if (code > 127) return !isSpace(code);
  return nameSigns !== '' && nameSigns.includes(String.fromCharCode(code));
}
