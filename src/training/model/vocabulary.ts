import { root } from '../../shared/model/root.js';
import { englishStopWords, languageKeywords } from '../../shared/stop-words.js';
import { stem } from '../../shared/terms.js';

/** The tokens of a model. */
export interface Vocabulary {
  words: string[];
  roots: string[];
  stops: string[];
  /** In how many texts each word, then each root, was. */
  counts: number[];
}

/** Terms of these lengths can be tokens. */
const minTerm = 2;
const maxTerm = 24;

/** Terms that carry no meaning: left out of the model. */
function stopTerms(): string[] {
  const terms = [...englishStopWords, ...languageKeywords].map(stem).filter((term) => term.length >= minTerm);
  return [...new Set(terms)].sort();
}

/**
 * The most frequent words, and the roots that are most frequent among all terms.
 * @param frequencies in how many texts each term is
 */
export function chooseVocabulary(
  frequencies: ReadonlyMap<string, number>,
  sizes: { words: number; roots: number },
): Vocabulary {
  const stops = stopTerms();
  const isStop = new Set(stops);
  const words = new Map<string, number>();
  const roots = new Map<string, number>();
  for (const [term, count] of frequencies) {
    if (!isToken(term) || isStop.has(term)) continue;
    words.set(term, count);
    const its = root(term);
    roots.set(its, (roots.get(its) ?? 0) + count);
  }
  const chosenWords = mostFrequent(words, sizes.words);
  const chosenRoots = mostFrequent(roots, sizes.roots);
  const counts = [...chosenWords, ...chosenRoots].map(([, count]) => count);
  return {
    words: chosenWords.map(([term]) => term),
    roots: chosenRoots.map(([term]) => term),
    stops,
    counts,
  };
}

/** Numbers of one or two digits, and terms too short or too long, are no tokens. */
const isToken = (term: string) =>
  term.length >= minTerm && term.length <= maxTerm && !/^\d{1,2}$/.test(term) && !term.includes('\n');

function mostFrequent(counts: ReadonlyMap<string, number>, size: number): [string, number][] {
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, size);
}

/** The row of each word's root, or -1. */
export function rootRows({ words, roots }: Vocabulary): Int32Array {
  const rowOf = new Map(roots.map((term, index) => [term, words.length + index]));
  return Int32Array.from(words, (term) => rowOf.get(root(term)) ?? -1);
}
