import { setImmediate as nextTurn } from 'node:timers/promises';
import { unpackOutline } from '../../workers/outline/compact.js';
import { Content } from './content.js';
import { SharedContents } from './contents.js';
import type { GraphFamily, GraphRepo, OverlayFile } from './contract.js';
import type { GraphView } from './graph-view.js';
import { Linker } from './linker.js';
import { Overlays } from './overlay.js';
import { textsOf } from './project-texts.js';
import { type FileChange, SharedRepo } from './repo-graph.js';
import { isProjectFile } from './resolve/project-files.js';

interface Known {
  graph: SharedRepo;
  family: GraphFamily;
  epoch: string;
  generation: number;
  /** Contents that the store had no word on. */
  missing: Set<string>;
}

/** Longest stretch of unpacking before other work has its turn. */
const turnMs = 8;
const keysPerRead = 1_000;
const roundsAtMost = 5;
/** Marks of changed files kept of one repository; past it all of its files are compared. */
const marksAtMost = 20_000;

/**
 * The symbols of all registered repositories and what they refer to, in memory. Brought up to date with each request by
 * what changed since. Only outlines are kept: what a name leads to is found when it is asked for.
 */
export class LiveGraph {
  readonly #contents = new SharedContents();
  readonly #graphs = new Map<string, SharedRepo>();
  readonly #known = new Map<string, Known>();
  /** Paths that changed since the last look, by repository. */
  readonly #marked = new Map<string, Set<string>>();
  readonly #view: GraphView;
  readonly #overlays: Overlays;
  #state = '';
  /** Repositories that were taken up so far: one that comes back is another one. */
  #begun = 0;
  #work: Promise<void> = Promise.resolve();

  constructor() {
    const linker = new Linker(this.#contents, this.#graphs);
    this.#view = { contents: this.#contents, linker, repos: this.#graphs };
    this.#overlays = new Overlays(this.#contents, this.#graphs);
  }

  /** Takes note of files of a repository that changed or are gone: spares comparing all of them. */
  changed(repo: string, paths: Iterable<string>): void {
    if (!this.#known.has(repo)) return;
    const marked = this.#marked.get(repo) ?? new Set();
    this.#marked.set(repo, marked);
    if (marked.size < marksAtMost) for (const path of paths) marked.add(path);
  }

  /**
   * The graph as the repositories are now.
   * @param families all that are registered
   * @param overlay outlines that take the place of published ones, for this caller alone; one file each
   * @throws INDEX_UNAVAILABLE
   */
  async view(families: readonly GraphFamily[], overlay: readonly OverlayFile[] = []): Promise<GraphView> {
    for (let round = 0; round < roundsAtMost && !this.#isCurrent(families); round++) {
      const work = this.#work.then(() => (this.#isCurrent(families) ? undefined : this.#update(families)));
      this.#work = work.catch(() => undefined);
      await work;
    }
    if (overlay.length === 0) return this.#view;
    const state = `${this.#contents.version}\n${this.#state}`;
    return this.#overlays.view(overlay, state) ?? this.#view;
  }

  #isCurrent(families: readonly GraphFamily[]): boolean {
    let count = 0;
    for (const family of families) {
      for (const repo of family.repos) {
        count++;
        const known = this.#known.get(repo.id);
        if (!known || known.graph.repo !== repo) return false;
        if (known.epoch !== repo.epoch || known.generation !== repo.generation) return false;
        for (const key of known.missing) if (family.store.isWhole(key)) return false;
      }
    }
    return count === this.#known.size;
  }

  async #update(families: readonly GraphFamily[]): Promise<void> {
    this.#forgetOthers(families);
    for (const family of families) {
      for (const repo of family.repos) await this.#updateRepo(family, repo);
    }
    const versions = [...this.#graphs].map(([id, { version }]) => `${id} ${version}`);
    this.#state = `${this.#begun}\n${versions.join('\n')}`;
  }

  #forgetOthers(families: readonly GraphFamily[]): void {
    const here = new Set(families.flatMap(({ repos }) => repos));
    for (const [id, { graph }] of this.#known) {
      if (here.has(graph.repo)) continue;
      graph.clear();
      this.#known.delete(id);
      this.#marked.delete(id);
      this.#graphs.delete(id);
    }
  }

