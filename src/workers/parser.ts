import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { Language as Grammar, type Node, Parser, Query, type QueryMatch, type Tree } from 'web-tree-sitter';
import { messageOf } from '../shared/errors.js';
import { packagePath } from '../shared/package-root.js';
import type { Language } from './language-table.js';
import { mended } from './mend.js';
import { referenceQueries } from './outline/queries.js';

/** What is needed of a global that neither TypeScript's ES libraries nor Node's types declare. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => Parameters<typeof Grammar.loadSync>[0];
};

/** A grammar with its query, compiled. One of each kind in a thread, loaded when first needed, kept until it ends. */
interface Syntax {
  grammar: Grammar;
  query: Query;
  /** The query's patterns before this one are of definitions, the others of references. */
  references: number;
}

/** Which queries of grammars/ are run: those of definitions, or those of references with them. */
export type Extent = 'definitions' | 'outline';

/** Why a file has no syntax: shown as the reason of its fallback. */
export interface Failure {
  failure: string;
}

const grammarFolder = join(
  dirname(createRequire(import.meta.url).resolve('@cursorless/tree-sitter-wasms/package.json')),
  'out',
);
/** Matches that a query may have in progress at once: bounds its time and memory on files full of errors. */
const matchLimit = 4096;

/** EX_SOFTWARE of sysexits.h. */
const crashExitCode = 70;

const loaded = new Map<string, Promise<Syntax | Failure>>();
let parser: Promise<Parser> | null = null;

/**
 * Parses a text and hands the matches of its language's queries to `use`, with whether the parser met errors. The
 * matches' nodes are valid only during that call.
 *
 * @param deadlineMs time for parsing and matching together, in milliseconds
 * @param extent which matches are wanted; those of references cost about a quarter more
 * @returns what `use` returned, or why there is no syntax tree
 */
export async function withMatches<T>(
  language: Language,
  text: string,
  deadlineMs: number,
  use: (definitions: QueryMatch[], hasError: boolean, references: QueryMatch[]) => T,
  extent: Extent = 'definitions',
): Promise<{ value: T } | Failure> {
  const syntax = await syntaxOf(language, extent);
  if ('failure' in syntax) return syntax;
  parser ??= startParser();
  const end = performance.now() + deadlineMs;
  const late = () => performance.now() > end;
  const ready = await parser;
  const tree = guarded(() => parseMended(ready, syntax, language.id, text, late));
  if (tree === null) return { failure: `parsing took longer than ${deadlineMs} ms` };
  try {
    const options = { matchLimit, progressCallback: late };
    const matches = guarded(() => syntax.query.matches(tree.rootNode, options));
    // A search that was given up has found only a part.
    if (late()) return { failure: `parsing took longer than ${deadlineMs} ms` };
    const { definitions, references } = parted(matches, syntax.references);
    return { value: use(definitions, tree.rootNode.hasError, references) };
  } finally {
    tree.delete();
  }
}

/**
 * Parses a text and hands its tree's root to `use`; nodes are valid only during that call.
 * @param deadlineMs time for parsing, in milliseconds
 * @returns what `use` returned, or why there is no syntax tree
 */
export async function withRoot<T>(
  language: Language,
  text: string,
  deadlineMs: number,
  use: (root: Node) => T,
): Promise<{ value: T } | Failure> {
  const syntax = await syntaxOf(language, 'definitions');
  if ('failure' in syntax) return syntax;
  parser ??= startParser();
  const ready = await parser;
  const end = performance.now() + deadlineMs;
  const tree = guarded(() => parse(ready, syntax, text, () => performance.now() > end));
  if (tree === null) return { failure: `parsing took longer than ${deadlineMs} ms` };
  try {
    return { value: guarded(() => use(tree.rootNode)) };
  } finally {
    tree.delete();
  }
}

