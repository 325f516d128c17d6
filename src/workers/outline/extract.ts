import type { QueryMatch } from 'web-tree-sitter';
import type { Definition } from '../chunk/definition.js';
import type { Source } from '../chunk/source.js';
import type { Outline, OutlineDefinition, OutlineImport } from './contract.js';
import { type Dialect, dialectOf } from './dialect.js';
import { type DocStyle, docInLines, docstringAt, elixirDocIn, lispDocAt } from './doc.js';
import type { Visible } from './exported.js';
import { namesListed } from './listed.js';
import { type Marks, marksOf, Role } from './marks.js';
import { kindOf, parentsOf, scopeOf } from './places.js';
import { referencesOf, type Skipped } from './references.js';
import { annotationAbove, bodyOf, folded, headOf, lispHead } from './signature.js';

/**
 * The outline of a file: its definitions, references and imports. Pure: a function of the text and its language.
 *
 * @param language id of languages.ts
 * @param matches of the language's queries, valid during the call only; none for a language without a grammar, whose
 *   outline has definitions alone
 * @param definitions as chunks are made from them, sorted by start, the outer before the inner
 */
export function outlineOf(
  language: string,
  source: Source,
  matches: { definitions: readonly QueryMatch[]; references: readonly QueryMatch[] },
  definitions: readonly Definition[],
): Outline {
  const dialect = dialectOf(language);
  const marks = marksOf(source, matches.definitions, matches.references);
  const { imports, skipped } = importsOf(source, marks, dialect);
  const kept = outlined(language, definitions, marks.members, skipped);
  const parents = parentsOf(kept);
  return {
    module: marks.module === null ? null : textOf(source, marks.module).replace(/\s+/g, ''),
    definitions: described(source, kept, { parents, marks, dialect }),
    references: referencesOf(source, marks, kept, { skipped, dialect }),
    imports,
  };
}

/** Elements, rules and keys of data are no symbols. */
const dataKinds = new Set(['element', 'rule']);
const dataLanguages = new Set(['json', 'yaml', 'toml', 'ini', 'html', 'xml', 'css']);

function outlined(
  language: string,
  definitions: readonly Definition[],
  members: readonly Definition[],
  skipped: readonly Skipped[],
): Definition[] {
  if (dataLanguages.has(language)) return [];
  const kept = [...definitions, ...members].filter(
    (definition) => !dataKinds.has(definition.kind) && !isImport(definition, skipped),
  );
  return kept.sort((a, b) => a.startIndex - b.startIndex || b.endIndex - a.endIndex);
}

/** `const a = require('b')` defines nothing: it imports. */
function isImport({ kind, startIndex, endIndex }: Definition, skipped: readonly Skipped[]): boolean {
  if (kind !== 'constant' && kind !== 'variable') return false;
  return skipped.some(({ from, to }) => from >= startIndex && to <= endIndex && to >= endIndex - 1);
}

function described(
  source: Source,
  definitions: readonly Definition[],
  { parents, marks, dialect }: { parents: Int32Array; marks: Marks; dialect: Dialect },
): OutlineDefinition[] {
  const bodies = Float64Array.from(marks.bodies).sort();
  const names = namePlaces(marks);
  const listed = listedBy(source, marks);
  const accesses = marks.accesses.map((node) => ({ index: node.startIndex, text: textOf(source, node) }));
  const found: OutlineDefinition[] = [];
  for (const [index, definition] of definitions.entries()) {
    const parent = found[parents[index] ?? -1] ?? null;
    const nameIndex = nameIndexOf(source, definition, names);
    // A damaged definition may lack its name: the parser then says that the name is missing further down.
    const nameLine = definition.name === '' ? definition.startLine : definition.nameLine;
    const hasBody = definition.kind !== 'constant' && definition.kind !== 'variable';
    const body = hasBody ? bodyOf(source, definition, nameIndex, bodies) : -1;
    const head = headFor(source, definition, { nameIndex, body, dialect });
    const entry: OutlineDefinition = {
      kind: kindOf(definition, parent),
      name: definition.name || dialect.unnamed,
      scope: scopeOf(definition, parent),
      signature: folded(head, dialect.lineComment),
      doc: docOf(source, definition, { body, nameIndex, docs: dialect.docs }),
      exported: null,
      parent: parents[index] ?? -1,
      startLine: definition.startLine + 1,
      endLine: definition.endLine + 1,
      line: nameLine + 1,
      column: nameIndex - source.start(nameLine),
    };
    const about: Visible = { source, definition, head, parent, listed, accesses };
    entry.exported = dialect.exported(about);
    found.push(entry);
  }
  return found;
}

