import { compileGlob, type Glob, matchGlob } from './glob.js';

/** What a list of patterns says of a path: left out, kept although a weaker list leaves it out, or nothing. */
export type Verdict = 'ignored' | 'kept' | null;

interface Rule {
  readonly verdict: 'ignored' | 'kept';
  readonly foldersOnly: boolean;
}

interface SuffixRule extends Rule {
  readonly index: number;
  readonly suffix: string;
}

interface GlobRule extends Rule {
  readonly index: number;
  /** Matched against the name alone; otherwise against the path from the folder of the ignore file. */
  readonly byName: boolean;
  /** The text has to begin with it; the glob is matched against the rest. */
  readonly prefix: string;
  readonly glob: Glob;
}

/**
 * The patterns of one ignore file, ready to be asked. Later patterns win over earlier ones; literal patterns, most of
 * all patterns in practice, are found by hashing, so that a list of hundreds costs little.
 */
export interface IgnoreList {
  readonly size: number;
  readonly ignoreCase: boolean;
  readonly rules: readonly Rule[];
  /** Last rule of a literal name or path: for anything, and for folders (where rules that end in a slash count too). */
  readonly names: ReadonlyMap<string, LastRule>;
  readonly paths: ReadonlyMap<string, LastRule>;
  readonly suffixes: readonly SuffixRule[];
  readonly globs: readonly GlobRule[];
}

interface LastRule {
  any: number;
  folder: number;
}

