import { detectLanguage, languageOf } from './languages.js';
import type { SyntaxResult, SyntaxTask } from './messages.js';
import { withMatches } from './parser.js';

/** Characters of a text's beginning that may tell its language. */
const languageHead = 16_384;

/** Tells whether a text parses. */
export async function syntaxOfText({ path, text, parseDeadlineMs }: SyntaxTask): Promise<SyntaxResult> {
  const language = detectLanguage(path, Buffer.from(text.slice(0, languageHead)));
  const parsed = await withMatches(
    languageOf(language),
    text,
    parseDeadlineMs,
    (_matches, hasError) => !hasError,
  );
  return { language, valid: 'failure' in parsed ? null : parsed.value };
}
