import type { ContextProvider } from '../../protocol/config.js';
import type { ContextSource } from '../../protocol/sources.js';
import type { CollectOptions, Sources, SourcesReply } from './contract.js';
import { takeDiff } from './diff.js';
import { takeFile } from './files.js';
import { Gate } from './gate.js';
import { takeBlame, takeCommits } from './history.js';
import { named, reasonOf, type Taken } from './pieces.js';
import type { FileRules } from './place.js';
import { takeProvider } from './provider.js';

export interface SourceSettings extends FileRules {
  readonly providers: readonly ContextProvider[];
}

/** Commands of the user may take long: they have places of their own. */
const limits = {
  commands: { most: 4, mostWaiting: 32, waitMs: 10_000 },
  others: { most: 6, mostWaiting: 64, waitMs: 10_000 },
};

/** The sources of one daemon. @param settings those in force, asked for with each request */
export function createSources(settings: () => SourceSettings): Sources {
  const commands = new Gate(limits.commands);
  const others = new Gate(limits.others);
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();

  async function one(request: ContextSource, options: CollectOptions): Promise<SourcesReply> {
    const source = nameOf(request, options);
    try {
      const gate = request.kind === 'provider' ? commands : others;
      const work = gate.run(() => take(request, options), options.signal);
      const ended = work.catch(() => undefined).finally(() => running.delete(ended));
      running.add(ended);
      return named(source, await work);
    } catch (error) {
      options.signal.throwIfAborted();
      return named(source, { pieces: [], omissions: [reasonOf(error)] });
    }
  }

  function take(request: ContextSource, options: CollectOptions): Promise<Taken> {
    const { providers, ...rules } = settings();
    switch (request.kind) {
      case 'diff':
      case 'staged':
        return takeDiff(request, options, rules);
      case 'commits':
        return takeCommits(request, options);
      case 'blame':
        return takeBlame(request, options, rules);
      case 'file':
        return takeFile(request, options, rules);
      case 'provider':
        return takeProvider(request, options, providers, AbortSignal.any([options.signal, closing.signal]));
    }
  }

  return {
    async collect(requests, options) {
      options.signal.throwIfAborted();
      const replies = await Promise.all(requests.map((request) => one(request, options)));
      return {
        pieces: replies.flatMap(({ pieces }) => pieces),
        omissions: replies.flatMap(({ omissions }) => omissions),
      };
    },
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}

/** A source in words, for its pieces and omissions. Pure. */
function nameOf(
  { kind, name, path, repo, startLine, endLine }: ContextSource,
  options: CollectOptions,
): string {
  if (kind === 'provider') return `provider ${name ?? ''}`;
  const range = startLine === undefined ? '' : `:${startLine}${endLine === undefined ? '' : `-${endLine}`}`;
  const what = path === undefined ? (repo ?? options.repo?.name ?? '') : `${path}${range}`;
  const words = kind === 'staged' ? 'staged changes' : kind;
  return what === '' ? words : `${words} of ${what}`;
}
