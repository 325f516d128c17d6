/**
 * The root of a term that is lightly stemmed already: what "serializ", "serializer" and "serialization" have in common.
 * Suffixes go, longest first, at most twice. Rougher than Porter's stemmer, which is no loss: the root only adds to
 * the vector of a word, or stands in for an unknown one.
 */
export function root(term: string): string {
  const first = withoutSuffix(term);
  return first === term ? term : withoutSuffix(first);
}

const longest = 7;

/** Letters that suffixes must leave: what ends in them by chance is mostly shorter. */
const leaves = new Map<string, number>();
addSuffixes(
  4,
  `ization isation izer iser izing ising ized ised iz ize ise tion sion er ers or ors able ible abl ibl ability ibility
  less ness ment ements e s`,
);
addSuffixes(
  5,
  `ational fulness ousness iveness ations ically ingly ation ition istic ifier ators ator ance anc ence enc ical ally
  ious ency ancy ship ion ity ify ism ist ous ful ive iv ent ant ial at al ly ic ar y`,
);

function addSuffixes(least: number, suffixes: string): void {
  for (const suffix of suffixes.split(/\s+/)) leaves.set(suffix, least);
}

function withoutSuffix(term: string): string {
  const length = term.length;
  for (let cut = Math.min(longest, length - 4); cut > 0; cut--) {
    const suffix = term.slice(length - cut);
    const least = leaves.get(suffix);
    if (least === undefined || length - cut < least) continue;
    const rest = term.slice(0, length - cut);
    return suffix === 'tion' || suffix === 'sion' ? `${rest}t` : undoubled(rest);
  }
  return term;
}

/** "formatt" of "formatter" is "format"; "process" and "call" stay. */
function undoubled(rest: string): string {
  const last = rest.charCodeAt(rest.length - 1);
  const isDoubled = rest.length > 4 && last === rest.charCodeAt(rest.length - 2);
  return isDoubled && last !== 0x6c && last !== 0x73 ? rest.slice(0, -1) : rest;
}
