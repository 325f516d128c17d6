/**
 * How the definitions of a language are found: with a tree-sitter grammar and queries, with a line scanner of
 * chunk/, or not at all.
 */
export type Outline =
  | { by: 'grammar'; wasm: string; queries: readonly string[] }
  | { by: 'markdown' | 'asciidoc' | 'rst' | 'toml' | 'ini' | 'lines' };

/** What lcad knows of a language. */
export interface Language {
  /** Canonical, lower case; part of content keys and of search filters. */
  readonly id: string;
  /** As people write it. */
  readonly title: string;
  readonly outline: Outline;
  /** Other names under which a user may ask for it. */
  readonly aliases: readonly string[];
  /** File name endings without the leading dot, lower case. */
  readonly extensions: readonly string[];
  /** Whole file names, lower case. */
  readonly files: readonly string[];
  /** Programs of a first line `#!…`, without version. */
  readonly interpreters: readonly string[];
}

type Traits = Partial<Pick<Language, 'aliases' | 'files' | 'interpreters'>>;

const words = (text: string) => text.split(' ').filter((word) => word !== '');

function language(
  id: string,
  title: string,
  outline: Outline,
  extensions: string,
  traits: Traits = {},
): Language {
  return {
    id,
    title,
    outline,
    extensions: words(extensions),
    aliases: [],
    files: [],
    interpreters: [],
    ...traits,
  };
}

/** With a grammar of @cursorless/tree-sitter-wasms, and queries in grammars/<name>/definitions.scm. */
function grammar(wasm: string, ...queries: string[]): Outline {
  return { by: 'grammar', wasm, queries: queries.length > 0 ? queries : [wasm] };
}

const lines: Outline = { by: 'lines' };

