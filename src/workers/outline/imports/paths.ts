import type { ImportForm } from '../contract.js';
import { named, type Statement, statement } from './statement.js';
import { isString, isWord, Tokens, unquoted } from './tokens.js';

/** Scala: `import a.b.{C, D => E, F as G, _}`, `import a.b.*`, `import a.b.C, d.E`. */
export function scalaImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text);
  if (!tokens.take('import') && !tokens.take('export')) return [];
  const found: Statement[] = [];
  do {
    const path: string[] = [];
    while (isWord(tokens.peek()) && tokens.peek() !== '_') {
      path.push(tokens.next());
      if (!tokens.take('.')) break;
    }
    if (tokens.take('{')) found.push(scalaSelectors(tokens, statement(form, path.join('.'))));
    else if (tokens.take('*') || tokens.take('_'))
      found.push(statement(form, path.join('.'), { wildcard: true }));
    else {
      const name = path.pop() ?? '';
      const alias = tokens.take('as') ? tokens.next() : name;
      if (name !== '') found.push(statement(form, path.join('.'), { names: [named(name, alias)] }));
    }
  } while (tokens.take(','));
  return found;
}

function scalaSelectors(tokens: Tokens, found: Statement): Statement {
  while (!tokens.done && !tokens.take('}')) {
    const name = tokens.next();
    if (name === '_' || name === '*') found.wildcard = true;
    else if (isWord(name)) {
      const renamed = tokens.take('as') || (tokens.take('=') && tokens.take('>'));
      const alias = renamed ? tokens.next() : name;
      if (name !== 'given' && alias !== '_') found.names.push(named(name, alias));
    }
  }
  return found;
}

/** C#: `using A.B;` brings in all of a namespace, `using static A.B;` of a type, `using X = A.B;` a name for it. */
export function csharpImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text);
  tokens.take('global');
  if (!tokens.take('using')) return [];
  tokens.take('static');
  const alias = tokens.peek(1) === '=' ? tokens.next() : null;
  tokens.take('=');
  const path = tokens.path('.:');
  if (path === '') return [];
  return [statement(form, path, alias === null ? { wildcard: true } : { namespace: alias })];
}

/** PHP: `use A\B as C;`, `use A\{B, C as D}`, `use function A\f;`; `require 'x.php'` in its forms. */
export function phpImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text);
  if (form === 'include') {
    const path = /(["'])([^"'\n]+)\1\s*\)?\s*$/.exec(text)?.[2];
    return path === undefined ? [] : [statement(form, path.replace(/^\//, './'))];
  }
  if (!tokens.take('use')) return [];
  const found: Statement[] = [];
  do {
    if (tokens.peek(1) !== '\\' && (tokens.take('function') || tokens.take('const'))) continue;
    phpClause(tokens, '', found);
  } while (tokens.take(',') || (!tokens.done && isWord(tokens.peek())));
  return found;
}

function phpClause(tokens: Tokens, prefix: string, found: Statement[]): void {
  const path = prefix + tokens.path('\\').replace(/^\\/, '');
  if (tokens.take('{')) {
    while (!tokens.done && !tokens.take('}')) {
      phpClause(tokens, path, found);
      if (!tokens.take(',') && tokens.peek() !== '}') return;
    }
    return;
  }
  const at = path.lastIndexOf('\\');
  const name = path.slice(at + 1);
  if (name === '') return;
  const alias = tokens.take('as') ? tokens.next() : name;
  found.push(statement('use', path.slice(0, Math.max(at, 0)), { names: [named(name, alias)] }));
}

/** Swift: `import Foundation`, `@testable import struct A.B`. */
export function swiftImports(text: string, form: ImportForm): Statement[] {
  const found = /\bimport\s+(?:(typealias|struct|class|enum|protocol|let|var|func)\s+)?([\w.]+)/.exec(text);
  if (!found?.[2]) return [];
  if (found[1] === undefined) return [statement(form, found[2], { wildcard: true })];
  const at = found[2].lastIndexOf('.');
  return [statement(form, found[2].slice(0, Math.max(at, 0)), { names: [named(found[2].slice(at + 1))] })];
}

/** Dart: `import 'a.dart' as p show A, B hide C`, `export …`, `part …`. */
export function dartImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text);
  const isExport = tokens.take('export');
  if (!isExport && !tokens.take('import') && !tokens.take('part')) return [];
  if (!isString(tokens.peek())) return [];
  const found = statement(isExport ? 'reexport' : form, unquoted(tokens.next()));
  tokens.take('deferred');
  if (tokens.take('as')) found.namespace = tokens.next();
  if (tokens.take('show')) {
    do found.names.push(named(tokens.next()));
    while (tokens.take(','));
  }
  found.wildcard = form === 'include' || found.names.length === 0;
  return [found];
}

/** Haskell: `import qualified A.B as C (d, T(..)) hiding (e)`. */
export function haskellImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text);
  if (!tokens.take('import')) return [];
  tokens.take('safe');
  let qualified = tokens.take('qualified');
  if (isString(tokens.peek())) tokens.next();
  const found = statement(form, tokens.path('.'));
  qualified = tokens.take('qualified') || qualified;
  if (found.specifier === '') return [];
  if (tokens.take('as')) found.namespace = tokens.path('.');
  else if (qualified) found.namespace = found.specifier;
  if (tokens.take('(')) found.names = listedNames(tokens);
  else found.wildcard = !qualified;
  return [found];
}

/** Elm: `import A.B as C exposing (d, T(..))`. */
export function elmImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text);
  if (!tokens.take('import')) return [];
  const found = statement(form, tokens.path('.'));
  found.namespace = tokens.take('as') ? tokens.next() : found.specifier;
  if (tokens.take('exposing') && tokens.take('(')) {
    if (tokens.peek() === '.' && tokens.peek(1) === '.') found.wildcard = true;
    else found.names = listedNames(tokens);
  }
  return found.specifier === '' ? [] : [found];
}

/** Names at the top of a list in parentheses: `a, T(..), (+)`. */
function listedNames(tokens: Tokens): ReturnType<typeof named>[] {
  const names: ReturnType<typeof named>[] = [];
  for (let depth = 1; !tokens.done && depth > 0; ) {
    const token = tokens.next();
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (depth === 1 && isWord(token) && token !== 'type' && token !== 'pattern')
      names.push(named(token));
  }
  return names;
}

/** Gleam: `import a/b.{c, type D, E as F} as g`. */
export function gleamImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text);
  if (!tokens.take('import')) return [];
  const found = statement(form, tokens.path('/'));
  found.namespace = found.specifier.split('/').at(-1) ?? null;
  if (tokens.take('.') && tokens.take('{')) {
    while (!tokens.done && !tokens.take('}')) {
      tokens.take('type');
      const name = tokens.next();
      if (isWord(name)) found.names.push(named(name, tokens.take('as') ? tokens.next() : name));
    }
  }
  if (tokens.take('as')) found.namespace = tokens.next();
  return found.specifier === '' ? [] : [found];
}
