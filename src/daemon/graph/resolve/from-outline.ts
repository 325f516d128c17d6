import type { Outline, OutlineDefinition, OutlineImport } from '../../../workers/outline/contract.js';
import type { Import } from './contract.js';
import type { Declared } from './declarations.js';

/** The imports of an outline as resolution takes them. */
export function importsOf({ imports, definitions }: Outline, language: string): Import[] {
  const modules = language === 'rust' ? definitions.filter(({ kind }) => kind === 'module') : [];
  return imports.map((written) => {
    const { specifier, form, line } = written;
    const scope = modules.filter(({ startLine, endLine }) => startLine <= line && line <= endLine);
    const imported = { specifier, form, line, names: namesOf(written, language) };
    return scope.length === 0 ? imported : { ...imported, scope: scope.map(({ name }) => name) };
  });
}

function namesOf(written: OutlineImport, language: string): string[] {
  const names = written.names.map(({ name }) => name);
  if (written.default !== null) names.unshift('default');
  // `use a::{self, b}`; alone, the module needs no name.
  if (language === 'rust' && written.namespace !== null && names.length > 0) names.unshift('self');
  if (written.wildcard) names.push('*');
  return names;
}

/** Between the parts of a declared name, for the languages that are resolved by such names. */
const separators: Readonly<Record<string, string>> = {
  java: '.',
  kotlin: '.',
  scala: '.',
  groovy: '.',
  csharp: '.',
  fsharp: '.',
  php: '\\',
  elixir: '.',
  haskell: '.',
  cpp: '::',
  rust: '::',
};
/** Languages whose nested modules are not packages to others. */
const withoutPackages = new Set(['rust']);

/** What a file declares for others to import; null for languages that are resolved by paths. */
export function declaredBy({ module, definitions }: Outline, language: string): Declared | null {
  const separator = separators[language];
  if (separator === undefined) return null;
  const packages = new Set(module === null ? [] : [module]);
  const names = new Set<string>();
  for (const definition of definitions) {
    const holders = holdersOf(definition, definitions);
    if (holders === null) continue;
    if (definition.kind === 'module') packages.add(fullName(definition, holders, module, separator));
    if (definition.kind !== 'module' || withoutPackages.has(language)) names.add(definition.name);
  }
  return { packages: withoutPackages.has(language) ? [] : [...packages], names };
}

/** The modules around a definition, outermost first; null if something else is around it. */
function holdersOf(definition: OutlineDefinition, all: readonly OutlineDefinition[]): string[] | null {
  const holders: string[] = [];
  for (let at = all[definition.parent]; at !== undefined; at = all[at.parent]) {
    if (at.kind !== 'module') return null;
    holders.unshift(at.name);
  }
  return holders;
}

/** Nested ones are named within what is around them, unless they are written out in full. */
function fullName(
  { name }: OutlineDefinition,
  holders: readonly string[],
  module: string | null,
  separator: string,
): string {
  const around = holders.length > 0 ? holders.join(separator) : module;
  if (around === null || around === '' || name === module || name.startsWith(around + separator)) return name;
  return around + separator + name;
}
