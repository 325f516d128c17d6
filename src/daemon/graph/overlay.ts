import { Content } from './content.js';
import type { SharedContents } from './contents.js';
import type { OverlayFile } from './contract.js';
import type { GraphView } from './graph-view.js';
import { Linker } from './linker.js';
import { OverlayContents } from './overlay-contents.js';
import { OverlayNames } from './overlay-names.js';
import { OverlayProject } from './overlay-project.js';
import { OverlayRepo, othersThan } from './overlay-repo.js';
import type { GraphFile, RepoGraph, SharedRepo } from './repo-graph.js';
import type { Project } from './resolve/contract.js';
import { declaresSame } from './resolve/declarations.js';
import { ImportResolver } from './resolve/resolver.js';

/** Views kept: of the clients that asked last. */
const viewsKept = 8;
/** Names of unsaved text kept: with more, all begins anew. */
const namesAtMost = 50_000;

interface Kept {
  overlay: readonly OverlayFile[];
  state: string;
  view: GraphView;
}

/** Own files of a view, by repository and path. */
type Own = ReadonlyMap<string, ReadonlyMap<string, GraphFile>>;

/** Views of the shared graph in which some files have other outlines. The shared graph itself is never changed. */
export class Overlays {
  readonly #contents: SharedContents;
  readonly #repos: ReadonlyMap<string, SharedRepo>;
  #names: OverlayNames;
  #made = new WeakMap<OverlayFile, Content>();
  #kept: Kept[] = [];

  constructor(contents: SharedContents, repos: ReadonlyMap<string, SharedRepo>) {
    this.#contents = contents;
    this.#repos = repos;
    this.#names = new OverlayNames(contents.names);
  }

  /**
   * The view with an overlay; null if the overlay says nothing else than what is published. Takes time by the size of
   * the overlay, and none if it was asked for before.
   * @param state changes whenever the shared graph does
   */
  view(overlay: readonly OverlayFile[], state: string): GraphView | null {
    if (!this.#names.isCurrent() || this.#names.own > namesAtMost) this.#startAnew();
    const files = overlay.filter(({ repo, path, key }) => {
      const known = this.#repos.get(repo);
      return known && known.files.get(path)?.key !== key;
    });
    if (files.length === 0) return null;
    const known = this.#kept.find((one) => one.state === state && isSame(one.overlay, files));
    if (known) return known.view;
    const view = this.#make(files);
    const others = this.#kept.filter((one) => one.state === state);
    this.#kept = [{ overlay: files, state, view }, ...others].slice(0, viewsKept);
    return view;
  }

  #startAnew(): void {
    this.#names = new OverlayNames(this.#contents.names);
    this.#made = new WeakMap();
    this.#kept = [];
  }

  #make(files: readonly OverlayFile[]): GraphView {
    const own = new Map<string, Map<string, GraphFile>>();
    const contents = new Set<Content>();
    for (const file of files) {
      const published = this.#contents.get(file.key);
      const content = published ?? this.#contentOf(file);
      if (!published) contents.add(content);
      const paths = own.get(file.repo) ?? new Map<string, GraphFile>();
      own.set(file.repo, paths.set(file.path, { key: file.key, language: file.language, content }));
    }
    const layer = new OverlayContents(this.#contents, this.#names, contents);
    const repos = this.#leadsElsewhere(own) ? this.#withProjects(own) : this.#withFiles(own);
    return { contents: layer, linker: new Linker(layer, repos), repos };
  }

  #contentOf(file: OverlayFile): Content {
    const known = this.#made.get(file);
    if (known) return known;
    const { key, language, outline, packed } = file;
    const content = new Content(key, language, outline, packed, this.#names);
    this.#made.set(file, content);
    return content;
  }

  /** Whether imports of other files may lead elsewhere: paths are new, or files declare something else. */
  #leadsElsewhere(own: Own): boolean {
    for (const [id, files] of own) {
      for (const [path, { content }] of files) {
        const before = this.#repos.get(id)?.files.get(path);
        if (!before || !declaresSame(before.content?.declared ?? null, content?.declared ?? null))
          return true;
      }
    }
    return false;
  }

  #withFiles(own: Own): Map<string, RepoGraph> {
    const repos = new Map<string, RepoGraph>();
    for (const [id, base] of this.#repos) {
      const files = own.get(id);
      repos.set(id, files ? new OverlayRepo(base, files, null) : base);
    }
    return repos;
  }

  #withProjects(own: Own): Map<string, RepoGraph> {
    const projects = new Map<string, Project>();
    for (const [id, base] of this.#repos) {
      const files = own.get(id);
      projects.set(id, files ? projectOf(base, files) : base.project);
    }
    const repos = new Map<string, RepoGraph>();
    for (const [id, base] of this.#repos) {
      const project = projects.get(id) ?? base.project;
      const resolver = new ImportResolver(project, () => othersThan(id, projects));
      repos.set(
        id,
        new OverlayRepo(base, own.get(id) ?? new Map<string, GraphFile>(), { project, resolver }),
      );
    }
    return repos;
  }
}

function projectOf(base: SharedRepo, files: ReadonlyMap<string, GraphFile>): Project {
  const added = [...files.keys()].filter((path) => !base.files.has(path));
  const declared = [...files].map(([path, { content }]) => [path, content?.declared ?? null] as const);
  return new OverlayProject(base.project, added, new Map(declared));
}

function isSame(a: readonly OverlayFile[], b: readonly OverlayFile[]): boolean {
  return a.length === b.length && a.every((file, at) => file === b[at]);
}
