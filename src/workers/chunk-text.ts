import { definitionsOf } from './chunk/captures.js';
import type { Chunk } from './chunk/definition.js';
import { layout, layoutLines } from './chunk/layout.js';
import { recoverFunctions } from './chunk/recover.js';
import { scannedDefinitions } from './chunk/scanned.js';
import { Source } from './chunk/source.js';
import { servedByCtags } from './ctags/languages.js';
import type { CtagsProgram } from './ctags/program.js';
import { tagText } from './ctags/tag-text.js';
import { languageOf } from './languages.js';
import { packOutline } from './outline/compact.js';
import type { Outline } from './outline/contract.js';
import { outlineOf } from './outline/extract.js';
import { withMatches } from './parser.js';

export interface ChunkedText {
  source: Source;
  chunks: Chunk[];
  /** Why the chunks are by lines although there is a grammar or Universal Ctags, else null. */
  fallback: string | null;
  /** The packed outline (outline/compact.ts); null if it was not wanted, has nothing in it, or there is no syntax. */
  outline: Uint8Array | null;
}

/**
 * The chunks of a text: in the text's order, apart from each other, and every line that is not blank in one of them.
 *
 * @param languageId id of languages.ts; an unknown one is plain text
 * @param options `mode` as in a DeriveTask; `deadlineMs` the time that parsing may take; `outline`: make that as well,
 *   from the same parse; `ctags` serves languages without a grammar
 */
export async function chunkText(
  languageId: string,
  text: string,
  options: {
    mode: 'syntax' | 'lines';
    deadlineMs: number;
    outline?: boolean;
    ctags?: CtagsProgram | undefined;
  },
): Promise<ChunkedText> {
  const source = new Source(text);
  const language = languageOf(languageId);
  const { by } = language.outline;
  const plain = { source, fallback: null, outline: null };
  if (options.mode === 'lines') return { ...plain, chunks: layoutLines(source) };
  const { ctags } = options;
  if (servedByCtags(ctags, language.id)) {
    const tagged = await tagText(ctags, language.id, source, options.deadlineMs);
    if ('failure' in tagged) return { ...plain, chunks: layoutLines(source), fallback: tagged.failure };
    const { definitions } = tagged;
    const outline = options.outline ? packed(tagged.outline(), source) : null;
    return {
      ...plain,
      chunks: definitions.length === 0 ? layoutLines(source) : layout(source, definitions),
      outline,
    };
  }
  if (by !== 'grammar') {
    const definitions = scannedDefinitions(source, by);
    const chunks = definitions.length === 0 ? layoutLines(source) : layout(source, definitions, 'section');
    return { ...plain, chunks };
  }
  const found = await withMatches(
    language,
    source.text,
    options.deadlineMs,
    (matches, hasError, references) => {
      const recover =
        hasError && (language.id === 'c' || language.id === 'cpp') ? recoverFunctions : undefined;
      const definitions = definitionsOf(source, matches, recover);
      const all = { definitions: matches, references };
      return {
        definitions,
        outline: options.outline ? packed(outlineOf(language.id, source, all, definitions), source) : null,
      };
    },
    options.outline ? 'outline' : 'definitions',
  );
  if ('failure' in found) return { ...plain, chunks: layoutLines(source), fallback: found.failure };
  const { definitions, outline } = found.value;
  return { ...plain, chunks: layout(source, definitions), outline };
}

function packed(outline: Outline, source: Source): Uint8Array | null {
  const { module, definitions, references, imports } = outline;
  const isEmpty = module === null && definitions.length + references.length + imports.length === 0;
  return isEmpty ? null : packOutline(outline, (line) => source.lines(line - 1, line - 1));
}
