/** Languages that `mended` knows something of. */
const mendable = new Set(['typescript', 'tsx']);

/**
 * The text in words that the language's grammar understands, where it fails on code that the language allows. Every
 * character keeps its place, and lines stay lines, so that the syntax tree of the one is that of the other.
 *
 * - `export type * from './a'`: without `type`;
 * - an overload in an interface that begins with `<` after one that ends without a semicolon: with one, in place of the
 *   blank before it (not where JSX may be meant).
 *
 * @param languageId id of languages.ts
 * @returns null if there is nothing to mend
 */
export function mended(languageId: string, text: string): string | null {
  if (!mendable.has(languageId)) return null;
  let found = text.replace(/^(\s*export )type(\s*\*)/gm, '$1    $2');
  if (languageId !== 'tsx') found = found.replace(/([\w$>)\]}'"]\s*\n[ \t]*)[ \t](?=<)/g, '$1;');
  return found === text ? null : found;
}
