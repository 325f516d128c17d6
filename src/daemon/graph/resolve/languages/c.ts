import type { Found, Import, Importer, LanguageRules, Project, Target } from '../contract.js';
import { bindEach, type DeclaredStyle, declaredPlace } from '../declared.js';
import { folderOf, foldersUp, joinPath } from '../paths.js';
import { byEnding, external, found, inFiles, lesser, unresolved } from '../targets.js';

const standardHeaders = new Set(
  (
    'assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic ' +
    'stdbool stddef stdint stdio stdlib stdnoreturn string strings tgmath threads time uchar wchar wctype unistd ' +
    'fcntl pthread dirent dlfcn poll netdb pwd grp syslog termios regex getopt alloca malloc memory sched semaphore ' +
    'utime libgen glob fnmatch wordexp iconv langinfo search spawn ucontext windows winsock2 ws2tcpip io process ' +
    'immintrin xmmintrin emmintrin smmintrin nmmintrin arm_neon cpuid'
  )
    .split(' ')
    .map((name) => `${name}.h`),
);
const standardFolders = /^(sys|netinet|arpa|net|linux|asm|bits|mach|machine|gnu)\//;
/** Headers of C++ have no ending. */
const isStandard = (path: string) =>
  standardHeaders.has(path) || standardFolders.test(path) || /^[a-z_0-9]+$/.test(path);

/**
 * C, C++ and Objective-C: beside the including file, then below include folders. Which those are is the build's
 * knowledge; here any folder counts under which the path exists.
 */
export const cRules: LanguageRules = {
  resolve(imported, from, project) {
    const { specifier } = imported;
    if (imported.form === 'use') return usedNamespace(imported, from, project);
    const angled = specifier.startsWith('<');
    const path = specifier
      .replace(/^[<"]|[>"]$/g, '')
      .replaceAll('\\', '/')
      .trim();
    if (!/^[\w.+~@ /-]+$/.test(path) || /^[A-Z_][A-Z0-9_]*$/.test(path)) return unresolved('dynamic');
    const folder = folderOf(from.path);
    const beside = angled ? null : joinPath(folder, path);
    if (beside !== null && project.has(beside)) return inFiles(found([beside], 'exact'));
    if (path.startsWith('/')) return unresolved('outside');
    if (angled && isStandard(path)) return external(path, 'exact');
    const files = inIncludeFolders(project, path, folder, from.path);
    if (files) return inFiles(files);
    if (isStandard(path)) return external(path, 'exact');
    return angled || !isOwn(project, path) ? external(path, 'name') : unresolved('missing', 'name');
  },

  provided({ specifier, form }, _from, other) {
    if (form === 'use') return null;
    const path = specifier.replace(/^[<"]|[>"]$/g, '');
    // A header's bare name says too little about whose it is.
    if (!path.includes('/') || path.includes('..') || isStandard(path)) return null;
    const files = inIncludeFolders(other, path, '', '');
    return files && { ...files, certainty: 'name' };
  },
};

const namespaces: DeclaredStyle = {
  separator: '::',
  endings: ['.h', '.hh', '.hpp', '.hxx', '.h++', '.cpp', '.cc', '.cxx', '.ipp', '.inl', '.cu', '.cuh', '.mm'],
  fileNamesBind: false,
  manyFiles: true,
};

/** `using a::b` and `using namespace a::b` of C++: a namespace may be in any file, so that names are all there is. */
function usedNamespace(imported: Import, from: Importer, project: Project): Target {
  const parts = imported.specifier.split('::').filter(Boolean);
  const files = bindEach(imported, parts, (name) => declaredPlace(project, name, namespaces, from.path));
  if (files !== null && files !== 'missing') {
    return inFiles({ ...files, certainty: lesser(files.certainty, 'convention') });
  }
  const [first = ''] = parts;
  return first === '' ? unresolved('dynamic') : external(first, first === 'std' ? 'exact' : 'name');
}

function inIncludeFolders(project: Project, path: string, folder: string, self: string): Found | null {
  const bare = path.replace(/^(\.\.?\/)+/, '');
  const files = byEnding(project, bare, folder) ?? template(project, bare, folder);
  if (!files) return null;
  const others = files.paths.filter((file) => file !== self);
  if (others.length === 0) return null;
  // What leads up from the including file and is not there is found below an include folder by chance.
  return bare !== path && others.length > 1 ? found(others, 'name') : { ...files, paths: others };
}

/** What a configure script or CMake makes the header of. */
function template(project: Project, path: string, folder: string): Found | null {
  for (const ending of ['.in', '.cmake', '.cmake.in', '.tmpl']) {
    const files = byEnding(project, path + ending, folder);
    if (files) return files;
  }
  return null;
}

/** A quoted path whose file is not here, though its folder is: it is made by a build, or gone. */
function isOwn(project: Project, path: string): boolean {
  if (!path.includes('/')) return true;
  const name = path.slice(0, path.lastIndexOf('/'));
  return path.startsWith('.') || [...foldersUp(name)].some((part) => part !== '' && project.isFolder(part));
}
