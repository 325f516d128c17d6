/** Numbers from 0 to 1 that a seed gives, always the same (mulberry32, Tommy Ettinger, public domain). */
function randoms(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Some of a list, chosen at random by a seed; all if there are no more than wanted. */
export function sampleOf(list, wanted, seed) {
  const random = randoms(seed);
  const left = [...list];
  for (let at = 0; at < Math.min(wanted, left.length); at++) {
    const other = at + Math.floor(random() * (left.length - at));
    [left[at], left[other]] = [left[other], left[at]];
  }
  return left.slice(0, wanted);
}
