import { classify } from '../../workers/classify.js';
import { detectLanguage } from '../../workers/languages.js';
import { type EvaluatedProject, evaluatedByName, evaluatedByRepository } from './evaluated.js';
import { hasCopyleftNotice } from './licences.js';

/** Why a file or folder is left out. What begins with "evaluated " names a project that retrieval is evaluated on. */
export type Rejection =
  | 'vendored'
  | 'built'
  | 'licence'
  | 'boilerplate'
  | 'large'
  | 'not code'
  | `evaluated ${string}`;

const vendorFolders = new Set(
  (
    'vendor vendors vendored _vendor _vendored third_party third-party thirdparty 3rdparty 3rd-party 3rd_party ' +
    'node_modules bower_components jspm_packages site-packages deps dep external externals extern ext-lib extlib ' +
    'godeps _workspace subprojects submodules pods carthage bundled third party-libs contrib-libs'
  ).split(' '),
);
const hiddenFolders = /^(?:\.git|\.hg|\.svn|\.pc|\.github|\.yarn|__pycache__|autom4te\.cache)$/;

/** Why nothing below a folder is used, from its name and path; null if it is. @param path with slashes, relative */
export function rejectFolder(path: string): Rejection | null {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (hiddenFolders.test(name)) return 'boilerplate';
  if (vendorFolders.has(name)) return 'vendored';
  const project = evaluatedByName(name) ?? evaluatedByPath(path.toLowerCase());
  return project ? evaluatedAs(project) : null;
}

/** Folders of several names that hold an evaluated project. */
function evaluatedByPath(path: string): EvaluatedProject | undefined {
  if (/(?:^|\/)kotlinx\/coroutines(?:\/|$)/.test(path)) return evaluatedByName('kotlinx-coroutines');
  if (/(?:^|\/)text\/pandoc(?:\/|$)/.test(path)) return evaluatedByName('pandoc');
  return undefined;
}

const evaluatedAs = (project: EvaluatedProject): Rejection => `evaluated ${project.repository}`;

const boilerplateNames =
  /^(?:configure|ltmain\.sh|install-sh|config\.(?:guess|sub)|depcomp|missing|compile|mkinstalldirs|test-driver|ylwrap|ar-lib|py-compile|aclocal\.m4|libtool|gradlew|mvnw|changelog.*|changes|history|news|authors.*|contributors.*|maintainers|code_of_conduct.*|security\.md|.*\.lock|package-lock\.json)$/i;
const licenceNames = /^(?:licen[cs]e|copying|copyright|notice|unlicense)(?:[.-].*)?$/i;
/** Single files in which evaluated projects are copied. */
const evaluatedFiles: readonly [RegExp, string][] = [
  [/^json\.hpp$/, 'nlohmann'],
  [/^(?:sds|adlist|ae_epoll)\.[ch]$/, 'redis'],
  [/^fmt[-.](?:core|format)\.(?:h|cc)$/, 'fmt'],
  [/^clap\.zig$/, 'zig-clap'],
];

/** True for the name of a file with the terms of a licence. */
export const isLicenceFile = (name: string) => licenceNames.test(name);

/** Languages without code or prose to learn from: data and settings. */
const unusedLanguages = new Set(['json', 'csv', 'diff', 'xml', 'text', 'html', 'ini', 'toml', 'yaml']);
/** Larger files are data, or many files in one. */
const maxFileBytes = 512 * 1024;
const headChars = 6000;

/** What became of a file. */
export type Admission = { language: string } | { rejection: Rejection };

const reject = (rejection: Rejection): Admission => ({ rejection });

/**
 * Whether a file is used, from its name and bytes.
 * @param name its name without folders
 */
