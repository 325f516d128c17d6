import type { ImportForm } from '../contract.js';
import { named, type Statement, statement } from './statement.js';
import { isWord, Tokens } from './tokens.js';

/** Imports of Python: `import a.b as c, d`, `from ..a import b as c`, `from a import *`. */
export function pythonImports(text: string, form: ImportForm): Statement[] {
  const tokens = new Tokens(text.replace(/#.*|\\\n/g, ''));
  if (tokens.take('import')) return modules(tokens, form);
  if (!tokens.take('from')) return [];
  const specifier = moduleName(tokens);
  if (!tokens.take('import') || specifier === '') return [];
  const found = statement(form, specifier);
  tokens.take('(');
  if (tokens.take('*')) found.wildcard = true;
  while (isWord(tokens.peek())) {
    const name = tokens.next();
    found.names.push(named(name, tokens.take('as') ? tokens.next() : name));
    tokens.take(',');
  }
  return [found];
}

/** A path of names; the word `import` ends it. */
function moduleName(tokens: Tokens): string {
  let name = '';
  while (
    !tokens.done &&
    tokens.peek() !== 'import' &&
    tokens.peek() !== 'as' &&
    /^[\w.\u0080-\uffff]/.test(tokens.peek())
  )
    name += tokens.next();
  return name;
}

/** `import a.b` makes `a` known, and `a.b` through it; with `as`, the module itself has the alias. */
function modules(tokens: Tokens, form: ImportForm): Statement[] {
  const found: Statement[] = [];
  while (!tokens.done) {
    const specifier = moduleName(tokens);
    if (specifier === '') break;
    found.push(statement(form, specifier, { namespace: tokens.take('as') ? tokens.next() : specifier }));
    tokens.take(',');
  }
  return found;
}
