import type { Definition } from '../chunk/definition.js';
import type { ChunkKind } from '../chunk/kinds.js';
import type { Source } from '../chunk/source.js';
import { kindOfTag } from './kinds.js';
import type { Tag } from './tags.js';

/** A definition with what Universal Ctags says of it that its place does not. */
export interface TaggedDefinition extends Definition {
  /** Parameters as written; may be empty. */
  parameters: string;
  /** Nothing else is defined before it in its line. */
  isFirst: boolean;
  /** Where its name begins. */
  nameIndex: number;
}

/** One tag with its place in the text. Lines are counted from 0. */
interface Placed {
  tag: Tag;
  kind: ChunkKind;
  name: string;
  /** Names around it, joined by "."; may be empty. */
  scope: string;
  line: number;
  nameIndex: number;
  startIndex: number;
  /** Last line as the program tells it, or -1. */
  end: number;
}

const maxName = 160;
/** What is on its own line and those that continue it. */
const short: ReadonlySet<ChunkKind> = new Set(['variable', 'constant', 'macro', 'key']);
const closing = /^\s*(?:[})\]]|end\w*\b|done\b|fi\b|esac\b)/i;
const comment = /^\s*(?:\/\/|\/\*|\*|#|--|;|%|!|<!--|"|'|\(\*|\{|rem\b|dnl\b)/i;
/** `a.b`, `a::b`, `a""b`: how the parts of a scope or a name are joined. */
const joints = /::+|""|[./]/;

/**
 * The definitions of a text from its tags, sorted by start, the outer before the inner. Where the program does not tell
 * how far one reaches: to the line that closes it, or else to the next that is not inside. Pure.
 *
 * @param language id of language-table.ts
 */
export function taggedDefinitions(
  source: Source,
  language: string,
  tags: readonly Tag[],
): TaggedDefinition[] {
  const placed = placedTags(source, language, tags);
  const ends = endLines(source, placed);
  const found: TaggedDefinition[] = [];
  const open: { end: number; full: string }[] = [];
  for (const [index, { tag, kind, name, scope, line, nameIndex, startIndex }] of placed.entries()) {
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= startIndex) open.pop();
    const around = open.at(-1);
    const next = placed[index + 1];
    const endLine = ends[index] ?? line;
    const isShared = next?.line === line && endLine === line && !isInside(next, joined(scope, name));
    const isFirst = placed[index - 1]?.line !== line;
    const own = isShared ? next.startIndex : source.end(endLine);
    const endIndex = Math.max(startIndex, Math.min(own, around?.end ?? own));
    const last = isShared ? line : source.lineAt(endIndex);
    // Around it is what its scope says, or what it is nested in anyway.
    const outer = around === undefined ? scope : outside(scope, around.full);
    found.push({
      kind,
      name,
      scope: outer,
      startIndex,
      endIndex,
      docLine: isFirst ? commentAbove(source, line) : line,
      startLine: line,
      endLine: last,
      nameLine: line,
      headLine: last - line >= 100 ? line : -1,
      parameters: tag.signature,
      isFirst,
      nameIndex,
    });
    open.push({ end: endIndex, full: joined(around?.full ?? '', outer, name) });
  }
  return found;
}

function placedTags(source: Source, language: string, tags: readonly Tag[]): Placed[] {
  const seen = new Set<string>();
  const placed: Placed[] = [];
  for (const tag of tags) {
    const kind = kindOfTag(language, tag.kind);
    const line = tag.line - 1;
    const parts = nameParts(tag.name, kind);
    const name = parts.pop() ?? '';
    if (kind === null || line >= source.lineCount || name === '' || name.length > maxName) continue;
    const nameIndex = nameIndexOf(source, name, line);
    // What the text does not say is made up: a module called after the file, a second spelling.
    if (nameIndex < 0) continue;
    const identity = `${nameIndex}\0${name}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    const scope = [...tag.scope.split(joints), ...parts].filter((part) => part !== '').join('.');
    const end = tag.end === 0 ? -1 : Math.min(Math.max(tag.end - 1, line), source.lineCount - 1);
    placed.push({ tag, kind, name, scope, line, nameIndex, startIndex: source.start(line), end });
  }
  placed.sort((a, b) => a.line - b.line || a.nameIndex - b.nameIndex);
  // What begins in a line after something else begins at its name.
  for (const [index, entry] of placed.entries()) {
    if (placed[index - 1]?.line === entry.line) entry.startIndex = entry.nameIndex;
    else entry.startIndex += Math.max(0, source.line(entry.line).search(/\S/));
  }
  return placed;
}

/** Dots and slashes part only what is no file: a target of a makefile is called `src/a.o`. */
function nameParts(name: string, kind: ChunkKind | null): string[] {
  const isPath = kind !== 'variable' && kind !== 'constant' && /^[\w$]*(?:::[\w$]+)+$/.test(name);
  if (isPath) return name.split('::').filter((part) => part !== '');
  return [/^[`"'](.+)["']$/.exec(name)?.[1] ?? name.trim()];
}

/** Where a name, or its first word, stands in a line as a word of its own, or else at all; -1: nowhere. */
function nameIndexOf(source: Source, name: string, line: number): number {
  const text = source.line(line);
  let first = -1;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (first < 0) first = at;
    if (!isWordAt(text, at - 1, name, 0) && !isWordAt(text, at + name.length, name, -1))
      return source.start(line) + at;
  }
  const [word = name] = /[\p{L}\p{N}_$]+/u.exec(name) ?? [];
  if (first < 0 && word !== name) return nameIndexOf(source, word, line);
  return first < 0 ? -1 : source.start(line) + first;
}

