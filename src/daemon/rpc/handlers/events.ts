import { randomUUID } from 'node:crypto';
import type { IndexEvents } from '../../repos/index-events.js';
import type { Repositories } from '../../repos/repositories.js';
import type { DaemonHandlers } from '../options.js';

type EventHandlers = Pick<DaemonHandlers, 'lcad/index/subscribe' | 'lcad/index/unsubscribe'>;

const mostPaths = 1000;

/** Handlers of `lcad/index/…`. A subscription ends with its connection. */
export function eventHandlers(repositories: Repositories, events: IndexEvents): EventHandlers {
  const subscriptions = new Map<string, { connection: string; end: () => void }>();
  return {
    'lcad/index/subscribe': ({ repos }, context) => {
      const wanted = repos && new Set(repositories.selectMany(repos).map(({ id }) => id));
      const subscription = randomUUID();
      const end = events.onChanged((repo, changed, removed) => {
        if (wanted && !wanted.has(repo.id)) return;
        const { id, epoch, generation, checkout } = repo;
        const complete = changed.length + removed.length <= mostPaths;
        context.notify('lcad/index/changed', {
          subscription,
          repo: id,
          epoch,
          generation,
          head: checkout.head.head,
          changed: complete ? changed : [],
          removed: complete ? removed : [],
          complete,
        });
      });
      subscriptions.set(subscription, { connection: context.connection, end });
      context.onClose(() => {
        end();
        subscriptions.delete(subscription);
      });
      return { subscription };
    },
    'lcad/index/unsubscribe': ({ subscription }, context) => {
      const found = subscriptions.get(subscription);
      if (found?.connection === context.connection) {
        found.end();
        subscriptions.delete(subscription);
      }
      return null;
    },
  };
}
