import { relative } from 'node:path';
import { LcadError } from '../../../shared/errors.js';
import type { Graph } from '../../graph/graph.js';
import type { RepoMaps } from '../../map/repo-map.js';
import type { DaemonHandlers } from '../options.js';
import { repoIn } from '../overlay-files.js';
import { nothingRegistered, type SearchScope } from '../search-scope.js';

const defaultTokens = 2_000;

/** Handler of `lcad/map`. */
export function mapHandlers(
  scope: SearchScope,
  graph: Graph,
  maps: RepoMaps,
): Pick<DaemonHandlers, 'lcad/map'> {
  return {
    'lcad/map': async (params, { signal, overlay }) => {
      const from = performance.now();
      const { repo: selector, paths = [], focus = [], order = 'rank', tokens = defaultTokens } = params;
      const wanted = { ...params, ...(selector === undefined ? {} : { repos: [selector] }) };
      const { families: asked, freshness } = await scope.open(wanted, signal, { vectors: false });
      const { families } = await scope.open({}, signal, { vectors: false });
      const view = await graph.view(families);
      signal.throwIfAborted();
      const [own, another] = asked.flatMap(({ repos }) => repos);
      if (!own) throw new LcadError('REPO_NOT_REGISTERED', nothingRegistered);
      if (another) {
        throw new LcadError(
          'REPO_AMBIGUOUS',
          'Several repositories are registered: a map is of one of them.',
          {
            next: 'Name it with `repo`.',
          },
        );
      }
      const repo = repoIn(view, own);
      const open = overlay.buffers
        .map(({ path }) => relative(own.root, path))
        .filter((path) => repo.files.has(path));
      const request = { view, repo, budget: tokens, paths, focus, open, order };
      const answer = await maps.answer(request, signal);
      return { ...answer, freshness: freshness(), tookMs: performance.now() - from };
    },
  };
}
