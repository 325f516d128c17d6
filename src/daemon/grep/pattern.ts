import { patternError } from '../pattern-error.js';
import type { TextPattern } from '../store/contract.js';

/**
 * Patterns as users of ripgrep write them, made ready for chunks: the store's engine is the one of ripgrep (Rust's
 * `regex`), but it sees the lines of a chunk joined by "\n". So every part that could match a line end is written anew
 * without it, and "^" and "$" always mean those of a line, as do "\A" and "\z". What is wrong with a pattern otherwise
 * is left to the engine to say.
 */

/** Flags whose effect is put into the pattern itself, or that have none here. */
const ownFlags = /[msxR]/g;
const acrossLines = 'a pattern never matches across lines';

/** Text to be found as it is. @throws PATTERN_INVALID if it spans lines */
export function literalPattern(text: string, ignoreCase: boolean): TextPattern {
  const lineEnd = /[\r\n]/.exec(text);
  if (lineEnd) {
    throw patternError(text, 'it has a line end', { position: lineEnd.index, length: 1 });
  }
  if (!ignoreCase) return { literal: text };
  const escaped = text.replaceAll(/[\\.+*?()|[\]{}^$#&~-]/g, '\\$&');
  return { regex: `(?mi)${escaped}`, written: escaped };
}

/**
 * A regular expression of ripgrep's default syntax. Pure.
 * @param invalid how text is read in which U+FFFD stands for bytes that are no UTF-8, and so is matched by no class
 * @throws PATTERN_INVALID if it names a line end, or matches blank lines alone (the index has none)
 */
export function regexPattern(source: string, ignoreCase: boolean, invalid = false): TextPattern {
  const regex = new Rewriting(source, invalid).run();
  return { regex: `(?m${ignoreCase ? 'i' : ''})${regex}`, written: source };
}

interface Flags {
  /** White space and comments are ignored. */
  x: boolean;
  u: boolean;
}

/** What a token of a pattern is: an anchor of a line, something that matches blanks alone, neither of them. */
type Part = '^' | '$' | 'blank' | 'other';

const escapes =
  /\\(?:x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[xuU]\{[^}]*\}|[pP](?:\{[^}]*\}|[^{])|[\s\S])/y;

/** One walk over a pattern, token by token. */
class Rewriting {
  readonly #source: string;
  readonly #invalid: boolean;
  readonly #groups: Flags[] = [];
  readonly #parts: Part[] = [];
  #flags: Flags = { x: false, u: true };
  #at = 0;
  #out = '';

  constructor(source: string, invalid: boolean) {
    this.#source = source;
    this.#invalid = invalid;
  }

  run(): string {
    while (this.#at < this.#source.length) this.#step();
    const parts = this.#parts;
    if (parts.length > 1 && parts[0] === '^' && parts.at(-1) === '$' && !parts.includes('other')) {
      throw patternError(this.#source, 'it matches blank lines alone, which are not kept', null);
    }
    return this.#out;
  }

  #step(): void {
    const next = this.#source[this.#at] ?? '';
    if (next === '\\') this.#escape();
    else if (next === '[') this.#class();
    else if (next === '(') this.#open();
    else if (next === ')') this.#close();
    else if (next === '.') this.#replace(1, `[^${this.#unwanted}]`, 'other');
    else if (next === '{') this.#copy(this.#matched(/\{[\d,\s]*\}/y) ?? next);
    else if (this.#flags.x && this.#skipsSpace()) return;
    else if (next === '\n' || next === '\r') this.#refuse(1, 'a pattern cannot hold a line end');
    else if ('*+?|'.includes(next)) this.#copy(next);
    else if (next === '^' || next === '$') this.#copy(next, next);
    else this.#copy(next, next === ' ' || next === '\t' ? 'blank' : 'other');
  }

  /** What no part may match, inside of a class. */
  get #unwanted(): string {
    return this.#invalid && this.#flags.u ? '\\n\\x{FFFD}' : '\\n';
  }

  #copy(token: string, part?: Part): void {
    this.#replace(token.length, token, part);
  }

  #replace(length: number, written: string, part?: Part): void {
    this.#out += written;
    this.#at += length;
    if (part) this.#parts.push(part);
  }

  #matched(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#source)?.[0];
  }

  #refuse(length: number, why: string): never {
    throw patternError(this.#source, why, { position: this.#at, length });
  }

  #escape(): void {
    const token = this.#matched(escapes) ?? '\\';
    const [written, part] = this.#escaped(token);
    this.#replace(token.length, written, part);
  }

  /** What replaces an escape, and what it is. */
  #escaped(token: string): [written: string, part: Part] {
    const kind = token[1] ?? '';
    const code = codeOf(token);
    if (code === 10) this.#refuse(token.length, acrossLines);
    if (code === 13) this.#refuse(token.length, 'line ends are not kept, so that it would miss "\\r"');
    if (kind === 'A') return ['^', '^'];
    if (kind === 'z') return ['$', '$'];
    if (kind === 's') return ['[\\s--\\n]', 'blank'];
    if (kind !== '' && 'SDWpP'.includes(kind)) return [`[${token}--[${this.#unwanted}]]`, 'other'];
    // Verbose mode is written out, and with it what "\ " is for.
    return [code === 32 ? '\\x20' : token, code === 9 || code === 32 ? 'blank' : 'other'];
  }

  #class(): void {
    const found = classAt(this.#source, this.#at, this.#flags.x);
    if (found === null) {
      this.#copy(this.#source.slice(this.#at), 'other');
      return;
    }
    const { text, length } = found;
    const inner = text.slice(1, -1);
    if (/^(?:\\n|\\x0a|\\x\{0*a\}|\n)+$/i.test(inner)) this.#refuse(length, acrossLines);
    const isBlank = /^(?:\\[stnrfv]|\[:(?:space|blank):\]|\s)+$/.test(inner);
    this.#replace(length, `[${text}--[${this.#unwanted}]]`, isBlank ? 'blank' : 'other');
  }

  #open(): void {
    const before = this.#flags;
    const token = this.#matched(/\(\?[a-zA-Z]*(?:-[a-zA-Z]+)?[:)]/y);
    if (token === undefined) {
      this.#groups.push(before);
      this.#copy(this.#matched(/\(\?P?<[^>]*>/y) ?? '(');
      return;
    }
    const [on = '', off = ''] = token.slice(2, -1).split('-');
    const isNow = (flag: string, was: boolean) => (was || on.includes(flag)) && !off.includes(flag);
    this.#flags = { x: isNow('x', before.x), u: isNow('u', before.u) };
    const [keptOn, keptOff] = [on.replaceAll(ownFlags, ''), off.replaceAll(ownFlags, '')];
    const flags = keptOff === '' ? keptOn : `${keptOn}-${keptOff}`;
    if (token.endsWith(':')) {
      this.#groups.push(before);
      this.#replace(token.length, `(?${flags}:`);
    } else this.#replace(token.length, flags === '' ? '' : `(?${flags})`);
  }

  #close(): void {
    this.#flags = this.#groups.pop() ?? this.#flags;
    this.#copy(')');
  }

  /** In verbose mode: moves over white space and comments. Returns false if there are none here. */
  #skipsSpace(): boolean {
    const space = this.#matched(/\s+|#[^\n]*/y);
    this.#at += space?.length ?? 0;
    return space !== undefined;
  }
}

