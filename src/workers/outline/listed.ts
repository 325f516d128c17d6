/**
 * Names listed by an export statement: `export { a, b as c }`, `module.exports = { a, b }`, `__all__ = ['a']`, a header's
 * `(a, T(..))`. The name `..` stands for all.
 */
export function namesListed(text: string): string[] {
  const shown = text.slice(0, maxListed).replace(/\/\*[\s\S]*?\*\/|\/\/.*|#.*/g, '');
  const single = /^(?:export\s+default|export\s*=|module\.exports\s*=)\s*([\w$]+)\s*;?\s*$/.exec(shown);
  if (single?.[1]) return [single[1]];
  const member = /^(?:module\.)?exports\.[\w$]+\s*=\s*([\w$]+)\s*;?\s*$/.exec(shown);
  if (member?.[1]) return [member[1]];
  if (shown.startsWith('__all__'))
    return [...shown.matchAll(/(["'])(\w+)\1/g)].map((found) => found[2] as string);
  const header = /^(?:exposing\s*)?\(([\s\S]*)\)\s*$/.exec(shown);
  if (header?.[1] !== undefined) return headerNames(header[1]);
  const open = shown.indexOf('{');
  return open < 0 ? [] : topNames(shown.slice(open + 1));
}

const maxListed = 20_000;

/** Of `a, b as c, d: e, f() {}` the names that stand for themselves or are given another: a, b, e. */
function topNames(text: string): string[] {
  return topParts(text).flatMap((entry) => {
    const found = /^\s*(?:type\s+)?([\w$]+)\s*(?:as\s+[\w$'"]+|:\s*([\w$]+))?\s*$/.exec(entry);
    if (found) return [found[2] ?? (found[1] as string)];
    const method = /^\s*(?:async\s*)?\*?\s*([\w$]+)\s*(?:\(|:\s*(?:async\b|function\b|\())/.exec(entry);
    return method ? [method[1] as string] : [];
  });
}

/** What commas part, outside of brackets, up to the bracket that closes the text. */
function topParts(text: string): string[] {
  const names: string[] = [];
  let depth = 0;
  let part = '';
  for (const sign of text) {
    if (sign === '{' || sign === '(' || sign === '[') depth++;
    else if (sign === '}' || sign === ')' || sign === ']') depth--;
    if (depth < 0) break;
    if (depth === 0 && sign === ',') {
      names.push(part);
      part = '';
    } else part += sign;
  }
  names.push(part);
  return names;
}

/** `f, T(..), (<+>), module X` lists f, T, <+>. */
function headerNames(text: string): string[] {
  if (text.trim() === '..') return ['..'];
  return topParts(text).flatMap((part) => {
    const name = /^\s*(?:type\s+|pattern\s+)?(?:\(\s*([^\s()]+)\s*\)|([\w']+)(?!\s+[\w.]))/.exec(part);
    return name ? [(name[1] ?? name[2]) as string] : [];
  });
}
