import type { SkipReason } from '../messages.js';

/** Folders of tools: dependencies, caches, the stores of version control. Their names mean nothing else. */
const skippedFolders = new Set([
  'node_modules',
  'bower_components',
  'jspm_packages',
  '__pycache__',
  '__pypackages__',
  '__MACOSX',
  '.bzr',
  '.hg',
  '.jj',
  '.sl',
  '.svn',
  '_darcs',
  'CVS',
  '.bloop',
  '.bundle',
  '.cache',
  '.cxx',
  '.dart_tool',
  '.direnv',
  '.eggs',
  '.gradle',
  '.idea',
  '.ipynb_checkpoints',
  '.metals',
  '.mypy_cache',
  '.next',
  '.nox',
  '.nuxt',
  '.nyc_output',
  '.parcel-cache',
  '.pnpm-store',
  '.pytest_cache',
  '.ruff_cache',
  '.sass-cache',
  '.serverless',
  '.stack-work',
  '.svelte-kit',
  '.terraform',
  '.terragrunt-cache',
  '.tox',
  '.turbo',
  '.vagrant',
  '.vs',
  '.yarn',
  '.zig-cache',
  'zig-cache',
  'dist-newstyle',
  'elm-stuff',
]);

/** Lock files and the like: written by tools, long, and never what somebody looks for. */
const skippedNames = new Set([
  'bun.lock',
  'bun.lockb',
  'cargo.lock',
  'composer.lock',
  'conan.lock',
  'deno.lock',
  'flake.lock',
  'gemfile.lock',
  'go.sum',
  'go.work.sum',
  'gradle.lockfile',
  'mix.lock',
  'module.bazel.lock',
  'npm-shrinkwrap.json',
  'package-lock.json',
  'package.resolved',
  'packages.lock.json',
  'pdm.lock',
  'pipfile.lock',
  'pixi.lock',
  'pnpm-lock.yaml',
  'podfile.lock',
  'poetry.lock',
  'pubspec.lock',
  'stack.yaml.lock',
  'uv.lock',
  'yarn.lock',
  '.terraform.lock.hcl',
  '.ds_store',
  'thumbs.db',
  'desktop.ini',
]);

const binaryExtensions = new Set(
  [
    'png jpg jpeg jpe gif bmp webp avif heic heif tif tiff ico icns cur psd xcf sketch jp2 jxl tga dds exr',
    'woff woff2 ttf otf ttc eot fon pfb pfm',
    'mp3 mp4 m4a m4v aac flac ogg oga ogv opus wav wma wmv avi mov mkv webm mpg mpeg flv swf aiff mid midi',
    'zip gz tgz bz2 tbz2 xz txz zst lz lz4 lzma br 7z rar tar cab iso dmg deb rpm apk aab ipa msi appimage',
    'jar war ear aar class dex whl egg gem nupkg snupkg crate vsix xpi crx phar',
    'o a so dylib dll exe lib pdb ilk ko elc pyc pyo pyd rlib rmeta wasm beam efi bin',
    'pdf doc docx xls xlsx ppt pptx odt ods odp epub mobi',
    'sqlite sqlite3 db mdb accdb ibd myd myi parquet avro arrow feather lance',
    'npy npz pkl pickle h5 hdf5 onnx pt pth ckpt safetensors gguf ggml tflite mlmodel caffemodel joblib',
    'blend fbx glb 3ds c4d uasset nib mo gmo snk keychain der p7b p7s gpg',
  ].flatMap((line) => line.split(' ')),
);

const skippedExtensions = new Set(['svg', 'lock', 'snap', 'orig', 'rej', 'swp', 'swo']);
const sourceMap = /\.(js|mjs|cjs|jsx|ts|tsx|css)\.map$/;

/** True for a folder that is never walked, by its name. */
export function isSkippedFolder(name: string): boolean {
  return skippedFolders.has(name);
}

/** A file in a folder that says what the folder is, so that the whole folder is skipped. */
export interface FolderMarker {
  readonly name: string;
  /** How the marker begins where its name alone does not tell. */
  readonly signature: string | null;
}

/**
 * Virtual environments of Python, and caches that say so (Cargo's `target` is one; the convention and its signature
 * are those of bford.info/cachedir).
 */
export const folderMarkers: readonly FolderMarker[] = [
  { name: 'pyvenv.cfg', signature: null },
  { name: 'CACHEDIR.TAG', signature: 'Signature: 8a477f597d28d172789f06886806bc55' },
];

/** Why a file is skipped by its name alone, null if it is not. Pure. @param name in lower case */
export function skipByName(name: string): SkipReason | null {
  if (skippedNames.has(name)) return 'default-skip';
  const dot = name.lastIndexOf('.');
  if (dot < 0) return name.endsWith('~') ? 'default-skip' : null;
  const extension = name.slice(dot + 1);
  if (binaryExtensions.has(extension)) return 'binary';
  if (skippedExtensions.has(extension) || extension.endsWith('~')) return 'default-skip';
  return sourceMap.test(name) ? 'default-skip' : null;
}
