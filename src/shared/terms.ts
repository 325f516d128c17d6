/**
 * How text becomes search terms: one implementation for index time (workers) and query time (daemon), so that both
 * agree. Pure but for a cache of words seen.
 *
 * A word is a run of letters, digits, "_" and "$". It is split where the case, or letter and digit, change; each part
 * is lower-cased and brought to a light stem. A word of several parts is also kept whole, its parts joined without
 * separators, so that `maxRetries`, `max_retries` and `MAX_RETRIES` share the term "maxretries". Scripts without
 * blanks (Chinese, Japanese, Korean, Thai, …) become single characters and pairs of neighbours.
 */

/** Longer parts are hashes or encoded data rather than words. */
const maxPart = 24;
/** Longer compounds are not kept whole. */
const maxWhole = 64;
/** Longer words are data, not code. */
const maxWord = 256;
/** Words in the cache; source code repeats some ten thousand words. About 6 MB at most. */
const cacheSize = 40_000;

const lower = 1;
const upper = 2;
const digit = 3;
const joiner = 4;

const classOf = new Uint8Array(128);
for (let c = 97; c <= 122; c++) classOf[c] = lower;
for (let c = 65; c <= 90; c++) classOf[c] = upper;
for (let c = 48; c <= 57; c++) classOf[c] = digit;
classOf[95] = joiner;
classOf[36] = joiner;

/** Terms of a word, each after a blank. */
const cache = new Map<string, string>();

/**
 * The terms of a text in order, with repeats, separated by blanks: the form that is stored and indexed.
 * Well over 20 MB of source code a second.
 */
export function termsColumn(text: string): string {
  let out = '';
  const length = text.length;
  let at = 0;
  while (at < length) {
    let code = text.charCodeAt(at);
    if (code < 128 && classOf[code] === 0) {
      at++;
      continue;
    }
    const start = at;
    let ascii = true;
    while (code >= 128 || classOf[code] !== 0) {
      if (code >= 128) ascii = false;
      if (++at >= length) break;
      code = text.charCodeAt(at);
    }
    if (ascii && at - start === 1) continue;
    const word = text.slice(start, at);
    out += cache.get(word) ?? remember(word, ascii);
  }
  return out.slice(1);
}

/** The terms of a text in order, with repeats. */
export function termsOf(text: string): string[] {
  const column = termsColumn(text);
  return column === '' ? [] : column.split(' ');
}

function remember(word: string, ascii: boolean): string {
  const terms = ascii ? asciiTerms(word) : wideTerms(word);
  if (word.length > maxWhole) return terms;
  if (cache.size >= cacheSize) cache.clear();
  // A slice would keep the whole text alive; joining and cutting makes a string of its own.
  cache.set(` ${word}`.slice(1), terms);
  return terms;
}

function asciiTerms(word: string): string {
  if (word.length > maxWord) return '';
  const length = word.length;
  let out = '';
  let whole = '';
  let parts = 0;
  let at = 0;
  while (at < length) {
    const kind = classAt(word, at);
    if (kind === joiner) {
      at++;
      continue;
    }
    const end = partEnd(word, at, kind);
    const part = word.slice(at, end).toLowerCase();
    out += partTerm(part);
    whole += part;
    parts++;
    at = end;
  }
  return parts > 1 ? out + wholeTerm(whole) : out;
}

function classAt(word: string, at: number): number {
  return at < word.length ? (classOf[word.charCodeAt(at)] ?? 0) : 0;
}

/** Where the part that begins at `at` ends: "HTTPServer" is HTTP and Server, "URLs" is one part. */
function partEnd(word: string, at: number, kind: number): number {
  let end = at + 1;
  while (classAt(word, end) === kind) end++;
  if (kind !== upper || classAt(word, end) !== lower) return end;
  const acronym = end - at > 1;
  if (acronym && word.charCodeAt(end) === 115 && classAt(word, end + 1) !== lower) return end + 1;
  if (acronym) return end - 1;
  while (classAt(word, end) === lower) end++;
  return end;
}

const partTerm = (part: string) => (part.length > 1 && part.length <= maxPart ? ` ${stem(part)}` : '');
const wholeTerm = (whole: string) => (whole.length > 1 && whole.length <= maxWhole ? ` ${whole}` : '');

const wordOfAnyScript = /[\p{L}\p{M}\p{N}_$]+/gu;
const unspacedScript =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+/gu;
const isUnspaced =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]/u;
const partOfAnyScript = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{Lm}\p{M}]+|\p{N}+/gu;

/** Terms of a run that holds characters beyond ASCII. */
function wideTerms(run: string): string {
  let out = '';
  for (const word of run.normalize('NFKC').match(wordOfAnyScript) ?? []) {
    for (const piece of word.match(unspacedScript) ?? []) {
      out += isUnspaced.test(piece) ? unspacedTerms(piece) : spacedTerms(piece);
    }
  }
  return out;
}

function unspacedTerms(piece: string): string {
  let out = '';
  let before = '';
  for (const character of piece) {
    out += ` ${character}`;
    if (before !== '') out += ` ${before}${character}`;
    before = character;
  }
  return out;
}

function spacedTerms(piece: string): string {
  const parts = piece.match(partOfAnyScript) ?? [];
  let out = '';
  for (const part of parts) out += partTerm(part.toLowerCase());
  return parts.length > 1 ? out + wholeTerm(parts.join('').toLowerCase()) : out;
}

/**
 * A light stem: plurals, -ed, -ing and a final -e go ("caches", "cached", "caching", "cache" -> "cach"). Fewer rules
 * than Porter's stemmer, from which they are taken, because code has more names than inflected words.
 */
export function stem(word: string): string {
  const length = word.length;
  if (length < 4) return word;
  const last = word.charCodeAt(length - 1);
  if (last < 97 || last > 122) return word;
  return withoutE(withoutSuffix(last === 115 ? singular(word) : word));
}

function singular(word: string): string {
  if (/(?:ss|us|is)$/.test(word)) return word;
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

function withoutSuffix(word: string): string {
  if (word.endsWith('ied') && word.length > 4) return `${word.slice(0, -3)}y`;
  const cut = word.endsWith('ing') ? 3 : /[^e]ed$/.test(word) && word !== 'embed' ? 2 : 0;
  if (cut === 0 || word.length - cut < 3) return word;
  const root = word.slice(0, -cut);
  if (!/[aeiouy]/.test(root)) return word;
  return root.length > 3 && /([bdfgmnprt])\1$/.test(root) ? root.slice(0, -1) : root;
}

function withoutE(word: string): string {
  return word.length >= 4 && word.endsWith('e') && !word.endsWith('ee') ? word.slice(0, -1) : word;
}
