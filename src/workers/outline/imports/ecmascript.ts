import type { ImportedName, ImportForm } from '../contract.js';
import { named, type Statement, statement } from './statement.js';
import { isString, isWord, Tokens, unquoted } from './tokens.js';

/** Imports of JavaScript and TypeScript: `import`, `export … from`, `import(…)`, `require(…)`, `import a = b.c`. */
export function ecmascriptImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text);
  switch (form) {
    case 'static':
    case 'use':
      return staticImport(tokens);
    case 'reexport':
      return reexport(tokens);
    default:
      return callImport(tokens, form);
  }
}

function staticImport(tokens: Tokens): Statement[] {
  if (!tokens.take('import')) return [];
  const found = statement('static', '');
  skipType(tokens);
  if (isWord(tokens.peek()) && !(tokens.peek() === 'from' && isString(tokens.peek(1)))) {
    found.default = tokens.next();
    if (tokens.take('=')) return equalsImport(tokens, found.default);
  }
  tokens.take(',');
  if (tokens.take('*')) {
    if (tokens.take('as')) found.namespace = tokens.next();
  } else if (tokens.take('{')) takeNames(found, tokens);
  tokens.take('from');
  return withSpecifier(found, tokens);
}

/** `import type { A }` but not `import type from './type'`, `import type, { A }`. */
function skipType(tokens: Tokens): void {
  const word = tokens.peek();
  if (word !== 'type' && word !== 'typeof' && word !== 'defer' && word !== 'source') return;
  const after = tokens.peek(1);
  if (after === ',' || after === '=' || (after === 'from' && isString(tokens.peek(2)))) return;
  tokens.next();
}

function equalsImport(tokens: Tokens, name: string): Statement[] {
  if (tokens.take('require')) {
    tokens.take('(');
    return isString(tokens.peek())
      ? [statement('require', unquoted(tokens.next()), { namespace: name })]
      : [];
  }
  const specifier = tokens.path('.');
  return specifier === '' ? [] : [statement('use', specifier, { namespace: name })];
}

function reexport(tokens: Tokens): Statement[] {
  if (!tokens.take('export')) return [];
  const found = statement('reexport', '');
  skipType(tokens);
  if (tokens.take('*')) {
    if (tokens.take('as')) found.namespace = unquoted(tokens.next());
    else found.wildcard = true;
  } else if (tokens.take('{')) takeNames(found, tokens);
  tokens.take('from');
  return withSpecifier(found, tokens);
}

/** `{ a, b as c, type d, default as e, "f" as g }`; a default goes to its own place. */
function takeNames(found: Statement, tokens: Tokens): void {
  for (const { name, alias } of namesUntil(tokens, 'as')) {
    if (name === 'default' && found.form === 'static') found.default = alias;
    else found.names.push(named(name, alias));
  }
}

function namesUntil(tokens: Tokens, as: string): ImportedName[] {
  const names: ImportedName[] = [];
  while (!tokens.done && !tokens.take('}')) {
    if (tokens.peek() === 'type' && !/^(?:,|\}|as)$/.test(tokens.peek(1))) tokens.next();
    const name = unquoted(tokens.next());
    const alias = tokens.take(as) ? unquoted(tokens.next()) : name;
    // `{ a = 1 }` of a destructuring, `{ a: { b } }`: no more than the outer name counts.
    let depth = 0;
    while (!tokens.done && (depth > 0 || (tokens.peek() !== ',' && tokens.peek() !== '}'))) {
      const token = tokens.next();
      if (token === '{' || token === '(' || token === '[') depth++;
      else if (token === '}' || token === ')' || token === ']') depth--;
    }
    tokens.take(',');
    if (isWord(name)) names.push(named(name, isWord(alias) ? alias : name));
  }
  return names;
}

function withSpecifier(found: Statement, tokens: Tokens): Statement[] {
  if (!isString(tokens.peek())) return [];
  return [{ ...found, specifier: unquoted(tokens.next()) }];
}

/** `x = require('y')`, `{ a, b: c } = require('y')`, `x = await import('y')`, or the call alone. */
function callImport(tokens: Tokens, form: ImportForm): Statement[] {
  const found = statement(form, '');
  if (tokens.take('{')) found.names = namesUntil(tokens, ':');
  else if (tokens.peek(1) === '=' || tokens.peek(1) === ':') found.namespace = tokens.next();
  while (!tokens.done) {
    const token = tokens.next();
    if ((token === 'require' || token === 'import') && tokens.take('(')) return withSpecifier(found, tokens);
  }
  return [];
}
