import { definitionsOf } from '../chunk/captures.js';
import { recoverFunctions } from '../chunk/recover.js';
import { scannedDefinitions } from '../chunk/scanned.js';
import { Source } from '../chunk/source.js';
import { servedByCtags } from '../ctags/languages.js';
import type { CtagsProgram } from '../ctags/program.js';
import { tagText } from '../ctags/tag-text.js';
import { languageOf } from '../languages.js';
import { withMatches } from '../parser.js';
import type { Outline } from './contract.js';
import { outlineOf } from './extract.js';

/**
 * The outline of a text on its own, as of an unsaved buffer.
 *
 * @param languageId id of languages.ts; an unknown one is plain text, whose outline is empty
 * @param deadlineMs time that parsing may take
 * @param ctags serves languages without a grammar; absent: those have an outline without definitions
 * @returns why the outline is empty although there is a grammar in `fallback`, else null there
 */
export async function outlineText(
  languageId: string,
  text: string,
  deadlineMs: number,
  ctags?: CtagsProgram,
): Promise<{ outline: Outline; fallback: string | null }> {
  const source = new Source(text);
  const language = languageOf(languageId);
  const { id, outline } = language;
  const none = { definitions: [], references: [] };
  if (servedByCtags(ctags, id)) {
    const tagged = await tagText(ctags, id, source, deadlineMs);
    if (!('failure' in tagged)) return { outline: tagged.outline(), fallback: null };
    return { outline: outlineOf(id, source, none, []), fallback: tagged.failure };
  }
  if (outline.by !== 'grammar') {
    const sections = scannedDefinitions(source, outline.by);
    return { outline: outlineOf(id, source, none, sections), fallback: null };
  }
  const found = await withMatches(
    language,
    source.text,
    deadlineMs,
    (definitions, hasError, references) => {
      const recover = hasError && (id === 'c' || id === 'cpp') ? recoverFunctions : undefined;
      const all = definitionsOf(source, definitions, recover);
      return outlineOf(id, source, { definitions, references }, all);
    },
    'outline',
  );
  if ('failure' in found) return { outline: outlineOf(id, source, none, []), fallback: found.failure };
  return { outline: found.value, fallback: null };
}
