import type { Search } from '../../search/search.js';
import type { DaemonHandlers } from '../options.js';
import { nothingRegistered, type SearchScope } from '../search-scope.js';

/** Handler of `lcad/search`. */
export function searchHandlers(scope: SearchScope, { search }: Search): Pick<DaemonHandlers, 'lcad/search'> {
  return {
    'lcad/search': async (params, { signal }) => {
      const from = performance.now();
      const { families, freshness } = await scope.open(params, signal, { vectors: true });
      const reply = await search(params, families, signal);
      return {
        ...reply,
        notes: [...(families.length === 0 ? [nothingRegistered] : []), ...reply.notes],
        freshness: freshness(),
        tookMs: performance.now() - from,
      };
    },
  };
}
