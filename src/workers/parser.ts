import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { Language as Grammar, Parser, Query, type QueryMatch, type Tree } from 'web-tree-sitter';
import { messageOf } from '../shared/errors.js';
import { packagePath } from '../shared/package-root.js';
import type { Language } from './language-table.js';

/** What is needed of a global that neither TypeScript's ES libraries nor Node's types declare. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => Parameters<typeof Grammar.loadSync>[0];
};

/** A grammar with its query, compiled. One of each kind in a thread, loaded when first needed, kept until it ends. */
interface Syntax {
  grammar: Grammar;
  query: Query;
}

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
 * Parses a text and hands the matches of its language's definitions query to `use`, with whether the parser met
 * errors. The matches' nodes are valid only during that call.
 *
 * @param deadlineMs time for parsing and matching together, in milliseconds
 * @returns what `use` returned, or why there is no syntax tree
 */
export async function withMatches<T>(
  language: Language,
  text: string,
  deadlineMs: number,
  use: (matches: QueryMatch[], hasError: boolean) => T,
): Promise<{ value: T } | Failure> {
  const syntax = await syntaxOf(language);
  if ('failure' in syntax) return syntax;
  parser ??= startParser();
  const end = performance.now() + deadlineMs;
  const late = () => performance.now() > end;
  const ready = await parser;
  const tree = guarded(() => parse(ready, syntax, text, late));
  if (tree === null) return { failure: `parsing took longer than ${deadlineMs} ms` };
  try {
    const options = { matchLimit, progressCallback: late };
    const matches = guarded(() => syntax.query.matches(tree.rootNode, options));
    // A search that was given up has found only a part.
    if (late()) return { failure: `parsing took longer than ${deadlineMs} ms` };
    return { value: use(matches, tree.rootNode.hasError) };
  } finally {
    tree.delete();
  }
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

function syntaxOf(language: Language): Promise<Syntax | Failure> {
  const known = loaded.get(language.id);
  if (known) return known;
  const loading = loadSyntax(language).catch((error: unknown): Failure => {
    return { failure: `the grammar cannot be loaded: ${messageOf(error)}` };
  });
  loaded.set(language.id, loading);
  return loading;
}

async function loadSyntax({ id, outline }: Language): Promise<Syntax | Failure> {
  if (outline.by !== 'grammar') return { failure: `there is no grammar for ${id}` };
  parser ??= startParser();
  await parser;
  // Compiled at once, lazily function by function: asynchronous compiling waits behind V8's optimiser, for seconds
  // after a large grammar.
  const wasm = readFileSync(join(grammarFolder, `tree-sitter-${outline.wasm}.wasm`));
  const grammar = Grammar.loadSync(new WebAssembly.Module(wasm));
  return { grammar, query: new Query(grammar, querySource(outline.queries)) };
}

/** Text of the definitions queries of the given folders of grammars/, in order. */
function querySource(names: readonly string[]): string {
  return names
    .map((name) => readFileSync(packagePath('grammars', name, 'definitions.scm'), 'utf8'))
    .join('\n');
}
