import type { ImportForm } from './contract.js';
import type { DocStyle } from './doc.js';
import type { ExportRule } from './exported.js';
import * as rules from './exported.js';
import * as more from './exported-more.js';
import * as calls from './imports/calls.js';
import { ecmascriptImports } from './imports/ecmascript.js';
import * as paths from './imports/paths.js';
import { pythonImports } from './imports/python.js';
import { rustImports } from './imports/rust.js';
import { cppImports, dottedImports, goImports, includes } from './imports/simple.js';
import type { Statement } from './imports/statement.js';
import type { Spelling } from './receiver.js';

/** What the outline must know of a language besides its queries. */
export interface Dialect {
  docs: DocStyle;
  /** Comment up to the end of a line, for heads of several lines. */
  lineComment: RegExp | null;
  spelling: Spelling;
  /** Receivers that stand for the definition around. */
  selves: ReadonlySet<string>;
  /** Names without a receiver that refer to nothing: literals, the object itself, names of the language. */
  ignored: ReadonlySet<string>;
  /** First names of receivers that are local by their look; null if none are. */
  locals: RegExp | null;
  /** The type of a function stands in the lines above it. */
  annotated: boolean;
  exported: ExportRule;
  /** Reads the imports of a statement's text. Never fails: what it does not understand gives none. */
  imports: (text: string, form: ImportForm) => Statement[];
  /** What a definition without a name is called. */
  unnamed: string;
}

const set = (names: string) => new Set(names.split(' '));
const slashes = /\/\/.*/g;
const hashes = /(^|\s)#.*/g;
const dashes = /--.*/g;

const simple: Spelling = {
  exact: false,
  nameSigns: '',
  sigils: '',
  separators: '',
  arrow: false,
  tight: false,
};
const exact: Spelling = { ...simple, exact: true };

const plain: Dialect = {
  docs: 'slash',
  lineComment: slashes,
  spelling: exact,
  selves: set('this self super'),
  ignored: set('this self super'),
  locals: null,
  annotated: false,
  exported: () => null,
  imports: () => [],
  unnamed: '',
};

const ecmascript: Dialect = {
  ...plain,
  spelling: { ...simple, nameSigns: '$', sigils: '#' },
  ignored: set('this super undefined NaN Infinity arguments globalThis module exports require'),
  exported: rules.ecmascriptExport,
  imports: ecmascriptImports,
  unnamed: 'default',
};
const c: Dialect = {
  ...plain,
  spelling: { ...simple, arrow: true },
  ignored: set('this NULL'),
  exported: rules.cExport,
  imports: includes,
};
const markup: Dialect = { ...plain, docs: 'none', imports: calls.markupImports };
const styles: Dialect = { ...plain, imports: calls.styleImports };
const hash: Dialect = { ...plain, docs: 'hash', lineComment: hashes };

