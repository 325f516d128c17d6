import type { InferenceClass } from '../../protocol/inference.js';
import type { InferenceTask } from './contract.js';
import type { Lane } from './scheduler/lane.js';
import type { Lanes } from './scheduler/lanes.js';
import type { ModelUpstream } from './upstreams/upstream.js';
import type { Upstreams } from './upstreams/upstreams.js';

/** A request that would wait longer goes to the smaller model, if there is one. */
const longWaitMs = 2000;

/** A server that is to be tried; or not, if it has too much to do and its smaller one comes next. */
export interface Candidate {
  readonly upstream: ModelUpstream;
  readonly unlessBusy: boolean;
}

/**
 * Servers in the order in which to try them, judged as the next one is asked for: a busy one hands over to its smaller
 * one and is tried again after that; one that wants to be left alone comes last.
 */
export function* candidates(task: InferenceTask, upstreams: Upstreams, lanes: Lanes): Generator<Candidate> {
  if (task.upstream !== undefined) {
    const named = upstreams.named(task.upstream);
    if (named) yield { upstream: named, unlessBusy: false };
    return;
  }
  const paused: Candidate[] = [];
  for (const upstream of upstreams.of(task.role)) {
    const smaller = task.model === undefined ? upstreams.named(upstream.config.smaller) : undefined;
    if (smaller && smaller !== upstream) {
      yield { upstream, unlessBusy: true };
      yield { upstream: smaller, unlessBusy: false };
    }
    const last = { upstream, unlessBusy: false };
    if (lanes.of(upstream.origin).pausedMs > longWaitMs) paused.push(last);
    else yield last;
  }
  yield* paused;
}

/** Whether new work of a class finds more before it than the server works on at a time, or a long wait. */
export function isOverloaded(lane: Lane, of: InferenceClass): boolean {
  return lane.ahead(of) > lane.concurrency || lane.waitMs(of) > longWaitMs;
}
