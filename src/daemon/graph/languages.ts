const groups: Readonly<Record<string, string>> = {
  javascript: 'javascript',
  typescript: 'javascript',
  tsx: 'javascript',
  vue: 'javascript',
  svelte: 'javascript',
  c: 'c',
  cpp: 'c',
  'objective-c': 'c',
  assembly: 'c',
  java: 'jvm',
  kotlin: 'jvm',
  scala: 'jvm',
  groovy: 'jvm',
  csharp: 'dotnet',
  fsharp: 'dotnet',
  css: 'style',
  scss: 'style',
  less: 'style',
  bash: 'shell',
  fish: 'shell',
};

const setOf = (words: string) => new Set(words.split(' '));

const including = setOf(
  'c cpp objective-c ruby bash fish php perl lua assembly latex makefile cmake protobuf tcl viml powershell r ' +
    'erlang julia nim verilog gdscript',
);
const modular = setOf(
  'javascript typescript tsx vue svelte python go rust java kotlin csharp elixir haskell zig elm gleam',
);
const implicit = setOf('java kotlin scala groovy csharp cpp swift ruby dart gdscript solidity');
const byFolder = setOf('go java kotlin scala groovy hcl');
const byPackage = setOf('java kotlin scala groovy csharp fsharp php elixir swift');

/** Languages whose code can use each other's definitions have the same group. */
export function groupOf(language: string): string {
  return groups[language] ?? language;
}

/** Whether an import without names brings in all that the other file defines, as an include does. */
export function includesText(language: string): boolean {
  return including.has(language);
}

/** Whether a name that is neither imported, nor of the file or its package, cannot mean a definition elsewhere. */
export function isModular(language: string): boolean {
  return modular.has(language);
}

/** Whether members of the class around are in scope by their bare names. */
export function hasImplicitSelf(language: string): boolean {
  return implicit.has(language);
}

/** Whether files of one folder (and declared package) share their definitions. */
export function sharesFolder(language: string): boolean {
  return byFolder.has(language);
}

/** Whether files of one declared package or namespace share their definitions, wherever they lie. */
export function sharesPackage(language: string): boolean {
  return byPackage.has(language);
}

const selves = setOf('this self cls Self @ $this super base parent static __class__');

/** Whether what stands before a name is the object or class that the code is in. */
export function isSelf(receiver: string): boolean {
  return selves.has(receiver);
}

const common = setOf(
  'get set has add delete remove clear push pop shift map filter forEach reduce find some every slice splice ' +
    'concat join split replace match test exec keys values entries then catch finally call apply bind toString ' +
    'valueOf equals hashCode append extend insert index count sort reverse copy update items close open read write ' +
    'format strip lower upper encode decode length size next len send run start stop on emit log info warn error ' +
    'debug toJSON includes indexOf contains isEmpty begin end front back data clone unwrap iter into from new ' +
    'Error String Close Read Write Lock Unlock Len Add Done Wait',
);

/** Whether so many types have a member of this name that being its only definition here says little. */
export function isCommonMember(name: string): boolean {
  return common.has(name);
}
