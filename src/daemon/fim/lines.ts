import type { AroundResult } from '../../workers/messages.js';

/** What the syntax tree says of the place of a cursor. */
export type SyntaxAround = NonNullable<AroundResult>;

/** Ends of lines behind which a block begins. */
const opener = /([{([]|=>|->|\b(do|then|else|begin|try|of|where))$/;
/** In these a colon at the end of a line opens a block. */
const colonLanguages = new Set(['python', 'yaml', 'nim', 'gdscript', 'starlark']);

/**
 * Whether one line is completed or several. Code behind the cursor in its line means one; the empty line of a block, or the
 * end of a line that opens one, several.
 * @param syntax null: not known; the text alone decides
 */
export function linesWanted(
  { prefix, suffix, language }: { prefix: string; suffix: string; language: string },
  syntax: SyntaxAround | null,
): 'single' | 'multiple' {
  const rest = /^[^\n]*/.exec(suffix)?.[0].trim() ?? '';
  if (rest !== '' && !/^[)\]}>;,"'`]+$/.test(rest)) return 'single';
  const lineStart = prefix.lastIndexOf('\n') + 1;
  const line = prefix.slice(lineStart).trim();
  if (syntax?.inText) return 'single';
  if (syntax?.inEmptyBlock) return 'multiple';
  const opens = (text: string) => opener.test(text) || (colonLanguages.has(language) && text.endsWith(':'));
  if (line !== '') return rest === '' && opens(line) ? 'multiple' : 'single';
  if (rest !== '') return 'single';
  if (syntax) return syntax.atStatement ? 'multiple' : 'single';
  const isIndented = prefix.length > lineStart;
  return isIndented || opens(lineBefore(prefix, lineStart)) ? 'multiple' : 'single';
}

function lineBefore(prefix: string, lineStart: number): string {
  const above = prefix.slice(0, lineStart).trimEnd();
  return above.slice(above.lastIndexOf('\n') + 1);
}
