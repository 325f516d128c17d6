import { taggedLanguage } from '../../workers/ctags/languages.js';
import { languageOf, resolveLanguage } from '../../workers/languages.js';

/** Language identifiers of LSP (3.17, TextDocumentItem) that are no names of the language table. */
const others: Readonly<Record<string, string>> = {
  typescriptreact: 'tsx',
  javascriptreact: 'javascript',
  shellscript: 'bash',
  'git-commit': 'text',
  'git-rebase': 'text',
  jade: 'text',
  plaintext: 'text',
  bat: 'batch',
  coffeescript: 'text',
};

/** The language that a client means, in the table's words; null if the table has none of that name. Pure. */
export function languageOfClient(languageId: string): string | null {
  const id = languageId.toLowerCase();
  return others[id] ?? resolveLanguage(id) ?? null;
}

/** Whether outlines of a language are of its syntax: those of others have headings at most. Pure. */
export function hasSyntax(language: string): boolean {
  return languageOf(language).outline.by === 'grammar' || taggedLanguage(language) !== undefined;
}
