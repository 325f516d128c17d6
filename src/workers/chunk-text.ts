import { definitionsOf } from './chunk/captures.js';
import type { Chunk } from './chunk/definition.js';
import { layout, layoutLines } from './chunk/layout.js';
import { recoverFunctions } from './chunk/recover.js';
import { scannedDefinitions } from './chunk/scanned.js';
import { Source } from './chunk/source.js';
import { languageOf } from './languages.js';
import { withMatches } from './parser.js';

export interface ChunkedText {
  source: Source;
  chunks: Chunk[];
  /** Why the chunks are by lines although there is a grammar, else null. */
  fallback: string | null;
}

/**
 * The chunks of a text: in the text's order, apart from each other, and every line that is not blank in one of them.
 *
 * @param languageId id of languages.ts; an unknown one is plain text
 * @param options `mode` as in a DeriveTask; `deadlineMs` the time that parsing may take
 */
export async function chunkText(
  languageId: string,
  text: string,
  options: { mode: 'syntax' | 'lines'; deadlineMs: number },
): Promise<ChunkedText> {
  const source = new Source(text);
  const language = languageOf(languageId);
  const { by } = language.outline;
  if (options.mode === 'lines') return { source, chunks: layoutLines(source), fallback: null };
  if (by !== 'grammar') {
    const definitions = scannedDefinitions(source, by);
    const chunks = definitions.length === 0 ? layoutLines(source) : layout(source, definitions, 'section');
    return { source, chunks, fallback: null };
  }
  const found = await withMatches(language, source.text, options.deadlineMs, (matches, hasError) => {
    const recover = hasError && (language.id === 'c' || language.id === 'cpp') ? recoverFunctions : undefined;
    return definitionsOf(source, matches, recover);
  });
  if ('failure' in found) return { source, chunks: layoutLines(source), fallback: found.failure };
  return { source, chunks: layout(source, found.value), fallback: null };
}
