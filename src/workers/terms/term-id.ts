/** FNV-1a, 32 bits, over the UTF-16 units of a text: of half a million terms some thirty share their number. */
const seed = 0x811c9dc5;
/** Names of definitions have numbers of their own, so that one index has both. */
const symbolSeed = 0x6b43a9b5;
const prime = 0x01000193;

/** The number that stands for a search term. */
export function termId(term: string): number {
  return idOf(seed, term);
}

/** The number that stands for a definition's name, whatever its case. */
export function symbolId(name: string): number {
  return idOf(symbolSeed, name.toLowerCase());
}

const blank = 0x20;

/** Calls `take` with the number of each term of a column, in which blanks part them. Returns how many there are. */
export function eachTerm(column: string, take: (id: number) => void): number {
  return each(column, seed, take);
}

/** As eachTerm, of a column of names. */
export function eachSymbol(column: string, take: (id: number) => void): number {
  return each(column.toLowerCase(), symbolSeed, take);
}

function each(column: string, from: number, take: (id: number) => void): number {
  let count = 0;
  let hash = from;
  let empty = true;
  for (let at = 0; at < column.length; at++) {
    const unit = column.charCodeAt(at);
    if (unit !== blank) {
      hash = Math.imul(hash ^ unit, prime);
      empty = false;
      continue;
    }
    if (!empty) {
      take(hash >>> 0);
      count++;
    }
    hash = from;
    empty = true;
  }
  if (empty) return count;
  take(hash >>> 0);
  return count + 1;
}

function idOf(from: number, text: string): number {
  let hash = from;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), prime);
  return hash >>> 0;
}
