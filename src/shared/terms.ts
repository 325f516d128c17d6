/**
 * How text becomes search terms: one implementation for index time (workers) and query time (daemon).
 * Pure; no IO.
 */

const identifier = /[\p{L}_$][\p{L}\p{N}_$]*|\p{N}+/gu;
const part = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}]+|\p{N}+/gu;

/** Lower-case terms of a text in order, with repeats: parts of identifiers, and compound identifiers whole. */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const word of text.match(identifier) ?? []) {
    const parts = word.match(part) ?? [];
    for (const one of parts) if (one.length > 1 && one.length <= 24) terms.push(one.toLowerCase());
    if (parts.length > 1 && word.length <= 64) terms.push(word.toLowerCase());
  }
  return terms;
}
