import type { DocStyle } from '../outline/doc.js';
import type { CtagsProgram } from './program.js';

/** A language that lcad has no grammar for and Universal Ctags knows. */
export interface TaggedLanguage {
  /** Names that Universal Ctags has or had for it, the newest first. */
  readonly names: readonly string[];
  /** Comments before a definition. */
  readonly docs: DocStyle;
}

const tagged = (docs: DocStyle, ...names: string[]): TaggedLanguage => ({ names, docs });

/** By the ids of language-table.ts. */
const taggedLanguages: Readonly<Record<string, TaggedLanguage>> = {
  ada: tagged('dash', 'Ada'),
  assembly: tagged('semicolon', 'Asm'),
  autoit: tagged('semicolon', 'AutoIt'),
  awk: tagged('hash', 'Awk'),
  basic: tagged('quote', 'Basic'),
  batch: tagged('none', 'DosBatch'),
  bibtex: tagged('percent', 'BibTeX'),
  cmake: tagged('hash', 'CMake'),
  cobol: tagged('none', 'Cobol'),
  d: tagged('slash', 'D'),
  devicetree: tagged('slash', 'DTS'),
  dtd: tagged('none', 'DTD'),
  'emacs-lisp': tagged('semicolon', 'EmacsLisp'),
  erlang: tagged('percent', 'Erlang'),
  forth: tagged('none', 'Forth'),
  fortran: tagged('bang', 'Fortran'),
  haxe: tagged('slash', 'Haxe'),
  julia: tagged('hash', 'Julia'),
  kconfig: tagged('hash', 'Kconfig'),
  'linker-script': tagged('slash', 'LdScript'),
  lisp: tagged('semicolon', 'Lisp'),
  m4: tagged('hash', 'Autoconf', 'M4'),
  makefile: tagged('hash', 'Make'),
  meson: tagged('hash', 'Meson'),
  nsis: tagged('semicolon', 'NSIS'),
  'objective-c': tagged('slash', 'ObjectiveC'),
  ocaml: tagged('paren', 'OCaml'),
  odin: tagged('slash', 'Odin'),
  pascal: tagged('paren', 'Pascal'),
  powershell: tagged('hash', 'PowerShell'),
  protobuf: tagged('slash', 'Protobuf'),
  raku: tagged('hash', 'Raku', 'Perl6'),
  rexx: tagged('slash', 'REXX'),
  robot: tagged('hash', 'Robot'),
  scheme: tagged('semicolon', 'Scheme'),
  sml: tagged('paren', 'SML'),
  sql: tagged('dash', 'SQL'),
  systemtap: tagged('slash', 'SystemTap'),
  systemverilog: tagged('slash', 'SystemVerilog'),
  tcl: tagged('hash', 'Tcl'),
  thrift: tagged('slash', 'Thrift'),
  verilog: tagged('slash', 'Verilog'),
  vhdl: tagged('dash', 'VHDL'),
  viml: tagged('quote', 'Vim'),
  yacc: tagged('slash', 'YACC'),
};

/** Ids of all languages that a Universal Ctags may serve, in the order of their names. */
export const taggedLanguageIds: readonly string[] = Object.keys(taggedLanguages);

/** How Universal Ctags knows a language; undefined for one that is not its. @param id of language-table.ts */
export function taggedLanguage(id: string): TaggedLanguage | undefined {
  return Object.hasOwn(taggedLanguages, id) ? taggedLanguages[id] : undefined;
}

/** The program's own name for a language, or undefined where it does not serve it. */
export function ctagsName(program: Pick<CtagsProgram, 'languages'>, id: string): string | undefined {
  return taggedLanguage(id)?.names.find((name) => program.languages.includes(name));
}

/** Whether the program makes the definitions of a language. @param program undefined where there is none */
export function servedByCtags(program: CtagsProgram | undefined, id: string): program is CtagsProgram {
  return program !== undefined && ctagsName(program, id) !== undefined;
}

/**
 * The name under which a text is handed to the program: it tells the language and nothing else, since what is derived
 * from a content may not depend on where it lies.
 */
export function ctagsFile(id: string): string {
  return `content.lcad-${id}`;
}

/** Arguments that tell the program which language `ctagsFile` means, for all that it serves. */
export function ctagsMaps(program: Pick<CtagsProgram, 'languages'>): string[] {
  return taggedLanguageIds.flatMap((id) => {
    const name = ctagsName(program, id);
    return name === undefined ? [] : [`--map-${name}=+.lcad-${id}`];
  });
}
