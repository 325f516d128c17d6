import type { Contents } from './contents.js';
import type { Linker } from './linker.js';
import type { RepoGraph } from './repo-graph.js';

/** What queries work with: the graph as it was when it was asked for. */
export interface GraphView {
  readonly contents: Contents;
  readonly linker: Linker;
  /** All registered repositories, by id. */
  readonly repos: ReadonlyMap<string, RepoGraph>;
}
