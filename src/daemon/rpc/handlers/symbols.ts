import type { SubjectParams } from '../../../protocol/symbols.js';
import { LcadError } from '../../../shared/errors.js';
import {
  calleesAnswer,
  callersAnswer,
  definitionAnswer,
  dependenciesAnswer,
  type Request,
  referencesAnswer,
  type Subject,
  symbolsAnswer,
} from '../../graph/answers.js';
import type { Graph } from '../../graph/graph.js';
import type { RequestContext } from '../contract.js';
import type { DaemonHandlers } from '../options.js';
import { behindNotes, clientView, fileIn } from '../overlay-files.js';
import { nothingRegistered, type Scope, type SearchScope } from '../search-scope.js';

type Methods =
  | 'lcad/symbols'
  | 'lcad/definition'
  | 'lcad/references'
  | 'lcad/callers'
  | 'lcad/callees'
  | 'lcad/dependencies';

const defaultLimit = 40;

interface Opened {
  request: Request;
  about(notes: readonly string[]): {
    notes: string[];
    freshness: ReturnType<Scope['freshness']>;
    tookMs: number;
  };
}

/** Handlers of the methods on symbols, references and imports. */
export function symbolHandlers(scope: SearchScope, graph: Graph): Pick<DaemonHandlers, Methods> {
  const open = async (
    params: Pick<SubjectParams, 'repos' | 'limit' | 'waitFresh' | 'deadlineMs'>,
    context: RequestContext,
  ): Promise<Opened> => {
    const from = performance.now();
    const { signal } = context;
    const { families: wanted, freshness } = await scope.open(params, signal, { vectors: false });
    const { families } = await scope.open({}, signal, { vectors: false });
    const { view, behind } = await clientView({ scope, graph }, families, context);
    const repos = wanted.flatMap((family) => family.repos.map(({ id }) => view.repos.get(id)));
    const request = {
      view,
      families,
      repos: repos.filter((repo) => repo !== undefined),
      limit: params.limit ?? defaultLimit,
    };
    const about = (notes: readonly string[]) => ({
      notes: [...(families.length === 0 ? [nothingRegistered] : []), ...behindNotes(behind), ...notes],
      freshness: freshness(),
      tookMs: performance.now() - from,
    });
    return { request, about };
  };
  const subjectOf = (params: SubjectParams, request: Request): Subject => {
    const { file, line, column, symbol } = params;
    if (symbol !== undefined && file === undefined) return { symbol };
    if (file === undefined || line === undefined || symbol !== undefined) {
      throw new LcadError('INVALID_PARAMS', 'Give either `symbol`, or `file` and `line`.');
    }
    return {
      ...fileIn(scope, request.view, file),
      line,
      column: column === undefined ? undefined : column - 1,
    };
  };
  const onSubject =
    <R extends { notes: string[] }>(answer: (request: Request, subject: Subject) => Promise<R>) =>
    async (params: SubjectParams, context: RequestContext) => {
      const { request, about } = await open(params, context);
      const reply = await answer(request, subjectOf(params, request));
      return { ...reply, ...about(reply.notes) };
    };
  return {
    'lcad/symbols': async (params, context) => {
      const { request, about } = await open(params, context);
      const { name, match = 'fuzzy', kinds, languages } = params;
      const reply = symbolsAnswer(request, { name, match, kinds, languages });
      return { ...reply, ...about(reply.notes) };
    },
    'lcad/definition': onSubject(definitionAnswer),
    'lcad/references': onSubject(referencesAnswer),
    'lcad/callers': onSubject(callersAnswer),
    'lcad/callees': onSubject(calleesAnswer),
    'lcad/dependencies': async (params, context) => {
      const { request, about } = await open(params, context);
      const reply = dependenciesAnswer(request, fileIn(scope, request.view, params.file));
      return { ...reply, ...about(reply.notes) };
    },
  };
}
