import { termsOf } from '../../shared/terms.js';

/** What a path says: pure, of the path alone. */
export interface PathWords {
  /** Terms of the file's name without its extension; of the folder's name where the file's says nothing. */
  stem: readonly string[];
  /** The stem as one lower-case word, without separators. */
  stemWhole: string;
  /** Terms of what stands between the file's name and its extension, then of the folders, nearest first. */
  folders: readonly string[];
  /** Tests, fixtures and mocks. */
  test: boolean;
  /** Kept for older versions, or somebody else's code. */
  compat: boolean;
  /** Examples, demos, benchmarks, documentation and scripts. */
  example: boolean;
  /** Prose and data rather than code. */
  prose: boolean;
}

/** File names that stand for their folder. */
const folderStands = new Set([
  'mod',
  'index',
  '__init__',
  'lib',
  'main',
  'init',
  'package',
  'default',
  '__main__',
]);
const maxFolders = 4;

const testFolder =
  /^(?:tests?|__tests__|specs?|testing|testdata|test[-_]?(?:data|utils|helpers|fixtures)|fixtures?|mocks?|__mocks__|e2e|integration[-_]tests?)$/i;
const testFile = /(?:^|[._-])(?:tests?|spec)(?:[._-]|$)|^test_|[a-z0-9](?:Tests?|Spec|TestCase|IT)$/;
const testModule = /[a-z](?:Tests?|Specs?)$|\.[Tt]ests?(?:\.|$)|^tests?[-_.]/;
const compatFolder =
  /^(?:compat|legacy|deprecated|vendor|vendored|third[-_]?party|3rdparty|external|node_modules|deps)$/i;
const compatFile = /(?:^|[._-])(?:compat|compatibility|legacy|deprecated|polyfills?)(?:[._-]|$)/i;
const exampleFolder =
  /^(?:examples?|samples?|demos?|benchmarks?|bench|perf|tutorials?|sandbox|playground|docs?|documentation|website|guides?|manual|man|wiki|scripts?)$/i;
const proseFile =
  /\.(?:md|mdx|rst|txt|adoc|html?|json|jsonc|ya?ml|toml|xml|csv|svg|lock|css|scss|ini|cfg|properties)$|^[A-Z]+$/;

/** The words and kind of a path from the root, with forward slashes. */
export function pathWords(path: string): PathWords {
  const segments = path.split('/');
  const file = segments.pop() ?? '';
  const dot = file.indexOf('.', 1);
  const inner = dot > 0 ? file.slice(dot + 1, Math.max(dot + 1, file.lastIndexOf('.'))) : '';
  let stem = dot > 0 ? file.slice(0, dot) : file;
  let folders = segments;
  const parent = segments.at(-1);
  if (folderStands.has(stem.toLowerCase()) && parent !== undefined) {
    stem = parent;
    folders = segments.slice(0, -1);
  }
  const terms = termsOf(stem);
  const whole = stem.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  return {
    stem: [...new Set(terms.length > 1 ? terms.filter((term) => term !== whole) : terms)],
    stemWhole: whole,
    folders: [...new Set([inner, ...folders.toReversed().slice(0, maxFolders)].flatMap(termsOf))],
    test: isTest(segments, file),
    compat: segments.some((folder) => compatFolder.test(folder)) || compatFile.test(file),
    example: segments.some((folder) => exampleFolder.test(folder)),
    prose: proseFile.test(file),
  };
}

function isTest(folders: string[], file: string): boolean {
  const stem = file.replace(/\.[^.]*$/, '');
  // "t" is the folder of tests of Perl, and of projects in its tradition (git, nginx, celery).
  const isAmongTests =
    folders[0] === 't' || folders.some((folder) => testFolder.test(folder) || testModule.test(folder));
  return isAmongTests || testFile.test(stem);
}
