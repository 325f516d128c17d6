import type { ImportForm } from '../contract.js';
import { ecmascriptImports } from './ecmascript.js';
import { named, type Statement, statement } from './statement.js';
import { isString, isWord, Tokens, unquoted } from './tokens.js';

/** Ruby: `require 'a'`, `require_relative '../a'` (a path that begins with a dot), `autoload :A, 'a'`. */
export function rubyImports(text: string, form: ImportForm): Statement[] {
  const path = /(["'])([^"'#]+)\1/.exec(text)?.[2];
  if (path === undefined) return [];
  const relative = /^require_relative\b/.test(text) && !path.startsWith('.');
  return [statement(form, relative ? `./${path}` : path, { wildcard: true })];
}

/** Lua: `local a = require("x.y")`, `require 'z'`, `dofile("f.lua")`. */
export function luaImports(text: string, form: ImportForm): Statement[] {
  const found = /(?:local\s+(\w+)\s*=\s*)?(?:require|dofile)\s*\(?\s*(["'])([^"'\n]+)\2/.exec(text);
  return found?.[3] === undefined ? [] : [statement(form, found[3], { namespace: found[1] ?? null })];
}

/** Zig: `const std = @import("std");`, `const Bar = @import("foo.zig").Bar;`. */
export function zigImports(text: string, form: ImportForm): Statement[] {
  const found = /(?:(?:const|var)\s+(\w+)[^=]*=\s*)?@import\(\s*"([^"\n]+)"\s*\)(?:\.(\w+)\s*;?\s*$)?/.exec(
    text,
  );
  if (found?.[2] === undefined) return [];
  const [, bound, specifier, member] = found;
  if (bound !== undefined && member !== undefined)
    return [statement(form, specifier as string, { names: [named(member, bound)] })];
  return [statement(form, specifier as string, { namespace: bound ?? null })];
}

/** Shell: `source ./a.sh`, `. "$DIR/b.sh"`; what a variable stands for is not known. */
export function shellImports(text: string, form: ImportForm): Statement[] {
  const found = /^(?:source|\.)\s+["']?([^\s"';]+)/.exec(text);
  return found?.[1] === undefined ? [] : [statement(form, found[1], { wildcard: true })];
}

/** Perl: `use A::B qw(c d);`, `use parent 'A';`, `require A::B;`; lower-case pragmas are none. */
export function perlImports(text: string, form: ImportForm): Statement[] {
  const parents = /^use\s+(?:parent|base)\b(.*)/s.exec(text);
  if (parents?.[1] !== undefined) {
    return [...parents[1].matchAll(/[A-Z]\w*(?:::\w+)*/g)].map(([name]) => statement(form, name));
  }
  const found = /^(?:use|require)\s+([A-Z]\w*(?:::\w+)*)\s*(?:[\d.]+\s*)?(?:qw\s*[([{/<]([^)\]}/>]*))?/.exec(
    text,
  );
  if (found?.[1] === undefined) return [];
  const names = (found[2] ?? '').split(/\s+/).filter((name) => /^\w/.test(name));
  return [statement(form, found[1], { names: names.map((name) => named(name)) })];
}

/** R: `library(dplyr)`, `require("x")`, `source("a.R")`. */
export function rImports(text: string, form: ImportForm): Statement[] {
  const found = /^(\w+)\s*\(\s*(["']?)([\w./-]+)\2/.exec(text);
  if (found?.[3] === undefined) return [];
  return [statement(found[1] === 'source' ? 'include' : form, found[3], { wildcard: true })];
}

/** Elixir: `alias A.B, as: C`, `alias A.{B, C}`, `import A`, `use A`, `require A`. */
export function elixirImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text);
  const kind = tokens.next();
  const path = tokens.path('.').replace(/\.$/, '');
  if (path === '') return [];
  if (tokens.take('{')) {
    const found: Statement[] = [];
    while (!tokens.done && !tokens.take('}')) {
      const name = tokens.path('.');
      if (name !== '') found.push(statement(form, `${path}.${name}`, { namespace: lastOf(name) }));
      else tokens.next();
    }
    return found;
  }
  const as = /\bas:\s*([\w.]+)/.exec(text)?.[1];
  const only = /\bonly:\s*\[([^\]]*)\]/.exec(text)?.[1];
  const names = [...(only ?? '').matchAll(/([\w?!]+):\s*\d/g)].map((found) => named(found[1] as string));
  const brings = (kind === 'import' && only === undefined) || kind === 'use';
  return [
    statement(kind === 'require' ? 'require' : form, path, {
      names,
      namespace: as ?? lastOf(path),
      wildcard: brings,
    }),
  ];
}

const lastOf = (path: string) => path.split('.').at(-1) ?? path;

/** Clojure: the clauses of `(ns …)`, and `(require '[a.b :as c :refer [d]])`. */
export function clojureImports(text: string, form: ImportForm): Statement[] {
  const found: Statement[] = [];
  const isNs = /^\(\s*ns\b/.test(text);
  const clauses = isNs
    ? [...text.matchAll(/\(\s*:(require|use|import|require-macros)\b/g)]
    : [/^\(\s*(\w+)/.exec(text)];
  for (const clause of clauses) {
    if (!clause) continue;
    const from = (clause.index ?? 0) + clause[0].length;
    const body = text.slice(from, closingOf(text, clause.index ?? 0));
    if (clause[1] === 'import') found.push(...clojureClasses(body, form));
    else found.push(...clojureSpecs(body, form, clause[1] === 'use'));
  }
  return found;
}

function closingOf(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === '(' || sign === '[') depth++;
    else if ((sign === ')' || sign === ']') && --depth === 0) return at;
  }
  return text.length;
}

/** `[a.b :as c :refer [d e]]` and plain `a.b`. */
function clojureSpecs(body: string, form: ImportForm, all: boolean): Statement[] {
  const found: Statement[] = [];
  for (const spec of body.matchAll(
    /\[\s*([\w.$*+!?<>=-]+)([^[\]]*(?:\[[^\]]*\][^[\]]*)*)\]|([A-Za-z][\w.*+!?-]*\.[\w.*+!?-]+)/g,
  )) {
    const name = spec[1] ?? spec[3] ?? '';
    const options = spec[2] ?? '';
    const alias = /:as\s+([\w.*+!?-]+)/.exec(options)?.[1];
    const refer = /:(?:refer|only)\s+[[(]([^\])]*)/.exec(options)?.[1];
    const names = (refer ?? '').split(/\s+/).filter((part) => part !== '');
    const wildcard = (all && refer === undefined) || /:refer\s+:all/.test(options);
    found.push(
      statement(form, name, { namespace: alias ?? name, names: names.map((part) => named(part)), wildcard }),
    );
  }
  return found;
}

/** `(java.util Date List)` and `java.io.File`. */
function clojureClasses(body: string, form: ImportForm): Statement[] {
  const found: Statement[] = [];
  for (const entry of body.matchAll(/[([]\s*([\w.]+)([^)\]]*)[)\]]|([\w.]+)\.(\w+)/g)) {
    const [, group, members = '', path, single] = entry;
    const names = group === undefined ? [single ?? ''] : members.split(/\s+/).filter((part) => part !== '');
    found.push(statement(form, group ?? path ?? '', { names: names.map((name) => named(name)) }));
  }
  return found;
}

/** GDScript: `const C = preload("res://c.gd")`, `extends "res://b.gd"`. */
export function gdscriptImports(text: string, form: ImportForm): Statement[] {
  const found = /(?:const\s+(\w+)[^=]*=\s*)?(?:(?:pre)?load\s*\(\s*|extends\s+)(["'])([^"'\n]+)\2/.exec(text);
  return found?.[3] === undefined ? [] : [statement(form, found[3], { namespace: found[1] ?? null })];
}

/** Nix: `import ./b.nix`, `callPackage ../h`. */
export function nixImports(text: string, form: ImportForm): Statement[] {
  const found = /^\w+\s+([^\s{};()]+)/.exec(text);
  return found?.[1] === undefined ? [] : [statement(form, found[1])];
}

/** A module's source in HCL: the string alone. */
export function hclImports(text: string, form: ImportForm): Statement[] {
  const path = unquoted(text.trim());
  return path === '' ? [] : [statement(form, path)];
}

/** Style sheets: `@import 'a', url("b")`, `@use "c" as d`, `@forward "e"`. */
export function styleImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text.replace(/url\(\s*([^"'()\s]+)\s*\)/g, 'url("$1")'));
  const found: Statement[] = [];
  while (!tokens.done) {
    const token = tokens.next();
    if (isString(token)) found.push(statement(form, unquoted(token), { wildcard: form !== 'use' }));
    else if (token === 'as' && isWord(tokens.peek()))
      for (const entry of found) entry.namespace = tokens.next();
    else if (token === 'with') break;
  }
  if (form === 'use') for (const entry of found) entry.namespace ??= styleName(entry.specifier);
  return found;
}

const styleName = (path: string) => (path.split(/[/:]/).at(-1) ?? '').replace(/^_|\.\w+$/g, '');

/** A `src` or `href` as it is, or the import statements of a script inside markup, each with its line. */
export function markupImports(text: string, form: ImportForm): Statement[] {
  if (form === 'include') return text === '' ? [] : [statement(form, text.trim())];
  const found: Statement[] = [];
  for (const match of text.matchAll(
    /^[ \t]*(?:import\b(?!\s*\()|export\b[^;'"=(]*\bfrom\b)[^;'"]*(["'])[^'"\n]+\1/gm,
  )) {
    const written = match[0].trimStart();
    const offset = text.slice(0, match.index).split('\n').length - 1;
    const kind = written.startsWith('export') ? 'reexport' : form;
    for (const entry of ecmascriptImports(written, kind)) found.push({ ...entry, offset });
  }
  return found;
}

/** LaTeX: `\input{a}`, `\usepackage[x]{b,c}`. */
export function latexImports(text: string, form: ImportForm): Statement[] {
  const paths = /\{([^{}]+)\}\s*$/.exec(text)?.[1] ?? '';
  return paths
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '')
    .map((path) => statement(form, path, { wildcard: true }));
}
