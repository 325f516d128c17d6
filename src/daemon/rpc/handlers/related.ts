import { isAbsolute, relative } from 'node:path';
import { LcadError } from '../../../shared/errors.js';
import { related } from '../../search/related.js';
import type { DaemonHandlers } from '../options.js';
import type { SearchScope } from '../search-scope.js';

/** Handler of `lcad/related`. */
export function relatedHandlers(scope: SearchScope): Pick<DaemonHandlers, 'lcad/related'> {
  return {
    'lcad/related': async (params, { signal }) => {
      const from = performance.now();
      if (!isAbsolute(params.file)) {
        throw new LcadError('INVALID_PARAMS', `The path of the file is not absolute: ${params.file}`);
      }
      const own = scope.select(params.file);
      const repos = params.repos ?? [own.id];
      const { families, freshness } = await scope.open({ ...params, repos }, signal, { vectors: true });
      const at = {
        family: scope.familyOf(own),
        repo: scope.view(own),
        path: relative(own.root, params.file),
      };
      const reply = await related(params, at, families, signal);
      return { ...reply, freshness: freshness(), tookMs: performance.now() - from };
    },
  };
}
