import type { Content } from './content.js';
import type { SharedContents } from './contents.js';
import type { GraphRepo } from './contract.js';
import { FileScope, KnownPlaces } from './file-scope.js';
import { FileTargets } from './file-targets.js';
import type { Project, Target } from './resolve/contract.js';
import { DeclarationIndex } from './resolve/declarations.js';
import { ProjectIndex } from './resolve/project.js';
import { isProjectFile } from './resolve/project-files.js';
import { ImportResolver } from './resolve/resolver.js';

/** A file as the graph knows it. */
export interface GraphFile {
  key: string;
  language: string;
  /** Null: it has no outline, or that is not known yet. */
  content: Content | null;
}

/** What a file is to become; null: it is gone. */
export interface FileChange {
  path: string;
  file: GraphFile | null;
  /** Text of a project file. */
  text: string | null;
}

/** An import of a file. */
export interface ImportedBy {
  path: string;
  /** Index of the import in the file. */
  at: number;
}

const nothing: readonly never[] = [];
const noFile: GraphFile = { key: '', language: '', content: null };

/** The files of one repository as the graph knows them, with what their imports lead to. */
export interface RepoGraph {
  readonly repo: GraphRepo;
  readonly id: string;
  readonly files: ReadonlyMap<string, GraphFile>;
  readonly project: Project;
  content(path: string): Content | null;
  /** Paths of this repository that have a content, in order. */
  pathsOf(content: Content): readonly string[];
  /** Where the imports of a file lead, one each in their order. */
  targetsOf(path: string): readonly Target[];
  /** The names that the imports of a file bring in. */
  scopeOf(path: string): FileScope;
  /** The imports of this repository that lead to a file of a repository, by path. */
  importersOf(repo: string, path: string): readonly ImportedBy[];
}

/** The published files of one repository. */
export class SharedRepo implements RepoGraph {
  readonly repo: GraphRepo;
  readonly project: ProjectIndex;
  readonly #contents: SharedContents;
  readonly #declarations = new DeclarationIndex();
  readonly #resolver: ImportResolver;
  readonly #files = new Map<string, GraphFile>();
  /** Paths of files that have an outline, by its content. */
  readonly #paths = new Map<string, string[]>();
  readonly #state: () => string;
  #known: string | null = null;
  #changes = 0;
  readonly #targets = new Map<string, FileTargets>();
  readonly #scopes = new Map<string, FileScope>();
  readonly #places = new KnownPlaces();
  #importers: { changes: number; of: Map<string, ImportedBy[]> } | null = null;

  /**
   * @param others the projects of the other repositories
   * @param state changes whenever what an import leads to may change
   */
  constructor(
    repo: GraphRepo,
    contents: SharedContents,
    others: () => readonly Project[],
    state: () => string,
  ) {
    this.repo = repo;
    this.#contents = contents;
    this.#state = state;
    this.project = new ProjectIndex(repo.id, [], [], this.#declarations);
    this.#resolver = new ImportResolver(this.project, others);
  }

  get id(): string {
    return this.repo.id;
  }

  get files(): ReadonlyMap<string, GraphFile> {
    return this.#files;
  }

  content(path: string): Content | null {
    return this.#files.get(path)?.content ?? null;
  }

  /** Changes with everything that may change what imports lead to. */
  get version(): string {
    return `${this.project.version} ${this.#declarations.version}`;
  }

  pathsOf({ key }: Content): readonly string[] {
    return this.#paths.get(key) ?? nothing;
  }

  /** Takes over changes of files. */
  apply(changes: readonly FileChange[]): void {
    if (changes.length === 0) return;
    this.#changes++;
    this.#contents.version++;
    const removed: string[] = [];
    const added: string[] = [];
    const texts: [string, string | null][] = [];
    for (const { path, file, text } of changes) {
      const before = this.#files.get(path);
      if (file?.content) this.#contents.use(file.content);
      if (before?.content) this.#contents.release(before.content.key);
      this.#move(path, before?.content?.key, file?.content?.key);
      this.#targets.delete(path);
      this.#scopes.delete(path);
      if (file) this.#files.set(path, file);
      else this.#files.delete(path);
      if (file && !before) added.push(path);
      if (!file && before) removed.push(path);
      if (isProjectFile(path)) texts.push([path, text]);
      this.#declarations.set(path, file?.content?.declared ?? null);
    }
    if (added.length + removed.length + texts.length > 0) this.project.update({ added, removed, texts });
  }

  /** Forgets all files. */
  clear(): void {
    this.apply([...this.#files.keys()].map((path) => ({ path, file: null, text: null })));
  }

  targetsOf(path: string): readonly Target[] {
    return this.#targetsIn(path).all();
  }

  /** Where imports would lead if a file were this one. */
  resolve(path: string, { language, content }: GraphFile): FileTargets {
    return new FileTargets(content?.imports ?? nothing, () => this.#resolver.of({ path, language }));
  }

  scopeOf(path: string): FileScope {
    this.#refresh();
    const known = this.#scopes.get(path);
    if (known) return known;
    const scope = new FileScope(this.id, this.content(path), this.#targetsIn(path), this.#places);
    this.#scopes.set(path, scope);
    return scope;
  }

  importersOf(repo: string, path: string): readonly ImportedBy[] {
    this.#refresh();
    if (this.#importers?.changes !== this.#changes) {
      this.#importers = { changes: this.#changes, of: importersIn(this) };
    }
    return this.#importers.of.get(`${repo}\n${path}`) ?? [];
  }

  #targetsIn(path: string): FileTargets {
    this.#refresh();
    const known = this.#targets.get(path);
    if (known) return known;
    const targets = this.resolve(path, this.#files.get(path) ?? noFile);
    this.#targets.set(path, targets);
    return targets;
  }

  #move(path: string, from: string | undefined, to: string | undefined): void {
    if (from === to) return;
    const left = from === undefined ? undefined : this.#paths.get(from)?.filter((other) => other !== path);
    if (from !== undefined && left?.length) this.#paths.set(from, left);
    else if (from !== undefined) this.#paths.delete(from);
    if (to !== undefined) this.#paths.set(to, [...(this.#paths.get(to) ?? nothing), path].sort());
  }

  #refresh(): void {
    const state = this.#state();
    if (state === this.#known) return;
    this.#known = state;
    this.#changes++;
    this.#targets.clear();
    this.#scopes.clear();
    this.#places.clear();
  }
}

/** All imports of a repository that lead to files, by `repository\npath` of those. */
export function importersIn(graph: RepoGraph): Map<string, ImportedBy[]> {
  const of = new Map<string, ImportedBy[]>();
  for (const from of graph.files.keys()) noteImports(graph, from, of);
  return of;
}

function noteImports(graph: RepoGraph, from: string, of: Map<string, ImportedBy[]>): void {
  for (const [at, target] of graph.targetsOf(from).entries()) {
    if (target.kind !== 'file' && target.kind !== 'repo') continue;
    const repo = target.kind === 'repo' ? target.repo : graph.id;
    for (const path of target.paths) {
      const key = `${repo}\n${path}`;
      const known = of.get(key);
      if (known) known.push({ path: from, at });
      else of.set(key, [{ path: from, at }]);
    }
  }
}