/** Every language, in the order in which they are shown. */
export const languageTable: readonly Language[] = [
  language('javascript', 'JavaScript', grammar('javascript'), 'js mjs cjs jsx es6', {
    aliases: ['js', 'node', 'jsx'],
    interpreters: ['node', 'nodejs', 'bun', 'zx'],
  }),
  language('typescript', 'TypeScript', grammar('typescript', 'javascript', 'typescript'), 'ts mts cts', {
    aliases: ['ts'],
    interpreters: ['deno', 'ts-node', 'tsx'],
  }),
  language('tsx', 'TSX', grammar('tsx', 'javascript', 'typescript'), 'tsx'),
  language('python', 'Python', grammar('python'), 'py pyi pyw pyx pxd bzl star', {
    aliases: ['py', 'python3', 'starlark'],
    files: ['sconstruct', 'sconscript', 'wscript', 'build.bazel', 'workspace.bazel', 'module.bazel'],
    interpreters: ['python', 'pypy'],
  }),
  language('go', 'Go', grammar('go'), 'go', { aliases: ['golang'] }),
  language('rust', 'Rust', grammar('rust'), 'rs', { aliases: ['rs'] }),
  language('java', 'Java', grammar('java'), 'java jav'),
  language('c', 'C', grammar('c'), 'c h'),
  language(
    'cpp',
    'C++',
    grammar('cpp', 'c', 'cpp'),
    'cpp cc cxx c++ hpp hh hxx h++ ipp inl tpp txx cu cuh ino',
    {
      aliases: ['c++', 'cplusplus', 'cuda'],
    },
  ),
  language('csharp', 'C#', grammar('c_sharp', 'csharp'), 'cs csx', {
    aliases: ['c#', 'c_sharp', 'cs', 'dotnet'],
  }),
  language('ruby', 'Ruby', grammar('ruby'), 'rb rake gemspec ru podspec jbuilder rbi', {
    aliases: ['rb'],
    files: words('gemfile rakefile vagrantfile podfile brewfile guardfile capfile fastfile dangerfile'),
    interpreters: ['ruby', 'jruby'],
  }),
  language('php', 'PHP', grammar('php'), 'php phtml php3 php4 php5 php7 phps', { interpreters: ['php'] }),
  language('kotlin', 'Kotlin', grammar('kotlin'), 'kt kts', { aliases: ['kt'] }),
  language('swift', 'Swift', grammar('swift'), 'swift', { interpreters: ['swift'] }),
  language('scala', 'Scala', grammar('scala'), 'scala sc sbt', { interpreters: ['scala'] }),
  language('lua', 'Lua', grammar('lua'), 'lua rockspec luau', { interpreters: ['lua', 'luajit'] }),
  language('elixir', 'Elixir', grammar('elixir'), 'ex exs', { aliases: ['ex'], interpreters: ['elixir'] }),
  language('haskell', 'Haskell', grammar('haskell'), 'hs hs-boot hsc', {
    aliases: ['hs'],
    interpreters: ['runhaskell', 'runghc'],
  }),
  language('zig', 'Zig', grammar('zig'), 'zig zon'),
  language('bash', 'Shell', grammar('bash'), 'sh bash zsh ksh bats ebuild eclass', {
    aliases: ['sh', 'shell', 'zsh', 'ksh'],
    files: words(
      '.bashrc .bash_profile .bash_aliases .bash_logout .profile .zshrc .zshenv .zprofile pkgbuild apkbuild',
    ),
    interpreters: ['sh', 'bash', 'zsh', 'ksh', 'dash', 'ash', 'bats'],
  }),
  language('dart', 'Dart', grammar('dart'), 'dart', { interpreters: ['dart'] }),
  language('elm', 'Elm', grammar('elm'), 'elm'),
  language('gleam', 'Gleam', grammar('gleam'), 'gleam'),
  language('clojure', 'Clojure', grammar('clojure'), 'clj cljs cljc edn bb', {
    aliases: ['clj', 'clojurescript'],
    interpreters: ['bb', 'clojure'],
  }),
  language('perl', 'Perl', grammar('perl'), 'pl pm', { aliases: ['pl'], interpreters: ['perl'] }),
  language('r', 'R', grammar('r'), 'r', { files: ['.rprofile'], interpreters: ['rscript'] }),
  language('gdscript', 'GDScript', grammar('gdscript'), 'gd', { aliases: ['gd', 'godot'] }),
  language('nix', 'Nix', grammar('nix'), 'nix'),
  language('hcl', 'HCL', grammar('hcl'), 'hcl tf tfvars nomad', { aliases: ['terraform', 'tf'] }),
  language('html', 'HTML', grammar('html'), 'html htm xhtml hbs handlebars mustache ejs'),
  language('vue', 'Vue', grammar('html'), 'vue'),
  language('svelte', 'Svelte', grammar('html'), 'svelte'),
  language(
    'xml',
    'XML',
    grammar('xml'),
    'xml xsd xsl xslt svg plist csproj fsproj vbproj props targets nuspec resx xaml wsdl',
    {
      files: ['pom.xml'],
    },
  ),
  language('css', 'CSS', grammar('css'), 'css pcss'),
  language('scss', 'SCSS', grammar('scss'), 'scss', { aliases: ['sass'] }),
  language(
    'json',
    'JSON',
    grammar('json'),
    'json jsonc json5 webmanifest geojson ipynb avsc code-workspace',
    {
      aliases: ['jsonc', 'json5'],
      files: words('.eslintrc .babelrc .swcrc .jshintrc composer.lock flake.lock pipfile.lock .prettierrc'),
    },
  ),
  language('yaml', 'YAML', grammar('yaml'), 'yaml yml', {
    aliases: ['yml'],
    files: ['.clang-format', '.clang-tidy', '.clangd', 'cargo.yaml'],
  }),
  language('toml', 'TOML', { by: 'toml' }, 'toml', {
    files: ['cargo.lock', 'poetry.lock', 'uv.lock', 'pipfile', 'gopkg.lock'],
  }),
  language(
    'ini',
    'INI',
    { by: 'ini' },
    'ini cfg conf cnf properties desktop service socket timer mount target editorconfig reg',
    {
      aliases: ['properties', 'conf'],
      files: words('.editorconfig .gitconfig .gitmodules .npmrc .flake8 .pylintrc .coveragerc .hgrc'),
    },
  ),
  language('markdown', 'Markdown', { by: 'markdown' }, 'md markdown mdx mdown mkd qmd rmd', {
    aliases: ['md', 'mdx'],
  }),
  language('rst', 'reStructuredText', { by: 'rst' }, 'rst rest', { aliases: ['restructuredtext'] }),
  language('asciidoc', 'AsciiDoc', { by: 'asciidoc' }, 'adoc asciidoc', { aliases: ['adoc'] }),
  language('latex', 'LaTeX', grammar('latex'), 'tex sty ltx', { aliases: ['tex'] }),
  language('sql', 'SQL', lines, 'sql ddl dml psql pgsql'),
  language('graphql', 'GraphQL', lines, 'graphql gql graphqls', { aliases: ['gql'] }),
  language('protobuf', 'Protocol Buffers', lines, 'proto', { aliases: ['proto'] }),
  language('dockerfile', 'Dockerfile', lines, 'dockerfile containerfile', {
    aliases: ['docker'],
    files: ['dockerfile', 'containerfile'],
  }),
  language('makefile', 'Makefile', lines, 'mk mak make', {
    aliases: ['make'],
    files: ['makefile', 'gnumakefile', 'makefile.am', 'makefile.in', 'justfile', '.justfile'],
    interpreters: ['make'],
  }),
  language('cmake', 'CMake', lines, 'cmake', { files: ['cmakelists.txt'] }),
  language('groovy', 'Groovy', lines, 'groovy gradle gvy', { aliases: ['gradle'], files: ['jenkinsfile'] }),
  language('objective-c', 'Objective-C', lines, 'm mm', { aliases: ['objc', 'objectivec'] }),
  language('fsharp', 'F#', lines, 'fs fsi fsx', { aliases: ['f#'] }),
  language('ocaml', 'OCaml', lines, 'ml mli mll mly', { aliases: ['ml'] }),
  language('erlang', 'Erlang', lines, 'erl hrl', { aliases: ['erl'], interpreters: ['escript'] }),
  language('julia', 'Julia', lines, 'jl', { aliases: ['jl'], interpreters: ['julia'] }),
  language('powershell', 'PowerShell', lines, 'ps1 psm1 psd1', {
    aliases: ['ps1', 'pwsh'],
    interpreters: ['pwsh'],
  }),
  language('viml', 'Vim script', lines, 'vim vimrc', {
    aliases: ['vim', 'vimscript'],
    files: ['.vimrc', '_vimrc'],
  }),
  language('lisp', 'Lisp', lines, 'lisp lsp cl asd', {
    aliases: ['common-lisp'],
    interpreters: ['sbcl', 'clisp'],
  }),
  language('emacs-lisp', 'Emacs Lisp', lines, 'el', { aliases: ['elisp'], files: ['.emacs'] }),
  language('scheme', 'Scheme', lines, 'scm ss sld rkt', {
    aliases: ['racket'],
    interpreters: ['guile', 'racket'],
  }),
  language('assembly', 'Assembly', lines, 's asm nasm', { aliases: ['asm'] }),
  language('less', 'Less', lines, 'less'),
  language('solidity', 'Solidity', lines, 'sol', { aliases: ['sol'] }),
  language('nim', 'Nim', lines, 'nim nims nimble'),
  language('fish', 'fish', lines, 'fish', { interpreters: ['fish'] }),
  language('batch', 'Batch', lines, 'bat cmd', { aliases: ['bat'] }),
  language('awk', 'AWK', lines, 'awk', { interpreters: ['awk', 'gawk', 'mawk', 'nawk'] }),
  language('tcl', 'Tcl', lines, 'tcl tk', { interpreters: ['tclsh', 'wish', 'expect'] }),
  language('fortran', 'Fortran', lines, 'f f77 f90 f95 f03 f08 for ftn'),
  language('pascal', 'Pascal', lines, 'pas dpr lpr'),
  language('verilog', 'Verilog', lines, 'v vh'),
  language('systemverilog', 'SystemVerilog', lines, 'sv svh svi'),
  language('vhdl', 'VHDL', lines, 'vhd vhdl'),
  language('ada', 'Ada', lines, 'adb ads ada'),
  language('cobol', 'COBOL', lines, 'cob cbl'),
  language('basic', 'BASIC', lines, 'bas bi'),
  language('d', 'D', lines, 'd di', { interpreters: ['rdmd'] }),
  language('forth', 'Forth', lines, 'fth 4th'),
  language('haxe', 'Haxe', lines, 'hx'),
  language('odin', 'Odin', lines, 'odin'),
  language('raku', 'Raku', lines, 'raku rakumod rakutest p6 pm6', {
    aliases: ['perl6'],
    interpreters: ['raku', 'perl6'],
  }),
  language('rexx', 'REXX', lines, 'rexx rex'),
  language('sml', 'Standard ML', lines, 'sml'),
  language('autoit', 'AutoIt', lines, 'au3'),
  language('nsis', 'NSIS', lines, 'nsi nsh'),
  language('robot', 'Robot Framework', lines, 'robot'),
  language('systemtap', 'SystemTap', lines, 'stp stpm'),
  language('thrift', 'Thrift', lines, 'thrift'),
  language('yacc', 'Yacc', lines, 'y yy', { aliases: ['bison'] }),
  language('m4', 'M4', lines, 'm4 ac', { aliases: ['autoconf'], files: ['configure.in'] }),
  language('meson', 'Meson', lines, '', { files: ['meson.build', 'meson_options.txt', 'meson.options'] }),
  language('kconfig', 'Kconfig', lines, 'kconfig', { files: ['kconfig'] }),
  language('devicetree', 'Devicetree', lines, 'dts dtsi', { aliases: ['dts'] }),
  language('linker-script', 'Linker script', lines, 'ld lds'),
  language('dtd', 'DTD', lines, 'dtd'),
  language('bibtex', 'BibTeX', lines, 'bib', { aliases: ['bib'] }),
  language('csv', 'CSV', lines, 'csv tsv', { aliases: ['tsv'] }),
  language('diff', 'Diff', lines, 'diff patch', { aliases: ['patch'] }),
  language('text', 'Text', lines, 'txt text log', { aliases: ['txt', 'plain'] }),
];
