import { orAborted } from '../../or-aborted.js';
import type { IndexEvents } from '../../repos/index-events.js';
import type { Repositories } from '../../repos/repositories.js';
import type { RequestContext } from '../contract.js';
import type { DaemonHandlers } from '../options.js';

type ReposHandlers = Pick<
  DaemonHandlers,
  'lcad/repos/add' | 'lcad/repos/remove' | 'lcad/repos/list' | 'lcad/repos/reindex'
>;

const progressEveryMs = 100;

/** Handlers of `lcad/repos/…`. */
export function reposHandlers(repositories: Repositories, events: IndexEvents): ReposHandlers {
  /** Waits for work on a repository if the client asked to, with progress while it goes on. */
  async function follow(
    repo: string,
    work: Promise<void>,
    { wait, progressToken }: { wait?: boolean | undefined; progressToken?: string | number | undefined },
    context: RequestContext,
  ): Promise<void> {
    const stop = progressToken === undefined ? null : sendProgress(events, repo, progressToken, context);
    if (stop) void work.then(stop, stop);
    if (wait) await orAborted(work, context.signal);
  }

  return {
    'lcad/repos/add': async (params, context) => {
      const { indexed, ...result } = await repositories.add(params.path, params.exact ?? false);
      await follow(result.repo.id, indexed, params, context);
      return { ...result, repo: repositories.select(result.repo.id).summary };
    },
    'lcad/repos/remove': async ({ repo }) => ({ repo: (await repositories.remove(repo)).summary }),
    'lcad/repos/list': () => ({ repos: repositories.all.map(({ summary }) => summary) }),
    'lcad/repos/reindex': async (params, context) => {
      const repo = repositories.select(params.repo);
      const done = repo.request({ whole: true, anew: params.full ?? false });
      await follow(repo.id, done, params, context);
      return { repo: repo.summary };
    },
  };
}

/** Sends progress at most ten times a second, and every change of phase. */
function sendProgress(
  events: IndexEvents,
  repo: string,
  token: string | number,
  context: RequestContext,
): () => void {
  let sentAt = 0;
  let phase = '';
  const stop = events.onProgress(repo, (value) => {
    const now = performance.now();
    if (value.phase === phase && now - sentAt < progressEveryMs) return;
    sentAt = now;
    phase = value.phase;
    context.notify('$/progress', { token, value });
  });
  context.onClose(stop);
  return stop;
}
