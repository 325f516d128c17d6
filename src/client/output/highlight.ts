import { termsOf } from '../../shared/terms.js';

const identifier = /[\p{L}\p{N}_$]+/gu;

/**
 * Paints the words of a line that match the terms of a query: whole identifiers where the whole matches, otherwise
 * those of its parts that do ("user" in "getUserName").
 */
export function highlight(line: string, terms: ReadonlySet<string>, paint: (text: string) => string): string {
  if (terms.size === 0) return line;
  return line.replace(identifier, (word) => {
    if (terms.has(word.toLowerCase())) return paint(word);
    const matching = termsOf(word).filter((term) => terms.has(term));
    return matching.length === 0 ? word : paintParts(word, matching, paint);
  });
}

function paintParts(word: string, parts: string[], paint: (text: string) => string): string {
  const lower = word.toLowerCase();
  // Lower case can be longer than the word (U+0130); then positions do not carry over.
  if (lower.length !== word.length) return word;
  let result = '';
  let from = 0;
  for (const part of parts) {
    const at = lower.indexOf(part, from);
    if (at < 0) continue;
    result += word.slice(from, at) + paint(word.slice(at, at + part.length));
    from = at + part.length;
  }
  return result + word.slice(from);
}