export function admitFile(name: string, bytes: Buffer): Admission {
  if (boilerplateNames.test(name) || licenceNames.test(name)) return reject('boilerplate');
  const copied = evaluatedFiles.find(([pattern]) => pattern.test(name.toLowerCase()));
  const project = copied && evaluatedByName(copied[1]);
  if (project) return reject(evaluatedAs(project));
  if (bytes.length > maxFileBytes) return reject('large');
  const language = detectLanguage(name, bytes.subarray(0, 16_384));
  if (unusedLanguages.has(language)) return reject('not code');
  if (classify(name, bytes) !== null) return reject('not code');
  const head = bytes.toString('latin1', 0, headChars);
  return hasCopyleftNotice(head) ? reject('licence') : { language };
}

/** Manifest files of package managers, with what of them names the project. */
const manifestNames: readonly [RegExp, RegExp][] = [
  [/^package\.json$/, /"(?:name|repository|url)"\s*:\s*"([^"]+)"/g],
  [/^composer\.json$/, /"name"\s*:\s*"([^"]+)"/g],
  [/^go\.mod$/, /^module\s+(\S+)/gm],
  [/^cargo\.toml(?:\.orig)?$/, /^(?:name|repository)\s*=\s*"([^"]+)"/gm],
  [/^pom\.xml$/, /<artifactId>([^<]+)<\/artifactId>/g],
  [/^.+\.gemspec$/, /\.name\s*=\s*["']([^"']+)["']/g],
  [/^mix\.exs$/, /\bapp:\s*:(\w+)/g],
  [/^(?:pyproject\.toml|setup\.cfg)$/, /^name\s*=\s*["']?([\w.-]+)/gm],
  [/^setup\.py$/, /\bname\s*=\s*["']([\w.-]+)["']/g],
  [/^.+\.cabal$/, /^name:\s*(\S+)/gim],
  [/^package\.swift$/, /\bPackage\(\s*name:\s*"([^"]+)"/g],
  [/^.+\.csproj$/, /<(?:PackageId|AssemblyName)>([^<]+)</g],
  [/^build\.zig\.zon$/, /\.name\s*=\s*[."]*([\w-]+)/g],
  [/^.+\.podspec$/, /\.name\s*=\s*["']([^"']+)["']/g],
];

/** True for files that say which project a folder holds. */
export const isManifest = (name: string) => manifestNames.some(([file]) => file.test(name.toLowerCase()));

/**
 * The evaluated project that a package manifest says its folder holds, or undefined.
 * @param name the manifest's file name
 */
export function evaluatedByManifest(name: string, text: string): EvaluatedProject | undefined {
  const pattern = manifestNames.find(([file]) => file.test(name.toLowerCase()))?.[1];
  if (!pattern) return undefined;
  // A build file has the names of what it depends on as well; its own comes first.
  const own =
    name.toLowerCase() === 'pom.xml'
      ? text.replace(/<(parent|dependencies|build|profiles)>[\s\S]*?<\/\1>/g, '')
      : text;
  for (const [, value = ''] of [...own.matchAll(pattern)].slice(0, 3)) {
    const last = value.replace(/\/v\d+$/, '');
    const vendored = name.toLowerCase() === 'composer.json' ? last.split('/').at(-1) : undefined;
    const found = evaluatedByName(last) ?? evaluatedByName(vendored ?? '') ?? evaluatedByRepository(last);
    if (found) return found;
  }
  return undefined;
}

const builtFolders =
  /^(?:dist|build|lib|es|esm\d*|cjs|umd|amd|iife|bundles?|fesm\d+|_cjs|_esm|_types|out|lib\.commonjs|lib\.esm|legacy|min|release)$/;
const secondBuilds = /^(?:cjs|umd|amd|iife|bundles?|_cjs|min|legacy|lib\.commonjs)$/;

/**
 * Folders of an npm package that hold what its other folders were compiled to: all builds beside a `src` folder, and
 * the second and third build where there is none.
 * @param folders names of the folders at its root
 */
export function builtFoldersOf(folders: readonly string[]): string[] {
  const hasSource = folders.includes('src') || folders.includes('src.ts');
  if (hasSource) return folders.filter((name) => builtFolders.test(name));
  const builds = folders.filter((name) => builtFolders.test(name));
  return builds.length < 2 ? [] : builds.filter((name) => secondBuilds.test(name));
}
