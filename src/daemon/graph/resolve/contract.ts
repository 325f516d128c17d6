import type { ImportForm } from '../../../workers/outline/contract.js';

/**
 * Import resolution: which files an import names. Pure functions of the paths of a repository, the texts of its project
 * files (tsconfig.json, go.mod, …) and what its files declare; nothing here reads a disk.
 *
 * `Import.specifier` is the module as written, without quotes; what tells imports of a language apart:
 *
 * | language | |
 * |---|---|
 * | JavaScript, TypeScript | form `require` chooses what a package exports for it |
 * | Python | leading dots are part of the specifier; a label (`//a:b.bzl`) is one of Bazel's `load` |
 * | Rust | form `include` is `mod x;`, or `include!` if the specifier ends with `.rs`; `use` and others are paths |
 * | C, C++ | `<x.h>` with its brackets, `x.h` for one in quotes; form `use` is a namespace |
 * | PHP | form `use` is a name, others are paths; a path that begins with `/` follows `__DIR__` |
 * | Ruby | form `include` is `require_relative`; a specifier with a capital first is a constant |
 * | others | a module's name or a path, as the language has it |
 *
 * Names may also be left in the specifier (`a::b::c`, `a.b.C.method`): what remains after the module is a name in it.
 */

/** One import as a file writes it. */
export interface Import {
  readonly specifier: string;
  /** Names taken out of the module, as the module calls them; `*` for all of them. Empty: the module as such. */
  readonly names: readonly string[];
  readonly form: ImportForm;
  /** From 1. */
  readonly line: number;
  /** Inline modules around it, outermost first (Rust: `tests` for what stands in `mod tests { … }`). */
  readonly scope?: readonly string[];
  /** The file that a module declaration names itself (Rust: `#[path = "x.rs"] mod y;`). */
  readonly path?: string;
}

/** The file that holds an import. */
export interface Importer {
  /** Relative to the repository, with slashes. */
  readonly path: string;
  /** A language's id. */
  readonly language: string;
}

/**
 * How sure a result is.
 * - `exact`: the language's rules and the project's own files lead there.
 * - `convention`: layouts in common use lead there (src folders, sources of a built file, a unique path ending), or a
 *   name that is the same everywhere (a module path in another repository).
 * - `name`: names are alike, no more. What is ambiguous is this at most, with all candidates.
 */
export type Certainty = 'exact' | 'convention' | 'name';

/** What one imported name stands for, where names of one import can lead to different files. */
export interface Binding {
  /** As in `Import.names`, or the last part of the specifier. */
  readonly name: string;
  readonly paths: readonly string[];
  /** What to look for in those files, outermost first (`['Outer', 'method']`); empty: the name is the file's module. */
  readonly symbols: readonly string[];
}

/** Files that an import names. */
export interface Found {
  /** Several files if the module consists of several (a Go package), or if the candidates are equally good. In order. */
  readonly paths: readonly string[];
  readonly certainty: Certainty;
  /** One per name, where names lead to different files; otherwise all names are in `paths`. */
  readonly bindings?: readonly Binding[];
}

/** Why an import has no target. */
export type Unresolved =
  /** What it names would be in this repository, but is not (generated, built or deleted). */
  | 'missing'
  /** Leads out of the repository. */
  | 'outside'
  /** Computed when it runs, or not an import that resolution understands. */
  | 'dynamic';

export type Target =
  | ({ readonly kind: 'file' } & Found)
  | ({
      readonly kind: 'repo';
      readonly repo: string;
      /** Further repositories that provide the same name. */
      readonly also: readonly { readonly repo: string; readonly paths: readonly string[] }[];
    } & Found)
  /** `name` as the language calls it: `react`, `github.com/x/y`, `serde`, `java.util`. */
  | { readonly kind: 'external'; readonly name: string; readonly certainty: Certainty }
  | { readonly kind: 'unresolved'; readonly why: Unresolved; readonly certainty: Certainty };

/**
 * What files declare about themselves. Kept by the caller, for the languages that find modules by declared names: Java,
 * Kotlin, Scala, Groovy, C#, F#, PHP, Elixir, Haskell; and Rust for the names of inline modules and enums.
 */
export interface Declarations {
  /** Changes whenever an answer may. */
  readonly version: number;
  /** Packages, namespaces or modules that the file declares, as written (`java.util`, `App\Models`, `Plug.Conn`). */
  packagesOf(path: string): readonly string[];
  /** The files that declare a package, in order. */
  filesOf(name: string): readonly string[];
  /** Whether the file defines this name at its top level; undefined if that is not known. */
  defines(path: string, name: string): boolean | undefined;
}

/** A repository's paths and project files, as resolution sees them. */
export interface Project {
  /** Id of the repository. */
  readonly repo: string;
  /** Changes with every change of paths or texts. */
  readonly version: number;
  readonly declarations: Declarations;
  has(path: string): boolean;
  /** Whether any file lies below; `''` is the repository. */
  isFolder(path: string): boolean;
  /** Paths of the files directly in a folder, in order; empty if there is none. */
  filesIn(folder: string): readonly string[];
  /** Paths of the folders directly in a folder, in order. */
  foldersIn(folder: string): readonly string[];
  /** Paths of all files of this name (last part of the path), in order. */
  filesNamed(name: string): readonly string[];
  /** Text of a project file; null if it is not there or was not given. */
  text(path: string): string | null;
  /** `parse(text)`, once per text; null if there is no text or `parse` throws. `parse` must be one function object per meaning. */
  parsed<T>(path: string, parse: (text: string) => T): T | null;
  /** `make(project)`, once per version. `make` must be one function object per meaning. */
  fact<T>(make: (project: Project) => T): T;
}

/** The rules of a language, or of several that share them. */
export interface LanguageRules {
  /** What an import means inside its repository; external if it names something else. */
  resolve(imported: Import, from: Importer, project: Project): Target;
  /** What the same import names in another repository, by the names that repository gives itself; null: nothing. */
  provided?(imported: Import, from: Importer, other: Project): Found | null;
  /** What results depend on besides the folder and the language of the importing file. */
  place?(from: Importer, project: Project): string;
}