function parted(
  matches: QueryMatch[],
  first: number,
): { definitions: QueryMatch[]; references: QueryMatch[] } {
  if (first === Number.POSITIVE_INFINITY) return { definitions: matches, references: [] };
  const definitions: QueryMatch[] = [];
  const references: QueryMatch[] = [];
  for (const match of matches) (match.patternIndex < first ? definitions : references).push(match);
  return { definitions, references };
}

/** Parses again what the grammar fails on though it should not, and takes the better tree. Null if it took too long. */
function parseMended(
  ready: Parser,
  syntax: Syntax,
  languageId: string,
  text: string,
  late: () => boolean,
): Tree | null {
  const tree = parse(ready, syntax, text, late);
  const other = tree?.rootNode.hasError ? mended(languageId, text) : null;
  if (tree === null || other === null) return tree;
  const again = parse(ready, syntax, other, late);
  if (again === null) return tree;
  const isBetter = lengthOfErrors(again.rootNode) < lengthOfErrors(tree.rootNode);
  (isBetter ? tree : again).delete();
  return isBetter ? again : tree;
}

/** Characters that the parser could make nothing of. */
function lengthOfErrors(node: Node): number {
  if (node.isError) return node.endIndex - node.startIndex;
  if (!node.hasError) return 0;
  return node.children.reduce((sum, child) => sum + lengthOfErrors(child), node.isMissing ? 1 : 0);
}

/** Null if it took too long. */
function parse(ready: Parser, { grammar }: Syntax, text: string, late: () => boolean): Tree | null {
  ready.setLanguage(grammar);
  const tree = ready.parse(text, null, { progressCallback: late });
  if (tree === null) ready.reset();
  return tree;
}

/**
 * Runs WebAssembly. A trap or an overflow of its stack leaves its memory in an unknown state, so that nothing that
 * follows in this thread could be trusted: the thread ends. The pool starts another, without the file at work.
 */
function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!isMainThread) process.exit(crashExitCode);
    throw error;
  }
}

async function startParser(): Promise<Parser> {
  await Parser.init();
  return new Parser();
}

function syntaxOf(language: Language, extent: Extent): Promise<Syntax | Failure> {
  const name = `${language.id} ${extent}`;
  const known = loaded.get(name);
  if (known) return known;
  const loading = loadSyntax(language, extent).catch((error: unknown): Failure => {
    return { failure: `the grammar cannot be loaded: ${messageOf(error)}` };
  });
  loaded.set(name, loading);
  return loading;
}

async function loadSyntax(language: Language, extent: Extent): Promise<Syntax | Failure> {
  const { id, outline } = language;
  if (outline.by !== 'grammar') return { failure: `there is no grammar for ${id}` };
  parser ??= startParser();
  await parser;
  // Compiled at once, lazily function by function: asynchronous compiling waits behind V8's optimiser, for seconds
  // after a large grammar.
  const wasm = readFileSync(join(grammarFolder, `tree-sitter-${outline.wasm}.wasm`));
  const grammar = Grammar.loadSync(new WebAssembly.Module(wasm));
  const definitions = querySource(outline.queries.map((name) => `${name}/definitions.scm`));
  if (extent === 'definitions')
    return { grammar, query: new Query(grammar, definitions), references: Number.POSITIVE_INFINITY };
  const references = querySource(referenceQueries(language).map((name) => `${name}/references.scm`));
  const query = new Query(
    grammar,
    `${definitions}
${references}`,
  );
  return { grammar, query, references: firstPatternAfter(query, Buffer.byteLength(definitions)) };
}

/** The first pattern that begins behind a byte of the query's source. */
function firstPatternAfter(query: Query, byte: number): number {
  const count = query.patternCount();
  let pattern = 0;
  while (pattern < count && query.startIndexForPattern(pattern) < byte) pattern++;
  return pattern;
}

/** Text of files of grammars/, in order; not every language has each of them. */
function querySource(names: readonly string[]): string {
  const files = names.map((name) => packagePath('grammars', ...name.split('/')));
  return files
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}
