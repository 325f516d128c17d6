import type { InferenceClass } from '../../protocol/inference.js';
import type { InferenceTask } from './contract.js';
import type { Lane } from './scheduler/lane.js';
import type { Lanes } from './scheduler/lanes.js';
import type { ModelUpstream } from './upstreams/upstream.js';
import type { Upstreams } from './upstreams/upstreams.js';

/** A request that would wait longer goes to the smaller model, if there is one (ms). */
const longWaitMs = 2000;

/** A server that is to be tried; or not, if it has too much to do and another one comes next. */
export interface Candidate {
  readonly upstream: ModelUpstream;
  readonly unlessBusy: boolean;
}

/**
 * Servers in the order in which to try them, judged as the next one is asked for: a busy one hands over to its smaller
 * one and is tried again after that; one that wants to be left alone comes last. A completion is of no use to somebody
 * who has typed on: it waits for a busy server only when no other one of its role is free.
 */
export function* candidates(task: InferenceTask, upstreams: Upstreams, lanes: Lanes): Generator<Candidate> {
  if (task.upstream !== undefined) {
    const named = upstreams.named(task.upstream);
    if (named) yield { upstream: named, unlessBusy: false };
    return;
  }
  const all = upstreams.of(task.role);
  const hurries = task.class === 'completion' && all.length > 1;
  const later: Candidate[] = [];
  for (const upstream of all) {
    const smaller = task.model === undefined ? upstreams.named(upstream.config.smaller) : undefined;
    const handsOver = smaller !== undefined && smaller !== upstream;
    if (handsOver || hurries) yield { upstream, unlessBusy: true };
    if (handsOver) yield { upstream: smaller, unlessBusy: false };
    const last = { upstream, unlessBusy: false };
    if (hurries || lanes.of(upstream.origin).pausedMs > longWaitMs) later.push(last);
    else yield last;
  }
  yield* later;
}

/** Whether new work of a class finds more before it than the server works on at a time, or a long wait. */
export function isOverloaded(lane: Lane, of: InferenceClass): boolean {
  return lane.ahead(of) > lane.concurrency || lane.waitMs(of) > longWaitMs;
}
