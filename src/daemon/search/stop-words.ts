import { englishStopWords, languageKeywords } from '../../shared/stop-words.js';

/**
 * Words that say nothing about the code that is looked for. They are left out of queries only, and only while other
 * words are left: the index has them all.
 */
const stopWords = new Set(englishStopWords);

/**
 * Keywords that most languages share. Full text search does without them; names of files and definitions are compared
 * with them too ("HTTP method" and Method.scala).
 */
const keywordSet = new Set(languageKeywords);

/** True for a lower-case word that a query can do without. */
export function isStopWord(word: string): boolean {
  return stopWords.has(word);
}

/** True for a lower-case word that is in most files of code, and tells something only where it is part of a name. */
export function isKeyword(word: string): boolean {
  return keywordSet.has(word);
}
