import type { Chunk, Definition, Piece } from './definition.js';

/** Names beyond this many in one chunk are left out: only generated code has them. */
const maxSymbols = 400;

/** Turns pieces into chunks: each gets the names of the definitions whose name stands in it. */
export function withSymbols(pieces: Piece[], definitions: Definition[]): Chunk[] {
  const chunks = pieces.map(({ from, to, kind, name, scope }): Chunk => {
    return { startLine: from + 1, endLine: to + 1, kind, name, scope, symbols: [] };
  });
  const named = definitions.filter(isSymbol);
  named.sort((a, b) => a.nameLine - b.nameLine);
  let at = 0;
  for (const { name, nameLine } of named) {
    while (at < chunks.length && (chunks[at] as Chunk).endLine <= nameLine) at++;
    const chunk = chunks[at];
    if (!chunk) break;
    if (chunk.startLine > nameLine + 1 || chunk.symbols.length >= maxSymbols) continue;
    if (!chunk.symbols.includes(name)) chunk.symbols.push(name);
  }
  return chunks;
}

/** Titles of several words and tags of markup name no definition. */
const isSymbol = ({ kind, name }: Definition) => name !== '' && kind !== 'element' && !/\s/.test(name);