const nonAscii = /[^\0-\x7f]/;
const globSpecial = /[*?[\\]/;
const globSpecialOrEnd = /[*?[\\]|$/;

/**
 * True for a file that holds rules of scans: after a change of it, everything below its folder has to be looked at
 * again, and git asked again which tracked files are ignored. Pure. @param path with forward slashes, from anywhere
 */
export function changesRules(path: string): boolean {
  return /(^|\/)(\.gitignore|\.lcadignore|\.gitmodules|info\/exclude)$/.test(path);
}

/** A string with one character for each byte of the text's UTF-8 form, the form that patterns are kept in. */
function bytesOf(text: string): string {
  return nonAscii.test(text) ? Buffer.from(text).toString('latin1') : text;
}

/**
 * Reads an ignore file in the form of gitignore(5), with git's own treatment of the byte order mark, comments,
 * escapes and blanks at the end of a line. Pure.
 *
 * @param content bytes of the file as a string of one character a byte (`latin1`)
 */
export function parseIgnoreFile(content: string, ignoreCase = false): IgnoreList {
  const start = content.startsWith('\xef\xbb\xbf') ? 3 : 0;
  const list = new ListBuilder(ignoreCase);
  for (const line of content.slice(start).split('\n')) {
    if (line.startsWith('#')) continue;
    const text = cut(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (text !== '') list.add(text);
  }
  return list.build();
}

/** As git reads lines: a NUL ends them, blanks at the end do not count unless escaped. */
function cut(line: string): string {
  const nul = line.indexOf('\0');
  const text = nul < 0 ? line : line.slice(0, nul);
  if (!text.endsWith(' ')) return text;
  let keep = 0;
  for (let at = 0; at < text.length; at++) {
    if (text.charAt(at) === ' ') continue;
    if (text.charAt(at) === '\\') at++;
    keep = Math.min(at + 1, text.length);
  }
  return text.slice(0, keep);
}

class ListBuilder {
  readonly #ignoreCase: boolean;
  readonly #rules: Rule[] = [];
  readonly #names = new Map<string, LastRule>();
  readonly #paths = new Map<string, LastRule>();
  readonly #suffixes: SuffixRule[] = [];
  readonly #globs: GlobRule[] = [];

  constructor(ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase;
  }

  add(line: string): void {
    const verdict = line.startsWith('!') ? 'kept' : 'ignored';
    let pattern = verdict === 'kept' ? line.slice(1) : line;
    const foldersOnly = pattern.endsWith('/');
    if (foldersOnly) pattern = pattern.slice(0, -1);
    if (pattern === '') return;
    const byName = !pattern.includes('/');
    if (!byName && pattern.startsWith('/')) pattern = pattern.slice(1);
    if (this.#ignoreCase && !globSpecial.test(pattern)) pattern = pattern.toLowerCase();
    const rule: Rule = { verdict, foldersOnly };
    if (this.#addCompiled(pattern, byName, rule)) this.#rules.push(rule);
  }

  #addCompiled(pattern: string, byName: boolean, rule: Rule): boolean {
    const index = this.#rules.length;
    if (!globSpecial.test(pattern)) {
      setLast(byName ? this.#names : this.#paths, pattern, index, rule.foldersOnly);
      return true;
    }
    const suffix = pattern.slice(1);
    if (byName && pattern.startsWith('*') && !globSpecial.test(suffix)) {
      this.#suffixes.push({ ...rule, index, suffix: this.#ignoreCase ? suffix.toLowerCase() : suffix });
      return true;
    }
    // Git compares what comes before the first wildcard and matches the glob with the rest; so "foo**/bar" means more
    // than its documentation says, because the rest begins with "**".
    const literal = byName ? 0 : pattern.search(globSpecialOrEnd);
    const glob = compileGlob(pattern.slice(literal), this.#ignoreCase);
    if (!glob) return false;
    const prefix = pattern.slice(0, literal);
    this.#globs.push({
      ...rule,
      index,
      byName,
      prefix: this.#ignoreCase ? prefix.toLowerCase() : prefix,
      glob,
    });
    return true;
  }

  build(): IgnoreList {
    return {
      size: this.#rules.length,
      ignoreCase: this.#ignoreCase,
      rules: this.#rules,
      names: this.#names,
      paths: this.#paths,
      suffixes: this.#suffixes.reverse(),
      globs: this.#globs.reverse(),
    };
  }
}

function setLast(map: Map<string, LastRule>, key: string, index: number, foldersOnly: boolean): void {
  const last = map.get(key) ?? { any: -1, folder: -1 };
  last.folder = index;
  if (!foldersOnly) last.any = index;
  map.set(key, last);
}

/**
 * What a list says of one path itself; whether a folder above it is left out is the caller's to know. Pure.
 *
 * @param name last part of the path
 * @param path from the folder of the ignore file, with forward slashes
 * @param isFolder true for a real folder, not for a symbolic link to one
 */
export function verdictOf(list: IgnoreList, name: string, path: string, isFolder: boolean): Verdict {
  const text = list.ignoreCase ? bytesOf(name).toLowerCase() : bytesOf(name);
  let best = lastOf(list.names.get(text), isFolder);
  for (const rule of list.suffixes) {
    if (rule.index <= best) break;
    if ((isFolder || !rule.foldersOnly) && text.endsWith(rule.suffix)) {
      best = rule.index;
      break;
    }
  }
  if (list.paths.size > 0 || list.globs.length > 0) {
    const whole = list.ignoreCase ? bytesOf(path).toLowerCase() : bytesOf(path);
    best = Math.max(best, lastOf(list.paths.get(whole), isFolder));
    best = lastGlob(list, text, whole, isFolder, best);
  }
  return list.rules[best]?.verdict ?? null;
}

function lastOf(last: LastRule | undefined, isFolder: boolean): number {
  if (!last) return -1;
  return isFolder ? last.folder : last.any;
}

function lastGlob(list: IgnoreList, name: string, path: string, isFolder: boolean, best: number): number {
  for (const rule of list.globs) {
    if (rule.index <= best) break;
    if (rule.foldersOnly && !isFolder) continue;
    const text = rule.byName ? name : path;
    if (!text.startsWith(rule.prefix)) continue;
    if (matchGlob(rule.glob, rule.prefix === '' ? text : text.slice(rule.prefix.length))) return rule.index;
  }
  return best;
}
