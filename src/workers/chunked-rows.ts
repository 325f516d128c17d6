import { termsOfChunk } from './chunk/terms-column.js';
import type { ChunkRow } from './chunk-rows.js';
import type { ChunkedText } from './chunk-text.js';

/** The rows of a content's chunks, in their order. */
export function rowsOf(
  key: string,
  language: string,
  { source, chunks }: Pick<ChunkedText, 'source' | 'chunks'>,
): ChunkRow[] {
  return chunks.map((chunk, ord) => {
    const { startLine, endLine, kind, name, scope } = chunk;
    const text = source.lines(startLine - 1, endLine - 1);
    const symbols = chunk.symbols.join(' ');
    const terms = termsOfChunk(chunk, text);
    return { key, ord, startLine, endLine, language, kind, name, scope, symbols, text, terms };
  });
}
