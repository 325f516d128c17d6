import type { Content } from './content.js';
import type { GraphRepo } from './contract.js';
import { FileScope, KnownPlaces } from './file-scope.js';
import { FileTargets } from './file-targets.js';
import type { GraphFile, ImportedBy, RepoGraph, SharedRepo } from './repo-graph.js';
import { importersIn } from './repo-graph.js';
import type { Project, Target } from './resolve/contract.js';
import type { ImportResolver } from './resolve/resolver.js';

const nothing: readonly never[] = [];

interface Links {
  project: Project;
  resolver: ImportResolver;
}

/**
 * A repository in which some files are other ones. What it does not say itself it asks the shared one for; only where
 * paths or declarations differ, imports of all files are resolved anew, each when it is asked for.
 */
export class OverlayRepo implements RepoGraph {
  readonly files: ReadonlyMap<string, GraphFile>;
  readonly project: Project;
  readonly #base: SharedRepo;
  readonly #own: ReadonlyMap<string, GraphFile>;
  /** Null: imports of the other files lead where they do without the overlay. */
  readonly #resolver: ImportResolver | null;
  readonly #paths = new Map<Content, readonly string[]>();
  readonly #targets = new Map<string, FileTargets>();
  readonly #scopes = new Map<string, FileScope>();
  readonly #places = new KnownPlaces();
  #importers: Map<string, ImportedBy[]> | null = null;

  /** @param links its project and what resolves imports in it, if not the shared ones */
  constructor(base: SharedRepo, own: ReadonlyMap<string, GraphFile>, links: Links | null) {
    this.#base = base;
    this.#own = own;
    this.project = links?.project ?? base.project;
    this.#resolver = links?.resolver ?? null;
    this.files = new OverlayMap(base.files, own);
  }

  get repo(): GraphRepo {
    return this.#base.repo;
  }

  get id(): string {
    return this.#base.id;
  }

  content(path: string): Content | null {
    return this.files.get(path)?.content ?? null;
  }

  pathsOf(content: Content): readonly string[] {
    const known = this.#paths.get(content);
    if (known) return known;
    const base = this.#base.pathsOf(content);
    const left = base.filter((path) => !this.#own.has(path));
    const own = [...this.#own].filter(([, file]) => file.content === content).map(([path]) => path);
    const paths = own.length === 0 && left.length === base.length ? base : [...left, ...own].sort();
    this.#paths.set(content, paths);
    return paths;
  }

  targetsOf(path: string): readonly Target[] {
    if (!this.#own.has(path) && !this.#resolver) return this.#base.targetsOf(path);
    return this.#targetsIn(path).all();
  }

  scopeOf(path: string): FileScope {
    if (!this.#own.has(path) && !this.#resolver) return this.#base.scopeOf(path);
    const known = this.#scopes.get(path);
    if (known) return known;
    const scope = new FileScope(this.id, this.content(path), this.#targetsIn(path), this.#places);
    this.#scopes.set(path, scope);
    return scope;
  }

  importersOf(repo: string, path: string): readonly ImportedBy[] {
    if (this.#resolver) {
      this.#importers ??= importersIn(this);
      return this.#importers.get(`${repo}\n${path}`) ?? nothing;
    }
    const left = this.#base.importersOf(repo, path).filter((one) => !this.#own.has(one.path));
    return [...left, ...[...this.#own.keys()].flatMap((from) => this.#importsOf(from, repo, path))];
  }

  #importsOf(from: string, repo: string, path: string): ImportedBy[] {
    const found: ImportedBy[] = [];
    for (const [at, target] of this.targetsOf(from).entries()) {
      if (target.kind !== 'file' && target.kind !== 'repo') continue;
      if ((target.kind === 'repo' ? target.repo : this.id) !== repo) continue;
      if (target.paths.includes(path)) found.push({ path: from, at });
    }
    return found;
  }

  #targetsIn(path: string): FileTargets {
    const known = this.#targets.get(path);
    if (known) return known;
    const targets = this.#resolve(path, this.files.get(path));
    this.#targets.set(path, targets);
    return targets;
  }

  #resolve(path: string, file: GraphFile | undefined): FileTargets {
    const resolver = this.#resolver;
    if (!file?.content || !resolver)
      return this.#base.resolve(path, file ?? { key: '', language: '', content: null });
    const { language } = file;
    return new FileTargets(file.content.imports, () => resolver.of({ path, language }));
  }
}

/** The projects of all repositories but one. */
export function othersThan(id: string, projects: ReadonlyMap<string, Project>): Project[] {
  return [...projects].filter(([other]) => other !== id).map(([, project]) => project);
}

/** A map in which some entries are other ones, or new. */
class OverlayMap<V> implements ReadonlyMap<string, V> {
  readonly size: number;
  readonly #base: ReadonlyMap<string, V>;
  readonly #own: ReadonlyMap<string, V>;
  readonly #added: readonly string[];

  constructor(base: ReadonlyMap<string, V>, own: ReadonlyMap<string, V>) {
    this.#base = base;
    this.#own = own;
    this.#added = [...own.keys()].filter((key) => !base.has(key));
    this.size = base.size + this.#added.length;
  }

  get(key: string): V | undefined {
    return this.#own.get(key) ?? this.#base.get(key);
  }

  has(key: string): boolean {
    return this.#own.has(key) || this.#base.has(key);
  }

  *keys(): MapIterator<string> {
    yield* this.#base.keys();
    yield* this.#added;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  *entries(): MapIterator<[string, V]> {
    for (const key of this.keys()) {
      const value = this.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  [Symbol.iterator](): MapIterator<[string, V]> {
    return this.entries();
  }

  forEach(call: (value: V, key: string, map: ReadonlyMap<string, V>) => void): void {
    for (const [key, value] of this.entries()) call(value, key, this);
  }
}
