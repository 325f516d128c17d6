import { isAbsolute, relative } from 'node:path';
import type { ContextParams } from '../../../protocol/context.js';
import { LcadError, messageOf } from '../../../shared/errors.js';
import { buildContext, type ContextParts } from '../../context/context.js';
import type { FilePlace } from '../../context/place.js';
import type { Graph } from '../../graph/graph.js';
import type { GraphView } from '../../graph/graph-view.js';
import type { StoredFamily } from '../../search/contract.js';
import type { RequestContext } from '../contract.js';
import type { DaemonHandlers } from '../options.js';
import { clientView } from '../overlay-files.js';
import { nothingRegistered, type SearchScope } from '../search-scope.js';

/** The graph is read with its first use; a context does not wait longer than this for it. */
const graphMs = 3000;

/** Handler of `lcad/context`. */
export function contextHandlers(
  scope: SearchScope,
  graph: Graph,
  parts: ContextParts,
): Pick<DaemonHandlers, 'lcad/context'> {
  return {
    'lcad/context': async (params, context) => {
      const from = performance.now();
      const { signal, overlay } = context;
      const { families, freshness } = await scope.open(params, signal, { vectors: true });
      const { families: registered } = await scope.open({}, signal, { vectors: false });
      const { view, note } = await graphInTime(scope, graph, registered, context);
      const file = placeOf(scope, params);
      const [first = null, ...others] = families.flatMap(({ repos }) => repos);
      const request = {
        params,
        families,
        registered,
        file,
        repo: file?.repo ?? (others.length === 0 ? first : null),
        view,
        buffer: (path: string) => overlay.get(path),
        buffers: overlay.buffers,
      };
      const reply = await buildContext(parts, request, signal);
      const notes = [...(registered.length === 0 ? [nothingRegistered] : []), ...note, ...reply.notes];
      return { ...reply, notes, freshness: freshness(), tookMs: performance.now() - from };
    },
  };
}

/** The graph, or a note why it takes no part: a context without it is better than none. */
async function graphInTime(
  scope: SearchScope,
  graph: Graph,
  families: readonly StoredFamily[],
  context: RequestContext,
): Promise<{ view: GraphView | null; note: string[] }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, graphMs, null);
  });
  try {
    const found = await Promise.race([clientView({ scope, graph }, families, context), late]);
    const note = 'Symbols are still being read: what the snippets call and import is left out this time.';
    return found ? { view: found.view, note: [] } : { view: null, note: [note] };
  } catch (error) {
    context.signal.throwIfAborted();
    return { view: null, note: [`What the snippets call and import is left out: ${messageOf(error)}`] };
  } finally {
    clearTimeout(timer);
  }
}

/** @throws INVALID_PARAMS, REPO_NOT_REGISTERED */
function placeOf(scope: SearchScope, { file, line, selection }: ContextParams): FilePlace | null {
  if (file === undefined) {
    if (line === undefined && selection === undefined) return null;
    throw new LcadError('INVALID_PARAMS', 'A line or a selection needs `file`.');
  }
  if (!isAbsolute(file))
    throw new LcadError('INVALID_PARAMS', `The path of the file is not absolute: ${file}`);
  const own = scope.select(file);
  return { repo: scope.view(own), path: relative(own.root, file), line, selection };
}