/** The declaration as the language writes it, before its body. */
function headFor(
  source: Source,
  definition: Definition,
  { nameIndex, body, dialect }: { nameIndex: number; body: number; dialect: Dialect },
): string {
  if (dialect.docs === 'clojure') return lispHead(source, definition, nameIndex);
  const annotation = dialect.annotated ? annotationAbove(source, definition) : '';
  return annotation === '' ? headOf(source, definition, nameIndex, body) : annotation;
}

/** Where names of definitions stand, by line. */
function namePlaces({ names }: Marks): Map<number, [from: number, to: number][]> {
  const places = new Map<number, [number, number][]>();
  for (const { role, node } of names) {
    if (role !== Role.name) continue;
    const { row } = node.startPosition;
    const known = places.get(row) ?? [];
    known.push([node.startIndex, node.endIndex]);
    places.set(row, known);
  }
  return places;
}

/** Index of a definition's name itself, behind the scope that it may be written with (`Shape::area`). */
function nameIndexOf(
  source: Source,
  { name, nameLine, startIndex, endIndex }: Definition,
  places: ReturnType<typeof namePlaces>,
): number {
  if (name === '') return startIndex;
  for (const [from, to] of places.get(nameLine) ?? []) {
    if (from < startIndex || from >= endIndex) continue;
    const at = source.text.slice(from, to).lastIndexOf(name);
    if (at >= 0) return from + at;
  }
  const from = Math.max(startIndex, source.start(nameLine));
  const at = source.text.indexOf(name, from);
  return at < 0 || at > source.end(nameLine) ? from : at;
}

function docOf(
  source: Source,
  definition: Definition,
  { body, nameIndex, docs }: { body: number; nameIndex: number; docs: DocStyle },
): string {
  const { startLine } = definition;
  const from = definition.docLine < 0 ? commentLine(source, startLine) : definition.docLine;
  return (
    docInside(source, definition, { body, nameIndex, docs, from }) ||
    docInLines(source, from, startLine, docs)
  );
}

/** Documentation that is no comment. */
function docInside(
  source: Source,
  { name, kind, startLine }: Definition,
  { body, nameIndex, docs, from }: { body: number; nameIndex: number; docs: DocStyle; from: number },
): string {
  const { text } = source;
  if (docs === 'python') return body < 0 ? '' : docstringAt(text, body);
  if (docs === 'clojure') return lispDocAt(text, nameIndex + name.length);
  if (docs !== 'elixir') return '';
  if (kind !== 'module') return from < startLine ? elixirDocIn(source.lines(from, startLine - 1), false) : '';
  const start = body < 0 ? '' : text.slice(body, body + 2000);
  return elixirDocIn(/^do\s+@moduledoc[\s\S]*/.exec(start)?.[0] ?? '', true);
}

/** First line of the comment that ends right above a line; by its marks, for definitions that chunks know nothing of. */
function commentLine(source: Source, startLine: number): number {
  let line = startLine;
  while (line > 0 && startLine - line < 30 && /^\s*(?:\/\/|\/\*|\*|#|--|;)/.test(source.line(line - 1)))
    line--;
  return line;
}

function listedBy(source: Source, { exports }: Marks): ReadonlySet<string> | null {
  if (exports.length === 0) return null;
  return new Set(exports.flatMap((node) => namesListed(textOf(source, node))));
}

function importsOf(
  source: Source,
  marks: Marks,
  dialect: Dialect,
): { imports: OutlineImport[]; skipped: Skipped[] } {
  const imports: OutlineImport[] = [];
  const skipped: Skipped[] = [];
  if (marks.module !== null)
    skipped.push({ from: marks.module.startIndex, to: marks.module.endIndex, imported: [] });
  const nodes = marks.imports.sort(
    (a, b) => a.node.startIndex - b.node.startIndex || b.node.endIndex - a.node.endIndex,
  );
  let covered = -1;
  for (const { form, node } of nodes) {
    const { startIndex, endIndex } = node;
    // What is inside an import is part of it.
    if (startIndex < covered) continue;
    const statements = dialect.imports(source.text.slice(startIndex, endIndex), form);
    if (statements.length === 0) continue;
    covered = endIndex;
    const imported = statements.flatMap(({ names }) => names.map(({ name }) => name));
    skipped.push({ from: startIndex, to: endIndex, imported });
    const line = node.startPosition.row + 1;
    for (const { offset = 0, ...entry } of statements) imports.push({ ...entry, line: line + offset });
  }
  return { imports, skipped: skipped.sort((a, b) => a.from - b.from) };
}

function textOf(source: Source, { startIndex, endIndex }: { startIndex: number; endIndex: number }): string {
  return source.text.slice(startIndex, endIndex);
}
