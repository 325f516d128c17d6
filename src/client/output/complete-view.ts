import type { CompleteResult } from '../../protocol/complete.js';
import { plural } from './human.js';

/** What is told of an end that is not the model's own. */
const endings: Partial<Record<CompleteResult['finishReason'], string>> = {
  length: 'cut at its most tokens',
  other: 'ended by the server',
};

/** One line on a completion: which model wrote it, how much, and how long it took. */
export function completeFooter({
  model,
  upstream,
  usage,
  timings,
  source,
  finishReason,
}: CompleteResult): string {
  const tokens = usage.outputTokens === null ? [] : [plural(usage.outputTokens, 'token')];
  const cut = endings[finishReason];
  const first =
    timings.firstTokenMs === null ? [] : [`first token after ${Math.round(timings.firstTokenMs)} ms`];
  const from = source === 'model' ? [] : ['from an earlier request'];
  const took = `${Math.round(timings.totalMs)} ms`;
  return [`${model} on ${upstream}`, ...tokens, ...(cut ? [cut] : []), ...from, ...first, took].join(', ');
}
