import type { ImpactParams } from '../../../protocol/impact.js';
import { LcadError } from '../../../shared/errors.js';
import type { Graph } from '../../graph/graph.js';
import type { GraphView } from '../../graph/graph-view.js';
import { type DiffParts, diffAnswer } from '../../impact/diff-impact.js';
import { changesIn, type GitChanges } from '../../impact/git-changes.js';
import { type ImpactScope, type ImpactSubject, impactAnswer } from '../../impact/impact.js';
import type { Repository } from '../../repos/repository.js';
import type { DaemonHandlers } from '../options.js';
import { behindNotes, clientView, fileIn, repoIn } from '../overlay-files.js';
import { nothingRegistered, type SearchScope } from '../search-scope.js';

const defaultDepth = 3;
const defaultLimit = 40;
const defaultDeadlineMs = 10_000;
/** Looks at a working tree that changes while it is looked at. */
const mostLooks = 3;

/** Handler of `lcad/impact`. */
export function impactHandlers(
  scope: SearchScope,
  graph: Graph,
  outlineOf: DiffParts['outlineOf'],
): Pick<DaemonHandlers, 'lcad/impact'> {
  return {
    'lcad/impact': async (params, context) => {
      const from = performance.now();
      const { signal } = context;
      checkSubject(params);
      const notes: string[] = [];
      const own = params.diff ? diffRepo(scope, params) : null;
      const changes = own && (await settledChanges(own, params, { signal, notes }));
      // What was looked at for the diff is fresh already.
      const open = own ? { ...params, waitFresh: false } : params;
      const { families: wanted, freshness } = await scope.open(open, signal, { vectors: false });
      const { families } = await scope.open({}, signal, { vectors: false });
      const overlay = params.diff
        ? { view: await graph.view(families), behind: [] }
        : await clientView({ scope, graph }, families, context);
      signal.throwIfAborted();
      const { view } = overlay;
      const ids = wanted.flatMap(({ repos }) => repos.map(({ id }) => id));
      const about: ImpactScope = {
        view,
        families,
        repos: ids.map((id) => view.repos.get(id)).filter((repo) => repo !== undefined),
        depth: params.depth ?? defaultDepth,
        limit: params.limit ?? defaultLimit,
      };
      const parts = {
        outlineOf,
        viewWith: (files: Parameters<DiffParts['viewWith']>[0]) => graph.view(families, files),
      };
      const answer =
        own && changes
          ? await diffAnswer(about, repoIn(view, own), changes.changes, parts, signal)
          : await impactAnswer(about, subjectOf(scope, params, view), signal);
      const seen = freshness().map((one) =>
        one.repo === own?.id ? { ...one, fresh: changes?.fresh ?? false } : one,
      );
      return {
        ...answer,
        notes: [
          ...(families.length === 0 ? [nothingRegistered] : []),
          ...behindNotes(overlay.behind),
          ...notes,
          ...answer.notes,
        ],
        freshness: seen,
        tookMs: performance.now() - from,
      };
    },
  };
}

function checkSubject({ symbol, file, line, diff }: ImpactParams): void {
  const given = [symbol, file, diff].filter((one) => one !== undefined).length;
  if (given !== 1 || (line !== undefined && file === undefined)) {
    throw new LcadError(
      'INVALID_PARAMS',
      'Give one of `symbol`, `file` (with `line`, or without), and `diff`.',
    );
  }
  if (diff?.staged && diff.range !== undefined) {
    throw new LcadError('INVALID_PARAMS', 'Give either `range` or `staged`.');
  }
}

/** @throws REPO_NOT_REGISTERED, REPO_AMBIGUOUS */
function diffRepo(scope: SearchScope, { diff, repos }: ImpactParams): Repository {
  const [only] = repos?.length === 1 ? repos : [];
  const selector = diff?.repo ?? only;
  if (selector === undefined) {
    throw new LcadError('INVALID_PARAMS', 'Say which repository the changes are of.', {
      next: 'Give `diff.repo`.',
    });
  }
  return scope.select(selector);
}

/**
 * The changes that git tells of, once the index has seen the working tree as it was when git looked: a look by the
 * index before and one after must find the same.
 */
async function settledChanges(
  repo: Repository,
  { diff, deadlineMs = defaultDeadlineMs }: ImpactParams,
  { signal, notes }: { signal: AbortSignal; notes: string[] },
): Promise<{ changes: GitChanges; fresh: boolean }> {
  let fresh = await repo.waitFresh(deadlineMs, signal);
  for (let look = 1; ; look++) {
    const { generation } = repo;
    const changes = await changesIn(repo.root, diff ?? {}, signal);
    fresh = fresh && (await repo.waitFresh(deadlineMs, signal));
    if (repo.generation === generation && fresh) return { changes, fresh };
    if (look < mostLooks && fresh) continue;
    notes.push('The files changed while they were compared, or are not all indexed yet: lines may be off.');
    return { changes, fresh };
  }
}

function subjectOf(
  scope: SearchScope,
  { symbol, file = '', line }: ImpactParams,
  view: GraphView,
): ImpactSubject {
  return symbol === undefined ? { ...fileIn(scope, view, file), line } : { symbol };
}