  async #updateRepo(family: GraphFamily, repo: GraphRepo): Promise<void> {
    const known = this.#known.get(repo.id) ?? this.#begin(family, repo);
    known.family = family;
    const { epoch, generation } = repo;
    const paths = this.#pathsToLookAt(known);
    // Should this fail, the marks are gone: the next look compares all files.
    known.epoch = '';
    const changes = await this.#changesOf(known, paths);
    // Where it changed meanwhile, the marks and the generation tell that there is more to do.
    known.graph.apply(changes);
    known.epoch = epoch;
    known.generation = generation;
  }

  #begin(family: GraphFamily, repo: GraphRepo): Known {
    const others = () =>
      [...this.#graphs.values()].filter((one) => one.id !== repo.id).map(({ project }) => project);
    const graph = new SharedRepo(repo, this.#contents, others, () => this.#state);
    const known = { graph, family, epoch: '', generation: -1, missing: new Set<string>() };
    this.#begun++;
    this.#graphs.set(repo.id, graph);
    this.#known.set(repo.id, known);
    return known;
  }

  /** The paths whose file may be another one than the graph knows. */
  #pathsToLookAt({ graph, epoch, generation, missing, family }: Known): Set<string> {
    const { repo } = graph;
    const marked = this.#marked.get(repo.id);
    this.#marked.delete(repo.id);
    const paths = new Set<string>();
    for (const key of missing) {
      if (family.store.isWhole(key)) for (const path of repo.pathsOf(key)) paths.add(path);
    }
    if (epoch === repo.epoch && (generation === repo.generation || (marked && marked.size < marksAtMost))) {
      for (const path of marked ?? []) paths.add(path);
      return paths;
    }
    for (const [path, { key }] of repo.files) {
      if ((graph.files.get(path)?.key ?? '') !== key) paths.add(path);
    }
    for (const path of graph.files.keys()) if (!repo.files.has(path)) paths.add(path);
    return paths;
  }

  async #changesOf(known: Known, paths: ReadonlySet<string>): Promise<FileChange[]> {
    const { graph, family, missing } = known;
    const wanted: { path: string; key: string; language: string }[] = [];
    const changes: FileChange[] = [];
    for (const path of paths) {
      const entry = graph.repo.files.get(path);
      if (entry && entry.key !== '') wanted.push({ path, key: entry.key, language: entry.language });
      else if (graph.files.has(path)) changes.push({ path, file: null, text: null });
    }
    const contents = await this.#contentsOf(family, wanted);
    const texts = await textsOf(
      family.store,
      wanted.filter(({ path }) => isProjectFile(path)).map(({ key }) => key),
    );
    for (const { path, key, language } of wanted) {
      const content = contents.get(key) ?? this.#contents.get(key) ?? null;
      if (content || family.store.isWhole(key)) missing.delete(key);
      else missing.add(key);
      changes.push({ path, file: { key, language, content }, text: texts.get(key) ?? null });
    }
    return changes;
  }

  /** The contents of some files that are not here yet, from the store. */
  async #contentsOf(
    { store }: GraphFamily,
    files: readonly { key: string; language: string }[],
  ): Promise<Map<string, Content>> {
    const languages = new Map<string, string>();
    for (const { key, language } of files) if (!this.#contents.get(key)) languages.set(key, language);
    const keys = [...languages.keys()];
    const made = new Map<string, Content>();
    let until = performance.now() + turnMs;
    for (let from = 0; from < keys.length; from += keysPerRead) {
      for (const [key, packed] of await store.outlines(new Set(keys.slice(from, from + keysPerRead)))) {
        const language = languages.get(key) ?? '';
        made.set(key, new Content(key, language, unpackOutline(packed), packed, this.#contents.names));
        if (performance.now() < until) continue;
        await nextTurn();
        until = performance.now() + turnMs;
      }
    }
    return made;
  }
}
