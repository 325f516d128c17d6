import type { Content } from './content.js';

/** The references on some lines, from the first of these to the last, in their order: the first is found by halving. */
export function* referencesOn(content: Content, from: number, to: number): Generator<number> {
  let low = 0;
  let high = content.referenceCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (content.referenceLine(middle) < from) low = middle + 1;
    else high = middle;
  }
  for (let at = low; at < content.referenceCount && content.referenceLine(at) <= to; at++) yield at;
}
