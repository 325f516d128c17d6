/**
 * Names for help and completion. The daemon has its own lists (and knows aliases); these spare the command line from
 * loading them, and a test keeps them equal.
 */

/** Ids of all languages. */
export const languageNames: readonly string[] = words(`
  javascript typescript tsx python go rust java c cpp csharp ruby php kotlin swift scala lua elixir haskell zig bash
  dart elm gleam clojure perl r gdscript nix hcl html vue svelte xml css scss json yaml toml ini markdown rst asciidoc
  latex sql graphql protobuf dockerfile makefile cmake groovy objective-c fsharp ocaml erlang julia powershell viml
  lisp assembly less solidity nim fish batch awk tcl fortran pascal verilog vhdl csv diff text`);

/** Kinds of chunks. */
export const chunkKinds: readonly string[] = words(`
  function method class interface struct enum trait impl type module constant variable macro test section key element
  rule block lines`);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
