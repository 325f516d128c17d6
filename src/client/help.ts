/**
 * Ids of all languages. The daemon has its own list, and knows aliases; this one spares the command line from loading
 * it, and a test keeps them equal.
 */
export const languageNames: readonly string[] = words(`
  javascript typescript tsx python go rust java c cpp csharp ruby php kotlin swift scala lua elixir haskell zig bash
  dart elm gleam clojure perl r gdscript nix hcl html vue svelte xml css scss json yaml toml ini markdown rst asciidoc
  latex sql graphql protobuf dockerfile makefile cmake groovy objective-c fsharp ocaml erlang julia powershell viml
  lisp emacs-lisp scheme assembly less solidity nim fish batch awk tcl fortran pascal verilog systemverilog vhdl ada
  cobol basic d forth haxe odin raku rexx sml autoit nsis robot systemtap thrift yacc m4 meson kconfig devicetree
  linker-script dtd bibtex csv diff text`);

/** Kinds of chunks; kept equal to the daemon's in the same way. */
export const chunkKinds: readonly string[] = words(`
  function method class interface struct enum trait impl type module constant variable macro test section key element
  rule block lines`);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Examples for the end of a command's help. */
export function examples(lines: [command: string, meaning: string][]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, meaning]) => `  ${command.padEnd(width)}  ${meaning}\n`).join('')}`;
}

/** Names in lines of a common width. */
export function wrapped(names: readonly string[]): string {
  const lines = [''];
  for (const name of names) {
    const last = lines[lines.length - 1] ?? '';
    if (last.length + name.length > 76) lines.push(name);
    else lines[lines.length - 1] = last ? `${last} ${name}` : name;
  }
  return lines.map((line) => `  ${line}\n`).join('');
}
