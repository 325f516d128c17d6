import type { ImportForm } from '../contract.js';
import { named, type Statement, statement } from './statement.js';
import { isString, isWord, Tokens, unquoted } from './tokens.js';

/** `#include <a>` and `#include "a"`; a macro's name is no specifier. Quotes tell where to look: `<` stays. */
export function includes(text: string, form: ImportForm): Statement[] {
  const found = /^\s*#\s*(?:include|include_next|import)\s*(?:"([^"\n]+)"|<([^>\n]+)>)/.exec(text);
  if (found?.[1] !== undefined) return [statement(form, found[1])];
  return found?.[2] === undefined ? [] : [statement(form, `<${found[2]}>`)];
}

/** C++: `using a::b;` and `using namespace a::b;`. */
export function cppImports(text: string, form: ImportForm): Statement[] {
  if (form === 'include') return includes(text, form);
  const tokens = new Tokens(text);
  if (!tokens.take('using')) return [];
  if (tokens.take('namespace')) return [statement(form, tokens.path(':'), { wildcard: true })];
  tokens.take('typename');
  const path = tokens.path(':').replace(/^::/, '');
  const at = path.lastIndexOf('::');
  return at < 0 ? [] : [statement(form, path.slice(0, at), { names: [named(path.slice(at + 2))] })];
}

/** One import of Go: `name "path"`, `. "path"`, `_ "path"`. Without a name it goes by what its package calls itself. */
export function goImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text);
  const found = statement(form, '');
  if (tokens.take('.')) found.wildcard = true;
  else if (isWord(tokens.peek())) found.namespace = tokens.next();
  if (!isString(tokens.peek())) return [];
  found.specifier = unquoted(tokens.next());
  if (found.namespace === null && !found.wildcard) found.namespace = goPackage(found.specifier);
  if (found.namespace === '_') found.namespace = null;
  return [found];
}

/** By convention the last part of the path, without a version and the affixes of repositories. */
function goPackage(path: string): string {
  const parts = path.split('/');
  if (parts.length > 1 && /^v\d+$/.test(parts.at(-1) ?? '')) parts.pop();
  return (parts.pop() ?? '').replace(/\.v\d+$/, '').replace(/^go-|-go$|\.go$/g, '');
}

/**
 * Java, Kotlin, Scala 2's simple form, Dart's and Groovy's kin: `import static a.b.C.d;`, `import a.b.*`,
 * `import a.b.C as D`. The specifier is the package or class, the last part the name.
 */
export function dottedImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text);
  if (!tokens.take('import')) return [];
  tokens.take('static');
  const parts: string[] = [];
  let wildcard = false;
  while (!tokens.done) {
    if (isWord(tokens.peek())) parts.push(tokens.next());
    if (!tokens.take('.')) break;
    if (tokens.take('*')) wildcard = true;
  }
  if (parts.length === 0) return [];
  if (wildcard) return [statement(form, parts.join('.'), { wildcard })];
  const name = parts.pop() ?? '';
  return [
    statement(form, parts.join('.'), { names: [named(name, tokens.take('as') ? tokens.next() : name)] }),
  ];
}
