import type { Language } from '../language-table.js';

/** Grammars share queries that are not those of their definitions. */
const shared: Readonly<Record<string, readonly string[]>> = {
  javascript: ['ecmascript', 'jsx', 'javascript'],
  typescript: ['ecmascript', 'typescript'],
  tsx: ['ecmascript', 'jsx', 'typescript'],
};

/** Folders of grammars/ whose references.scm, where there is one, belongs to a language, in order. */
export function referenceQueries({ id, outline }: Language): readonly string[] {
  if (outline.by !== 'grammar') return [];
  return shared[id] ?? outline.queries;
}
