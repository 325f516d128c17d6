import { isAbsolute } from 'node:path';
import type {
  CompletionContextParams,
  CompletionContextResult,
} from '../../../protocol/completion-context.js';
import { LcadError } from '../../../shared/errors.js';
import type { Completion } from '../../completion/completion.js';
import type { FileIn } from '../../completion/regions.js';
import type { Overlay } from '../../overlay/contract.js';
import { canonicalPath, documentPath } from '../../overlay/uris.js';
import type { DaemonHandlers } from '../options.js';
import { filePlace, overlayFilesOf } from '../overlay-files.js';
import type { SearchScope } from '../search-scope.js';

/** Handler of `lcad/completionContext`. */
export function completionContextHandlers(
  scope: SearchScope,
  completion: Completion,
): Pick<DaemonHandlers, 'lcad/completionContext'> {
  const contextOf = completionContexts(scope, completion);
  return {
    'lcad/completionContext': (params, { signal, overlay }) => contextOf(params, { overlay }, signal),
  };
}

/**
 * What makes the context of a completion for a client.
 * @throws (what is returned) INVALID_PARAMS for what names no file, what `Completion.context` throws
 */
export function completionContexts(scope: SearchScope, completion: Completion) {
  const locate = (file: string) => fileIn(scope, file);
  return async (
    params: CompletionContextParams,
    { overlay }: { overlay: Overlay },
    signal: AbortSignal,
  ): Promise<CompletionContextResult> => {
    const from = performance.now();
    const file = pathOf(params.file, overlay);
    const home = locate(file);
    const { waitFresh, deadlineMs } = params;
    const wanted = { repos: home ? [home.repo.id] : [], waitFresh, deadlineMs };
    const { freshness } = await scope.open(wanted, signal, { vectors: home !== null });
    const { families } = await scope.open({}, signal, { vectors: false });
    const viewed = (params.viewed ?? []).map(({ startLine, endLine, ...region }) => ({
      path: pathOf(region.file, overlay),
      startLine,
      endLine,
    }));
    const asked = { file, params, viewed, home, locate, families, overlay };
    const reply = await completion.context(
      { ...asked, overlayFiles: overlayFilesOf(scope, overlay) },
      signal,
    );
    return { ...reply, freshness: freshness(), tookMs: performance.now() - from };
  };
}

/** Has the context of completions got ready in a document that a client opened, or whose outline was made. */
export function completionWarmer(scope: SearchScope, completion: Completion) {
  return (overlay: Overlay, file: string): void => {
    const home = fileIn(scope, file);
    if (!home) return;
    const now = async () => {
      const { families } = await scope.open({}, new AbortController().signal, { vectors: false });
      return { families, overlayFiles: overlayFilesOf(scope, overlay) };
    };
    void completion.warm({ file, home, overlay, now });
  };
}

function fileIn(scope: SearchScope, file: string): FileIn | null {
  const place = filePlace(scope, file);
  return place && { family: scope.familyOf(place.repo), repo: scope.view(place.repo), path: place.path };
}

/**
 * The canonical path of a file that a client names; that of an open document is known, and is its URI if it is no file.
 * @throws INVALID_PARAMS
 */
export function pathOf(file: string, overlay: Overlay): string {
  const open = overlay.get(file);
  if (open) return open.path;
  const path = isAbsolute(file) ? canonicalPath(file) : documentPath(file);
  if (!isAbsolute(path))
    throw new LcadError('INVALID_PARAMS', `This is neither an absolute path nor the URI of a file: ${file}`);
  return path;
}
