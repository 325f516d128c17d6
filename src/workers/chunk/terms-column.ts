import { termsColumn } from '../../shared/terms.js';
import type { Chunk } from './definition.js';

/**
 * Search terms of a chunk, separated by blanks: those of its text, then those of its names. What it is called and
 * what it defines are added twice, the names around it once, so that a name counts about twice more than a mention.
 */
export function termsOfChunk(
  { name, scope, symbols }: Pick<Chunk, 'name' | 'scope' | 'symbols'>,
  text: string,
): string {
  const defined = symbols.includes(name) ? '' : name;
  const names = `${defined} ${symbols.join(' ')}`;
  const added = termsColumn(`${names} ${names} ${scope}`);
  const terms = termsColumn(text);
  return terms === '' || added === '' ? terms + added : `${terms} ${added}`;
}
