import type { ImportForm } from '../contract.js';
import { named, type Statement, statement } from './statement.js';
import { isWord, Tokens } from './tokens.js';

/**
 * Imports of Rust: `use a::{b, c as d, e::*}`, `pub use …` as a reexport, `extern crate a as b`, `mod a;`. Each path
 * of a tree is an import of its own: specifier `a` with the names `b` and `c`, specifier `a::e` with a wildcard.
 */
export function rustImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text.replace(/^(?:\s*#!?\[[^\]]*\])+/, ''));
  const isPublic = tokens.take('pub');
  if (isPublic && tokens.take('(')) while (!tokens.done && !tokens.take(')')) tokens.next();
  if (tokens.take('mod')) return [statement('include', tokens.next())];
  if (tokens.take('extern')) {
    tokens.take('crate');
    const name = tokens.next();
    return [statement(form, name, { namespace: tokens.take('as') ? tokens.next() : name })];
  }
  if (!tokens.take('use')) return [];
  const found = new Map<string, Statement>();
  tree(tokens, '', { found, form: isPublic ? 'reexport' : form });
  return [...found.values()];
}

interface Into {
  found: Map<string, Statement>;
  form: ImportForm;
}

function tree(tokens: Tokens, prefix: string, into: Into): void {
  let path = prefix;
  let last = '';
  while (!tokens.done) {
    if (tokens.take('{')) {
      while (!tokens.done && !tokens.take('}')) {
        tree(tokens, path, into);
        if (!tokens.take(',') && tokens.peek() !== '}') return;
      }
      return;
    }
    if (tokens.take('*')) {
      statementOf(path, into).wildcard = true;
      return;
    }
    if (isWord(tokens.peek())) last = tokens.next().replace(/^r#/, '');
    if (tokens.peek() === ':' && tokens.peek(1) === ':') {
      tokens.next();
      tokens.next();
      path = join(path, last);
      last = '';
      continue;
    }
    break;
  }
  if (last !== '') leaf(path, last, tokens.take('as') ? tokens.next() : last, into);
}

function leaf(path: string, name: string, alias: string, into: Into): void {
  if (name === 'self') {
    statementOf(path, into).namespace = alias === 'self' ? (path.split('::').at(-1) ?? path) : alias;
  } else if (path === '') {
    statementOf(name, into).namespace = alias;
  } else statementOf(path, into).names.push(named(name, alias));
}

const join = (path: string, name: string) => (path === '' ? name : `${path}::${name}`);

function statementOf(path: string, { found, form }: Into): Statement {
  const known = found.get(path) ?? statement(form, path);
  found.set(path, known);
  return known;
}