/** The character that an escape stands for, if it is one of those that matter here. */
function codeOf(token: string): number | null {
  const named = { n: 10, r: 13, t: 9, ' ': 32, '\n': 10, '\r': 13 }[token[1] ?? ''];
  if (named !== undefined) return named;
  const hex = /^\\[xuU]\{?([\da-fA-F]+)\}?$/.exec(token)?.[1];
  return hex === undefined ? null : Number.parseInt(hex, 16);
}

/**
 * The class that begins at an index, without the white space of verbose mode, and its length as it was written; null
 * if it is not closed.
 */
function classAt(source: string, from: number, verbose: boolean): { text: string; length: number } | null {
  // A bracket or hyphens right behind the opening one are meant as such.
  const token = verbose ? /\[\s*\^?\s*-*\]?|\\[\s\S]|\s+|#[^\n]*|[\s\S]/y : /\[\^?-*\]?|\\[\s\S]|[\s\S]/y;
  const named = /\[:\^?[a-z]+:\]/y;
  let text = '';
  let depth = 0;
  for (let at = from; at < source.length; ) {
    named.lastIndex = at;
    token.lastIndex = at;
    const name = depth > 0 ? named.exec(source)?.[0] : undefined;
    const next = name ?? token.exec(source)?.[0] ?? '';
    at += next.length;
    if (!verbose || next.startsWith('\\')) text += next;
    else if (!next.startsWith('#')) text += next.replaceAll(/\s/g, '');
    if (next.startsWith('[') && name === undefined) depth++;
    else if (next === ']' && --depth === 0) return { text, length: at - from };
  }
  return null;
}
