import type { Source } from '../chunk/source.js';
import type { Outline } from '../outline/contract.js';
import { type TaggedDefinition, taggedDefinitions } from './definitions.js';
import { taggedLanguage } from './languages.js';
import { taggedOutline } from './outline.js';
import type { CtagsProgram } from './program.js';
import { taggerFor } from './tagger.js';

export interface TaggedText {
  definitions: TaggedDefinition[];
  outline(): Outline;
}

/**
 * What Universal Ctags finds in a text, or why it found nothing.
 *
 * @param language id of language-table.ts that the program serves
 * @param deadlineMs time that it may take
 */
export async function tagText(
  program: CtagsProgram,
  language: string,
  source: Source,
  deadlineMs: number,
): Promise<TaggedText | { failure: string }> {
  const answer = await taggerFor(program).tagsOf(language, source.text, deadlineMs);
  if ('failure' in answer) return answer;
  const definitions = taggedDefinitions(source, language, answer.tags);
  const docs = taggedLanguage(language)?.docs ?? 'none';
  return { definitions, outline: () => taggedOutline(source, definitions, docs) };
}