const wordSign = /[\p{L}\p{N}_]/u;

/** Whether the sign at a place goes on with the word that the name begins or ends with. */
function isWordAt(text: string, at: number, name: string, edge: number): boolean {
  return wordSign.test(text.charAt(at)) && wordSign.test(name.at(edge) ?? '');
}

/** The last line of each. */
function endLines(source: Source, placed: readonly Placed[]): number[] {
  return placed.map((entry, index) => {
    if (entry.end >= 0) return entry.end;
    if (short.has(entry.kind)) return continued(source, entry.line);
    return closedBefore(source, entry.line, extentOf(source, placed, index));
  });
}

/** Lines that end in a backslash go on. */
function continued(source: Source, line: number): number {
  let last = line;
  while (last + 1 < source.lineCount && source.line(last).endsWith('\\')) last++;
  return last;
}

/** How far what has no known end may reach. */
interface Extent {
  /** Line of the next one that is not inside, by its scope and by its indentation, or that behind the text. */
  next: number;
  /** Line of the last one inside. */
  last: number;
  /** One inside is indented no more than what it is in: what closes in that column may close either. */
  isFlat: boolean;
}

function extentOf(source: Source, placed: readonly Placed[], index: number): Extent {
  const { line, scope, name } = placed[index] as Placed;
  const full = joined(scope, name);
  const indent = source.indent(line);
  let last = line;
  let isFlat = false;
  for (let at = index + 1; at < placed.length; at++) {
    const other = placed[at] as Placed;
    if (other.line === line) continue;
    const isDeeper = source.indent(other.line) > indent;
    const isNamed = isInside(other, full);
    if (!isNamed && !isDeeper) return { next: other.line, last, isFlat };
    if (isNamed) last = other.line;
    isFlat ||= !isDeeper;
  }
  return { next: source.lineCount, last, isFlat };
}

/** Whether the scope of one says that it is in what has this name. */
function isInside({ scope }: Placed, full: string): boolean {
  return scope === full || scope.startsWith(`${full}.`);
}

/** The line that closes what begins in a line, or the last one before what comes next and its comment. */
function closedBefore(source: Source, line: number, { next, last, isFlat }: Extent): number {
  const indent = source.indent(line);
  const closes = (at: number) => source.indent(at) === indent && closing.test(source.line(at));
  let end = next - 1;
  if (isFlat) {
    while (end > last && !closes(end)) end--;
    if (end > last) return end;
    end = next - 1;
  } else {
    for (let at = last + 1; at < next; at++) if (closes(at)) return at;
  }
  while (end > line && (source.isBlank(end) || (next < source.lineCount && isComment(source, end)))) end--;
  return end;
}

const isComment = (source: Source, line: number) => comment.test(source.line(line));

/** Longer comments count from this many lines before a definition. */
const maxComment = 60;

/** First line of the comment that ends right above a line. */
function commentAbove(source: Source, line: number): number {
  let first = line;
  while (first > 0 && line - first < maxComment && isComment(source, first - 1)) first--;
  const above = first > 0 ? source.line(first - 1).trimEnd() : '';
  const opens = above.endsWith('*/') ? '/*' : above.endsWith('*)') ? '(*' : null;
  if (opens === null) return first;
  for (let at = first - 1; at >= 0 && line - at < maxComment; at--) {
    if (source.line(at).trimStart().startsWith(opens)) return at;
  }
  return first;
}

/** Of a scope what the definitions around do not say. */
function outside(scope: string, around: string): string {
  if (scope === '' || scope === around || `.${around}`.endsWith(`.${scope}`)) return '';
  return scope.startsWith(`${around}.`) ? scope.slice(around.length + 1) : '';
}

function joined(...parts: string[]): string {
  return parts.filter((part) => part !== '').join('.');
}
