import { isAbsolute } from 'node:path';
import { LcadError } from '../../../shared/errors.js';
import type { Completion, FileIn } from '../../completion/completion.js';
import { canonicalPath, documentPath } from '../../overlay/uris.js';
import type { DaemonHandlers } from '../options.js';
import { filePlace, overlayFilesOf } from '../overlay-files.js';
import type { SearchScope } from '../search-scope.js';

/** Handler of `lcad/completionContext`. */
export function completionContextHandlers(
  scope: SearchScope,
  completion: Completion,
): Pick<DaemonHandlers, 'lcad/completionContext'> {
  const locate = (file: string): FileIn | null => {
    const place = filePlace(scope, file);
    return place && { family: scope.familyOf(place.repo), repo: scope.view(place.repo), path: place.path };
  };
  return {
    'lcad/completionContext': async (params, { signal, overlay }) => {
      const from = performance.now();
      const file = pathOf(params.file);
      const home = locate(file);
      const { waitFresh, deadlineMs } = params;
      const wanted = { repos: home ? [home.repo.id] : [], waitFresh, deadlineMs };
      const { freshness } = await scope.open(wanted, signal, { vectors: home !== null });
      const { families } = await scope.open({}, signal, { vectors: false });
      const viewed = (params.viewed ?? []).map(({ startLine, endLine, ...region }) => ({
        path: pathOf(region.file),
        startLine,
        endLine,
      }));
      const asked = { file, params, viewed, home, locate, families, overlay };
      const reply = await completion.context(
        { ...asked, overlayFiles: overlayFilesOf(scope, overlay) },
        signal,
      );
      return { ...reply, freshness: freshness(), tookMs: performance.now() - from };
    },
  };
}

/** The canonical path of a file that a client names. @throws INVALID_PARAMS */
function pathOf(file: string): string {
  const path = isAbsolute(file) ? canonicalPath(file) : documentPath(file);
  if (!isAbsolute(path))
    throw new LcadError('INVALID_PARAMS', `This is neither an absolute path nor the URI of a file: ${file}`);
  return path;
}
