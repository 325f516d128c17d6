import { randomUUID } from 'node:crypto';
import type { IndexChanged } from '../../../protocol/index-events.js';
import { LcadError } from '../../../shared/errors.js';
import type { IndexEvents } from '../../repos/index-events.js';
import type { Repositories } from '../../repos/repositories.js';
import type { Repository } from '../../repos/repository.js';
import type { RequestContext } from '../contract.js';
import type { DaemonHandlers } from '../options.js';

type EventHandlers = Pick<DaemonHandlers, 'lcad/index/subscribe' | 'lcad/index/unsubscribe'>;

const mostPaths = 1000;
const mostSubscriptions = 64;

/** Handlers of `lcad/index/…`. A subscription ends with its connection. */
export function eventHandlers(repositories: Repositories, events: IndexEvents): EventHandlers {
  /** By connection: subscription to the function that ends it. */
  const connections = new Map<string, Map<string, () => void>>();

  function subscriptionsOf(context: RequestContext): Map<string, () => void> {
    const known = connections.get(context.connection);
    if (known) return known;
    const subscriptions = new Map<string, () => void>();
    connections.set(context.connection, subscriptions);
    context.onClose(() => {
      for (const end of subscriptions.values()) end();
      connections.delete(context.connection);
    });
    return subscriptions;
  }

  return {
    'lcad/index/subscribe': ({ repos }, context) => {
      const subscriptions = subscriptionsOf(context);
      if (subscriptions.size >= mostSubscriptions) {
        throw new LcadError(
          'BUSY',
          `This connection has ${mostSubscriptions} subscriptions, as many as it may.`,
          {
            next: 'End some with lcad/index/unsubscribe, or name several repositories in one.',
          },
        );
      }
      const wanted = repos && new Set(repositories.selectMany(repos).map(({ id }) => id));
      const subscription = randomUUID();
      const end = events.onChanged((repo, changed, removed) => {
        if (!wanted || wanted.has(repo.id))
          context.notify('lcad/index/changed', changeOf(subscription, repo, changed, removed));
      });
      subscriptions.set(subscription, end);
      return { subscription };
    },
    'lcad/index/unsubscribe': ({ subscription }, context) => {
      const subscriptions = connections.get(context.connection);
      subscriptions?.get(subscription)?.();
      subscriptions?.delete(subscription);
      return null;
    },
  };
}

function changeOf(
  subscription: string,
  repo: Repository,
  changed: string[],
  removed: string[],
): IndexChanged {
  const { id, epoch, generation, checkout } = repo;
  const complete = changed.length + removed.length <= mostPaths;
  return {
    subscription,
    repo: id,
    epoch,
    generation,
    head: checkout.head.head,
    changed: complete ? changed : [],
    removed: complete ? removed : [],
    complete,
  };
}