const dialects: Readonly<Record<string, Dialect>> = {
  javascript: ecmascript,
  typescript: ecmascript,
  tsx: ecmascript,
  python: {
    ...hash,
    docs: 'python',
    spelling: simple,
    selves: set('self cls super'),
    ignored: set('self cls super'),
    exported: rules.pythonExport,
    imports: pythonImports,
  },
  go: {
    ...plain,
    spelling: simple,
    selves: new Set(),
    ignored: set(
      '_ nil true false iota bool byte error int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr rune string float32 float64 any',
    ),
    exported: rules.goExport,
    imports: goImports,
  },
  rust: {
    ...plain,
    spelling: simple,
    selves: set('self Self super'),
    ignored: set('self Self super crate'),
    exported: rules.rustExport,
    imports: rustImports,
  },
  java: {
    ...plain,
    spelling: { ...simple, nameSigns: '$' },
    exported: rules.javaExport,
    imports: dottedImports,
  },
  c,
  cpp: { ...c, exported: rules.cppExport, imports: cppImports },
  csharp: {
    ...plain,
    spelling: { ...simple, sigils: '@' },
    selves: set('this base'),
    ignored: set('this base var nameof value'),
    exported: more.csharpExport,
    imports: paths.csharpImports,
  },
  ruby: {
    ...hash,
    spelling: { ...exact, sigils: '@$' },
    selves: set('self super'),
    ignored: set(
      'self super private public protected include extend prepend require require_relative load autoload attr_reader attr_writer attr_accessor raise lambda proc',
    ),
    exported: more.rubyExport,
    imports: calls.rubyImports,
  },
  php: {
    ...plain,
    spelling: { ...simple, sigils: '$', separators: '\\', arrow: true },
    selves: set('$this self static parent'),
    locals: /^\$(?!this$)/,
    ignored: set('self static parent true false null TRUE FALSE NULL'),
    exported: more.phpExport,
    imports: paths.phpImports,
  },
  kotlin: {
    ...plain,
    spelling: { ...simple, nameSigns: '$' },
    ignored: set('this super it field'),
    locals: /^it$/,
    exported: more.kotlinExport,
    imports: dottedImports,
    unnamed: 'Companion',
  },
  swift: {
    ...plain,
    spelling: { ...simple, nameSigns: '$' },
    selves: set('self Self super'),
    ignored: set('self Self super _'),
    locals: /^\$\d/,
    exported: more.swiftExport,
    imports: paths.swiftImports,
  },
  scala: {
    ...plain,
    locals: /^_$/,
    spelling: { ...simple, nameSigns: '$' },
    exported: more.scalaExport,
    imports: paths.scalaImports,
  },
  lua: {
    ...plain,
    docs: 'dash',
    lineComment: dashes,
    spelling: { ...simple, separators: ':' },
    ignored: set('self require'),
    exported: more.luaExport,
    imports: calls.luaImports,
  },
  elixir: {
    ...hash,
    docs: 'elixir',
    selves: set('__MODULE__'),
    locals: /^[a-z]/,
    ignored: set(
      'def defp defmacro defmacrop defmodule defprotocol defimpl defstruct defdelegate defguard defguardp defexception defoverridable alias import require use case cond if unless for with try receive quote unquote fn test describe super',
    ),
    exported: more.elixirExport,
    imports: calls.elixirImports,
  },
  haskell: {
    ...plain,
    docs: 'dash',
    lineComment: dashes,
    spelling: { ...simple, nameSigns: "'", tight: true },
    exported: more.headerExport,
    imports: paths.haskellImports,
  },
  zig: {
    ...plain,
    spelling: simple,
    ignored: set('_ undefined self'),
    exported: more.pubExport,
    imports: calls.zigImports,
  },
  bash: {
    ...hash,
    spelling: { ...exact, tight: true },
    ignored: set(
      'echo cd exit return local test set unset export read printf shift true false eval exec trap source break continue wait kill cat grep sed rm mkdir',
    ),
    imports: calls.shellImports,
  },
  dart: {
    ...plain,
    spelling: { ...simple, nameSigns: '$' },
    exported: more.dartExport,
    imports: paths.dartImports,
  },
  elm: {
    ...plain,
    docs: 'dash',
    lineComment: dashes,
    spelling: { ...exact, tight: true },
    annotated: true,
    exported: more.headerExport,
    imports: paths.elmImports,
  },
  gleam: { ...plain, spelling: simple, exported: more.pubExport, imports: paths.gleamImports },
  clojure: {
    ...plain,
    docs: 'clojure',
    lineComment: /;.*/g,
    spelling: { ...exact, nameSigns: '-*+!?<>=_.', separators: '/', tight: true },
    selves: new Set(),
    ignored: set(
      'def defn defn- defmacro defmulti defmethod defprotocol defrecord deftype defonce deftest declare ns fn let loop recur if if-let if-not when when-let when-not do cond case for doseq dotimes try catch finally throw new quote var and or not -> ->> & _ % nil true false',
    ),
    exported: more.clojureExport,
    imports: calls.clojureImports,
  },
  perl: {
    ...hash,
    spelling: { ...simple, sigils: '$@%', arrow: true },
    selves: set('$self $class'),
    locals: /^[$@%](?!self$|class$)/,
    imports: calls.perlImports,
  },
  r: {
    ...hash,
    spelling: { ...exact, nameSigns: '.', separators: '$@', tight: true },
    selves: set('self private super'),
    ignored: set('library require source function return c TRUE FALSE NULL NA'),
    imports: calls.rImports,
  },
  gdscript: { ...hash, ignored: set('self super preload load'), imports: calls.gdscriptImports },
  nix: { ...hash, ignored: set('import true false null builtins'), imports: calls.nixImports },
  hcl: { ...hash, imports: calls.hclImports },
  html: markup,
  vue: markup,
  svelte: markup,
  css: styles,
  scss: { ...styles, spelling: { ...exact, nameSigns: '-', sigils: '$', tight: true } },
  latex: { ...plain, docs: 'percent', lineComment: null, imports: calls.latexImports },
};

/** The dialect of a language's id; one with the commonest traits for a language without any of its own. */
export function dialectOf(language: string): Dialect {
  return dialects[language] ?? plain;
}
