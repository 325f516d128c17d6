import type { ChunkKind } from '../chunk/kinds.js';

const words = (text: string) => text.split(' ');

/** Kinds of Universal Ctags by what they are here, in lower case; those of no entry are no definitions. */
const kindNames: readonly (readonly [kind: ChunkKind, names: string])[] = [
  [
    'function',
    'function func subroutine procedure subprogram subprogspec task target trigger event entry entryspec command ' +
      'inline subst template probe paragraph custom run condition prototype',
  ],
  ['method', 'method submethod rpc'],
  ['class', 'class implementation category protected protectspec taskspec role grammar'],
  ['interface', 'interface protocol service ifclass signature'],
  ['struct', 'struct record table union message view group entity structure mltable'],
  ['enum', 'enum choice'],
  [
    'type',
    'type typedef subtype typespec subspec domain exception alias synonym nettype notation version error functor',
  ],
  [
    'module',
    'module package packspec namespace program library submodule blockdata project architecture division checker ' +
      'publication mainmenu',
  ],
  ['constant', 'constant const enumerator literal constructor definition'],
  [
    'variable',
    'variable var global field member component property recordfield cursor index register net port signal generic ' +
      'instance val value set option optwith optenable data fd config symbol phandler parameterentity oneof varalias ' +
      'common namelist attribute face minormode derivedmode array boolean combo feature integer string',
  ],
  ['macro', 'macro'],
  ['test', 'test testcase benchmark'],
  ['key', 'key'],
  ['rule', 'rule token'],
  ['element', 'element'],
  ['section', 'section sectiongroup menu'],
];

const general = new Map(
  kindNames.flatMap(([kind, names]) => words(names).map((name) => [name, kind] as const)),
);

/** Where a language means something else by a kind; null: it is no definition there. */
const own: Readonly<Record<string, Readonly<Record<string, ChunkKind | null>>>> = {
  ada: { entry: 'method', component: 'variable', task: 'class' },
  assembly: { label: 'function', define: 'constant', section: null },
  batch: { label: 'function' },
  bibtex: Object.fromEntries(
    words(
      'article book booklet conference inbook incollection inproceedings manual mastersthesis misc phdthesis ' +
        'proceedings techreport unpublished',
    ).map((name) => [name, 'key' as const]),
  ),
  cmake: { target: 'module' },
  cobol: { group: 'variable', section: 'function' },
  d: { version: null },
  devicetree: { label: 'variable' },
  dtd: { entity: 'constant', element: 'type', attribute: null },
  makefile: { macro: 'variable' },
  m4: { definition: 'constant' },
  meson: { subdir: null, build: 'module', custom: 'function' },
  nsis: { definition: 'constant', section: 'function', variable: 'variable' },
  ocaml: { exception: 'type', class: 'class' },
  raku: { token: 'function', rule: 'function' },
  robot: { keyword: 'function' },
  sql: { event: 'function', ccflag: null, local: null },
  verilog: { event: 'variable', block: null },
  systemverilog: {
    event: 'variable',
    block: null,
    sequence: 'function',
    property: 'function',
    constraint: 'function',
    covergroup: 'struct',
    clocking: null,
    assert: null,
  },
  vhdl: { component: null, process: 'block', alias: 'variable' },
  viml: { augroup: null, map: null, filename: null },
  yacc: { label: 'function' },
};

/** What a definition of Universal Ctags is, or null for what is none. @param language id of language-table.ts */
export function kindOfTag(language: string, kind: string): ChunkKind | null {
  const name = kind.toLowerCase();
  const special = own[language]?.[name];
  return special !== undefined ? special : (general.get(name) ?? null);
}
