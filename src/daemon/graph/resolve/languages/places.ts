import type { LanguageRules } from '../contract.js';
import { rulesByPlace } from './by-place.js';

const slashes = (name: string) => name.replaceAll('.', '/');
const withEnding = (path: string, ...endings: string[]) =>
  endings.some((ending) => path.endsWith(ending)) ? [path] : endings.map((ending) => path + ending);
const firstPart = (separator: string) => (name: string) => name.split(separator)[0] ?? name;
const plainPath = /^[\w.+~@%, /-]+$/;

const always = () => 'exact' as const;
const ownFolder = /BASH_SOURCE|\$\{?0|dirname|%\/\*|%[xN]|PSScriptRoot|<sfile>|info script|status dirname/;

/** A shell looks in the folder in which it runs, unless the script says that it means its own. */
const ofScript = (written: string) => (ownFolder.test(written) ? 'exact' : 'convention');

/** `source` of a shell: variables before the path stand for a folder, most often the script's own. */
function shellPaths(written: string): string[] {
  const path = written
    .replace(/^(["']?)(\$\{[^}]*\}|\$\([^)]*\)|\$\w+|`[^`]*`)["']?\//, './')
    .replace(/^["']|["']$/g, '');
  return plainPath.test(path) && !path.startsWith('/') && !path.startsWith('~') ? [path] : [];
}

/** `@use 'a/b'` of Sass: a partial has an underscore before its name, a folder its index. */
function sheetPaths(written: string): string[] {
  const path = written.replace(/^~/, '').replace(/[?#].*$/, '');
  if (!plainPath.test(path)) return [];
  const slash = path.lastIndexOf('/') + 1;
  const partial = `${path.slice(0, slash)}_${path.slice(slash)}`;
  const endings = ['.scss', '.sass', '.css', '.less'];
  const whole = /\.(scss|sass|css|less)$/.test(path);
  const files = [path, partial].flatMap((name) => (whole ? [name] : endings.map((ending) => name + ending)));
  return whole ? files : [...files, `${path}/_index.scss`, `${path}/index.scss`];
}

const path = (written: string) => (plainPath.test(written) ? [written] : []);
const upward = /^\.\.?(\/|$)/;

/** Languages whose imports are paths or names of paths, by language. */
export const placeRules: ReadonlyMap<string, LanguageRules> = new Map([
  [
    'lua',
    rulesByPlace({
      paths: (name) => {
        const base = name.includes('/') ? name.replace(/\.lua$/, '') : slashes(name.replace(/\.lua$/, ''));
        return plainPath.test(name) ? [`${base}.lua`, `${base}/init.lua`, `${base}.luau`] : [];
      },
      roots: ['lua', '', 'src', 'lib'],
      standard: /^(string|table|math|io|os|debug|coroutine|package|utf8|bit|bit32|ffi|jit(\..*)?|socket)$/,
      external: firstPart('.'),
      shared: true,
    }),
  ],
  [
    'gleam',
    rulesByPlace({
      paths: (name) => [`${name}.gleam`],
      roots: ['src', 'test', 'dev'],
      external: firstPart('/'),
      shared: true,
    }),
  ],
  [
    'clojure',
    rulesByPlace({
      paths: (name) => {
        const base = slashes(name).replaceAll('-', '_');
        return /^[\w.*+!?<>=-]+$/.test(name)
          ? ['.clj', '.cljc', '.cljs', '.bb'].map((ending) => base + ending)
          : [];
      },
      roots: [
        'src',
        'test',
        '',
        'src/main',
        'src/test',
        'src/main/clojure',
        'src/test/clojure',
        'src/clj',
        'src/cljs',
        'dev',
      ],
      standard:
        /^(clojure|cljs)\.(core|string|set|walk|zip|edn|java|test|pprint|repl|spec|reflect|data|main|stacktrace)/,
      shared: true,
    }),
  ],
  [
    'perl',
    rulesByPlace({
      paths: (name) =>
        name.includes('/') || /\.p[lmh]$/.test(name) ? path(name) : [`${name.replaceAll('::', '/')}.pm`],
      roots: ['lib', '', 'blib/lib', 't/lib', 'inc'],
      relative: upward,
      standard:
        /^(strict|warnings|utf8|vars|parent|base|lib|constant|feature|overload|integer|bytes|Carp|Exporter|Data::Dumper|File::\w+|Getopt::\w+|List::Util|Scalar::Util|POSIX|Storable|Test::\w+|Time::\w+|IO::\w+|Encode|Cwd|FindBin)$/,
      shared: true,
    }),
  ],
  [
    'r',
    rulesByPlace({
      paths: (name) => (/[./]/.test(name) ? path(name) : [`R/${name}.R`]),
      roots: ['', 'R'],
      beside: always,
    }),
  ],
  [
    'bash',
    rulesByPlace({
      paths: shellPaths,
      roots: ['', 'lib', 'scripts', 'bin'],
      beside: ofScript,
      own: /^\.|\$/,
    }),
  ],
  ['fish', rulesByPlace({ paths: shellPaths, roots: [''], beside: ofScript, own: /^\.|\$/ })],
  [
    'nix',
    rulesByPlace({
      paths: (name) =>
        plainPath.test(name)
          ? [...withEnding(name, '.nix'), name, `${name.replace(/\/$/, '')}/default.nix`]
          : [],
      roots: [''],
      relative: upward,
      beside: always,
    }),
  ],
  [
    'css',
    rulesByPlace({ paths: sheetPaths, roots: ['', 'src', 'node_modules'], relative: upward, beside: always }),
  ],
  [
    'scss',
    rulesByPlace({
      paths: sheetPaths,
      roots: ['', 'src', 'scss', 'styles'],
      relative: upward,
      beside: always,
      standard: /^sass:/,
    }),
  ],
  ['less', rulesByPlace({ paths: sheetPaths, roots: ['', 'src', 'less'], relative: upward, beside: always })],
  [
    'html',
    rulesByPlace({
      paths: (name) => path(name.replace(/[?#].*$/, '')),
      roots: ['', 'public', 'static'],
      relative: upward,
      beside: always,
    }),
  ],
  [
    'protobuf',
    rulesByPlace({
      paths: path,
      roots: ['', 'proto', 'protos', 'src'],
      standard: /^google\/protobuf\//,
      shared: true,
    }),
  ],
  ['graphql', rulesByPlace({ paths: path, roots: [''], beside: always })],
  [
    'latex',
    rulesByPlace({
      paths: (name) => (plainPath.test(name) ? [...withEnding(name, '.tex', '.sty', '.cls'), name] : []),
      roots: [''],
      beside: always,
    }),
  ],
  ['makefile', rulesByPlace({ paths: path, roots: [''], beside: always })],
  [
    'cmake',
    rulesByPlace({
      paths: (name) =>
        plainPath.test(name)
          ? [...withEnding(name, '.cmake'), name, `${name.replace(/\/$/, '')}/CMakeLists.txt`]
          : [],
      roots: ['', 'cmake', 'cmake/modules', 'cmake/Modules'],
      beside: always,
    }),
  ],
  ['assembly', rulesByPlace({ paths: path, roots: ['', 'include'], beside: always })],
  ['verilog', rulesByPlace({ paths: path, roots: ['', 'include', 'rtl', 'src'], beside: always })],
  [
    'solidity',
    rulesByPlace({
      paths: path,
      roots: ['', 'contracts', 'src', 'lib'],
      relative: upward,
      external: firstPart('/'),
    }),
  ],
  [
    'nim',
    rulesByPlace({
      paths: (name) => (plainPath.test(name) ? [`${name}.nim`] : []),
      roots: ['', 'src'],
      beside: always,
      standard: /^std\//,
    }),
  ],
  [
    'julia',
    rulesByPlace({
      paths: (name) => (name.endsWith('.jl') ? path(name) : [`src/${name}.jl`]),
      roots: ['', 'src'],
      beside: always,
    }),
  ],
  [
    'erlang',
    rulesByPlace({
      paths: (name) => withEnding(name, '.hrl', '.erl'),
      roots: ['', 'include', 'src'],
      beside: always,
    }),
  ],
  ['ocaml', rulesByPlace({ paths: ocamlPaths, roots: ['', 'src', 'lib'], beside: always })],
  ['tcl', rulesByPlace({ paths: shellPaths, roots: [''], beside: ofScript })],
  ['powershell', rulesByPlace({ paths: powershellPaths, roots: [''], beside: ofScript })],
  ['viml', rulesByPlace({ paths: shellPaths, roots: ['', 'autoload', 'plugin'], beside: ofScript })],
]);

function ocamlPaths(name: string): string[] {
  const module = name.split('.')[0] ?? name;
  const file = module.charAt(0).toLowerCase() + module.slice(1);
  return /^\w+$/.test(module) ? [`${file}.ml`, `${module}.ml`, `${file}.mli`] : [];
}

function powershellPaths(written: string): string[] {
  return shellPaths(written.replaceAll('\\', '/').replace(/^\$PSScriptRoot\//i, './'));
}
