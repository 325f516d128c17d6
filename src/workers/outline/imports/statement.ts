import type { ImportedName, ImportForm, OutlineImport } from '../contract.js';

/** An import as its statement says it; the line is added by who knows where the statement is. */
export interface Statement extends Omit<OutlineImport, 'line'> {
  /** Lines between the start of the statement and the import; none if left out. */
  offset?: number;
}

/** An import without names, but for what `more` says. */
export function statement(form: ImportForm, specifier: string, more: Partial<Statement> = {}): Statement {
  return { form, specifier, names: [], default: null, namespace: null, wildcard: false, ...more };
}

/** A name that is imported, under another if `alias` is given. */
export function named(name: string, alias = name): ImportedName {
  return { name, alias };
}
