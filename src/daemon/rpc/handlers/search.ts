import type { EmbeddingService } from '../../embed/service.js';
import type { Repositories } from '../../repos/repositories.js';
import type { Repository } from '../../repos/repository.js';
import type { SearchableRepo } from '../../search/contract.js';
import type { Search } from '../../search/search.js';
import type { DaemonHandlers } from '../options.js';

const defaultDeadlineMs = 10_000;

/** Handler of `lcad/search`. */
export function searchHandlers(
  repositories: Repositories,
  embedding: EmbeddingService,
  { search }: Search,
): Pick<DaemonHandlers, 'lcad/search'> {
  const views = new WeakMap<Repository, SearchableRepo>();
  const viewOf = (repo: Repository): SearchableRepo => {
    const known = views.get(repo);
    if (known) return known;
    const view = searchable(repo);
    views.set(repo, view);
    return view;
  };

  return {
    'lcad/search': async (params, { signal }) => {
      const from = performance.now();
      const repos = repositories.selectMany(params.repos);
      const { waitFresh = false, deadlineMs = defaultDeadlineMs } = params;
      const fresh = await Promise.all(repos.map((repo) => waitFresh && repo.waitFresh(deadlineMs, signal)));
      const families = [...new Set(repos.map(({ family }) => family))].map((family) => ({
        id: family.id,
        store: family.store,
        repos: repos.filter((repo) => repo.family === family).map(viewOf),
        vectors: embedding.vectorsOf(family.id),
      }));
      const reply = await search(params, families, signal);
      return {
        ...reply,
        notes: [...(repos.length === 0 ? [nothingRegistered] : []), ...reply.notes],
        freshness: repos.map((repo, i) => repo.freshness(fresh[i] ?? false)),
        tookMs: performance.now() - from,
      };
    },
  };
}

const nothingRegistered = 'No repository is registered yet: add one with `lcad add <path>`.';

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
