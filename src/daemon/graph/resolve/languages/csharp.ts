import type { LanguageRules, Project } from '../contract.js';
import { bindEach, type DeclaredStyle, declaredPlace, ownPackages, type Place } from '../declared.js';
import { isAside } from '../paths.js';
import { external, inFiles, lesser, unresolved } from '../targets.js';

const style: DeclaredStyle = {
  separator: '.',
  endings: ['.cs', '.csx', '.vb', '.fs', '.razor'],
  fileNamesBind: false,
  manyFiles: true,
};
const framework = /^(System|Microsoft|Windows)(\.|$)/;

/** C# and its relatives: `using` names a namespace, of all files that declare it, or a type. */
export const csharpRules: LanguageRules = {
  place: ownPackages,

  resolve(imported, from, project) {
    const parts = partsOf(imported.specifier);
    if (parts.length === 0) return unresolved('dynamic');
    const own = project.declarations.packagesOf(from.path);
    // Libraries fill gaps of older frameworks with types in its namespaces.
    if (parts[0] === 'System' && !own.some((name) => framework.test(name)))
      return external(parts.join('.'), 'exact');
    const target = bindEach(imported, parts, (name) => place(name, from.path, project));
    if (target !== null && target !== 'missing') return inFiles(target);
    // A namespace around it that is declared here proves nothing: packages share their first parts.
    return external(parts.join('.'), framework.test(parts.join('.')) ? 'exact' : 'name');
  },

  provided(imported, from, other) {
    const parts = partsOf(imported.specifier);
    if (parts[0] === 'System') return null;
    const target = bindEach(imported, parts, (name) => declaredPlace(other, name, style, from.path));
    if (target === null || target === 'missing' || target.paths.every(isAside)) return null;
    return { ...target, certainty: lesser(target.certainty, 'convention') };
  },
};

function partsOf(specifier: string): string[] {
  return specifier
    .replace(/^global::/, '')
    .replace(/<.*$/, '')
    .split('.')
    .filter(Boolean);
}

/** A whole name, or one that begins in a namespace around the file. */
function place(parts: readonly string[], path: string, project: Project): Place | 'missing' | null {
  const whole = declaredPlace(project, parts, style, path);
  if (whole !== null && whole !== 'missing') return whole;
  for (const own of project.declarations.packagesOf(path)) {
    const around = own.split('.');
    for (let end = around.length; end > 0; end--) {
      const name = [...around.slice(0, end), ...parts];
      const inner = declaredPlace(project, name, style, path);
      if (inner !== null && inner !== 'missing' && inner.symbols.length < parts.length) {
        return { ...inner, certainty: lesser(inner.certainty, 'convention') };
      }
    }
  }
  return whole;
}
