import type { Found, LanguageRules, Project } from '../contract.js';
import { type DeclaredStyle, declaring } from '../declared.js';
import { folderOf, sharedFolders } from '../paths.js';
import { byEnding, endsWithPath, external, found, inFiles, lesser } from '../targets.js';

const style: DeclaredStyle = {
  separator: '.',
  endings: ['.hs', '.lhs', '.hsc', '.hs-boot', '.x', '.y'],
  fileNamesBind: true,
  manyFiles: false,
};

/** Haskell: a module lies in the file of its name, below some source folder of its package. */
export const haskellRules: LanguageRules = {
  resolve({ specifier }, from, project) {
    const files = moduleFiles(specifier, from.path, project);
    return files ? inFiles(files) : external(specifier, specifier === 'Prelude' ? 'exact' : 'name');
  },

  provided({ specifier }, from, other) {
    const files = specifier === 'Main' ? null : moduleFiles(specifier, from.path, other);
    return files && { ...files, certainty: lesser(files.certainty, 'convention') };
  },
};

function moduleFiles(specifier: string, from: string, project: Project): Found | null {
  const path = specifier.replaceAll('.', '/');
  const declared = declaring(project, specifier, style).filter((file) => file !== from);
  const placed = declared.filter((file) => style.endings.some((ending) => endsWithPath(file, path + ending)));
  const candidates = placed.length > 0 ? placed : declared;
  if (candidates.length === 1) return found(candidates, 'exact');
  if (candidates.length > 1) return nearestOnes(candidates, from);
  for (const ending of style.endings) {
    const files = byEnding(project, path + ending, folderOf(from), ['src', 'lib', 'test', 'app', '']);
    if (files) return files;
  }
  return null;
}

/** Of modules of one name (each program has its `Main` and `Utils`), those of the same package are meant. */
function nearestOnes(files: readonly string[], from: string): Found {
  const distance = Math.max(...files.map((file) => sharedFolders(file, from)));
  const near = files.filter((file) => sharedFolders(file, from) === distance);
  return near.length === 1 && distance > 0 ? found(near, 'convention') : found(files, 'name');
}
