import type { Freshness } from '../../protocol/common.js';
import type { EmbeddingService } from '../embed/service.js';
import type { Repositories } from '../repos/repositories.js';
import type { Repository } from '../repos/repository.js';
import type { SearchableRepo, StoredFamily } from '../search/contract.js';

const defaultDeadlineMs = 10_000;

/** The part of a request that says where to search. */
interface ScopeParams {
  repos?: string[] | undefined;
  waitFresh?: boolean | undefined;
  deadlineMs?: number | undefined;
}

/** What one request searches. */
export interface Scope {
  /** Grouped by the store that they share. */
  families: StoredFamily[];
  /** How fresh each of them is now. */
  freshness(): Freshness[];
}

/** Makes repositories searchable. One object a repository, for as long as it lives. */
export class SearchScope {
  readonly #repositories: Repositories;
  readonly #embedding: EmbeddingService;
  readonly #views = new WeakMap<Repository, SearchableRepo>();

  constructor(repositories: Repositories, embedding: EmbeddingService) {
    this.#repositories = repositories;
    this.#embedding = embedding;
  }

  /** The repository that a path lies in, or that is named. @throws REPO_NOT_REGISTERED, REPO_AMBIGUOUS */
  select(selector: string): Repository {
    return this.#repositories.select(selector);
  }

  /**
   * The repositories that a request names, once they are as fresh as it asks for.
   * @param vectors they are needed: wait a moment for those that are just being opened
   * @throws REPO_NOT_REGISTERED, REPO_AMBIGUOUS, the signal's reason
   */
  async open(params: ScopeParams, signal: AbortSignal, { vectors }: { vectors: boolean }): Promise<Scope> {
    const repos = this.#repositories.selectMany(params.repos);
    const { waitFresh = false, deadlineMs = defaultDeadlineMs } = params;
    const fresh = await Promise.all(repos.map((repo) => waitFresh && repo.waitFresh(deadlineMs, signal)));
    if (vectors) await this.#embedding.opened();
    return {
      families: [...new Set(repos.map(({ family }) => family))].map((family) =>
        this.#familyOf(
          repos.filter((repo) => repo.family === family),
          family,
        ),
      ),
      freshness: () => repos.map((repo, i) => repo.freshness(fresh[i] ?? false)),
    };
  }

  /** A repository by itself. */
  familyOf(repo: Repository): StoredFamily {
    return this.#familyOf([repo], repo.family);
  }

  #familyOf(repos: readonly Repository[], { id, store }: Repository['family']): StoredFamily {
    const views = repos.map((repo) => this.view(repo));
    return { id, store, repos: views, vectors: this.#embedding.vectorsOf(id) };
  }

  view(repo: Repository): SearchableRepo {
    const known = this.#views.get(repo);
    if (known) return known;
    const view = searchable(repo);
    this.#views.set(repo, view);
    return view;
  }
}

/** A note for replies when nothing is registered. */
export const nothingRegistered = 'No repository is registered yet: add one with `lcad add <path>`.';

function searchable(repo: Repository): SearchableRepo {
  return {
    id: repo.id,
    name: repo.name,
    root: repo.root,
    family: repo.family.id,
    pathsOf: (key) => repo.live.pathsOf(key),
    files: repo.live.entries,
    freshness: (fresh) => repo.freshness(fresh),
    get generation() {
      return repo.generation;
    },
    get epoch() {
      return repo.epoch;
    },
  };
}
