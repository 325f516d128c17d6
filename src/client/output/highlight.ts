import { termsOf } from '../../shared/terms.js';

const identifier = /[\p{L}\p{M}\p{N}_$]+/gu;
// Parts of an identifier as terms.ts splits it: "HTTPServer" into HTTP and Server, "URLs" not at all.
const part = /\p{Lu}{2,}s(?!\p{Ll})|\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{N}+/gu;

/**
 * Paints the words of a line that match the terms of a query: whole identifiers where the whole matches, otherwise
 * those of its parts that do ("User" in "getUserName").
 */
export function highlight(line: string, terms: ReadonlySet<string>, paint: (text: string) => string): string {
  if (terms.size === 0) return line;
  return line.replace(identifier, (word) => {
    const parts = word.match(part) ?? [];
    if (parts.length > 1 && terms.has(parts.join('').toLowerCase())) return paint(word);
    return word.replace(part, (one) => (termsOf(one).some((term) => terms.has(term)) ? paint(one) : one));
  });
}
