/**
 * Estimates how many tokens a text takes, without the vocabulary of any model.
 *
 * The text is cut into pieces as the byte pair encodings in use cut it (words with the character before them, up to
 * three digits, runs of punctuation, blanks, line ends), and each piece counts what pieces of its kind and length take
 * on average in source code of many languages under cl100k_base, the costlier of the two encodings that were measured
 * (the other is o200k_base). The sum is raised by a margin, so that a text of 200 tokens or more is hardly ever
 * underestimated by more than 10 %; test/unit/context/tokens.test.ts compares with the real encodings.
 */

/** Hundredths of a token for a word of one case by its length: after a blank, after another sign, after nothing. */
const afterBlank = [0, 100, 100, 102, 104, 105, 107, 110, 118, 125, 130, 140, 155, 165, 180, 200];
const afterSign = [0, 105, 112, 120, 125, 130, 140, 150, 165, 190, 205, 220, 235, 250, 270, 290];
const afterNothing = [0, 100, 104, 108, 114, 118, 122, 128, 140, 155, 172, 185, 200, 220, 240, 260];
/** Words in capitals by their length. */
const capitals = [0, 100, 108, 120, 138, 148, 160, 175, 205, 215, 235, 265, 285, 310, 340, 360];
const perMoreLetter = 30;
/** In a run of punctuation: a sign that is repeated, one that often follows the one before it, any other. */
const repeatedSign = 8;
const usualSign = 22;
const otherSign = 72;
const brackets = new Set('()[]{}');
const usualSigns = new Set(
  `() ); {} [] => -> :: // /* */ == != >= <= && || ++ += -= </ /> =" ", ', (' (" ") ') }) }, ], ). >( <? ?> $_ (& (* (_ ]) ): \${ #{ "> =' '; "; >> << [" ["`.split(
    ' ',
  ),
);
/** Of a part where so many pairs of letters are rare ones, each letter counts: it is no word, but encoded data. */
const rarePairs = 0.3;
const perLetterOfNoWord = 58;
/** So many parts of so few letters, in one word: encoded data too, whose parts hardly ever are tokens as they are. */
const manyParts = 4;
const fewLetters = 2.6;
const encodedFactor = 1.3;
/** By letter, from a to z: the letters that are rare after it in the words of source code. */
const rareAfter = [
  'aehjoqz',
  'bcdfghkmnpqvwxyz',
  'bdfgjmnpqvwxyz',
  'bcfghjkmnpqtvwxz',
  'hjkuz',
  'bcdghjkmnpqsvwxz',
  'bcdfjkmpqtvwxyz',
  'bcdfghjklmnpqsvwxyz',
  'hijkquwy',
  'abcdfghijklmnopqrstuvwxyz',
  'bcdfghjklmnopqrtuvwxyz',
  'bcfghjkmnqrvwxz',
  'cdfghjknqrtvwxyz',
  'bhjmpqrwxz',
  'ehqxyz',
  'bcfgjkmnqvwxz',
  'abcdefghijklmnopqrstvwxyz',
  'bhjpqwxz',
  'bdfgjmnqrvwxz',
  'bgjknqvxz',
  'fhjkoquvwxyz',
  'bcdfghjklmnpqrstuvwxyz',
  'bcdfgjklmpqtuvxyz',
  'bdfghjklmnoqrsuvwxyz',
  'abcdefghijklquvwxyz',
  'abcdfghijklmnopqrstuvwxyz',
];
const rare = new Uint8Array(32 * 32);
for (const [first, after] of rareAfter.entries()) {
  for (const second of after) rare[(first + 1) * 32 + (second.charCodeAt(0) & 31)] = 1;
}
const perDigits = 100;
/** A run of blanks is one token up to about this length. */
const blanksPerToken = 24;
const lineEnd = 100;

/** Hundredths of a token for one character, by script. */
const perLatinLetter = 62;
const perCyrillicLetter = 62;
const perChinese = 135;
const perKana = 118;
const perHangul = 155;
const perUtf8Byte = 75;

const margin = 1.05;

const other = 0;
const lower = 1;
const upper = 2;
const digit = 3;
const blank = 4;
const end = 5;
const kinds = new Uint8Array(128);
for (let code = 97; code <= 122; code++) kinds[code] = lower;
for (let code = 65; code <= 90; code++) kinds[code] = upper;
for (let code = 48; code <= 57; code++) kinds[code] = digit;
for (const code of [9, 11, 12, 32]) kinds[code] = blank;
for (const code of [10, 13]) kinds[code] = end;

/** What the estimate is called in replies. */
export const tokenCounting = 'estimate';

/** The estimated tokens of a text, rounded up. Pure; about 50 MB a second. */
export function countTokens(text: string): number {
  let sum = 0;
  let at = 0;
  // What stands before a word joins it: a single blank or sign.
  let before: 'blank' | 'sign' | 'nothing' = 'nothing';
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code >= 128) {
      sum += wideCost(text.codePointAt(at) ?? code);
      at += code >= 0xd800 && code < 0xdc00 ? 2 : 1;
      before = 'nothing';
      continue;
    }
    const kind = kinds[code] as number;
    const from = at;
    if (kind === lower || kind === upper) {
      at = letterEnd(text, at);
      sum += wordCost(text, from, at, before);
      before = 'nothing';
    } else if (kind === other) {
      while (at < text.length && kindAt(text, at) === other) at++;
      const joins = isLetter(text, at);
      const length = at - from - (joins ? 1 : 0);
      sum += length === 0 ? 0 : signCost(text, from, from + length);
      before = joins ? 'sign' : 'nothing';
    } else if (kind === blank) {
      while (at < text.length && kindAt(text, at) === blank) at++;
      // The last blank belongs to the word or sign after it.
      const joins = at < text.length && kindAt(text, at) !== digit && kindAt(text, at) !== end;
      const length = at - from - (joins ? 1 : 0);
      sum += Math.ceil(length / blanksPerToken) * 100;
      before = isLetter(text, at) ? 'blank' : 'nothing';
    } else if (kind === digit) {
      while (at < text.length && kindAt(text, at) === digit) at++;
      sum += Math.ceil((at - from) / 3) * perDigits;
      before = 'nothing';
    } else {
      while (at < text.length && kindAt(text, at) === end) at++;
      // A line end after punctuation most often belongs to it.
      const afterSignEnd = from > 0 && kindAt(text, from - 1) === other;
      sum += afterSignEnd ? lineEnd * 0.3 : lineEnd * Math.ceil((at - from) / 8);
      before = 'nothing';
    }
  }
  return Math.ceil((sum * margin) / 100);
}

const kindAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return code < 128 ? (kinds[code] as number) : -1;
};

function isLetter(text: string, at: number): boolean {
  const kind = at < text.length ? kindAt(text, at) : -1;
  return kind === lower || kind === upper;
}

function letterEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && isLetter(text, at)) at++;
  return at;
}

/** Letters of one word; where the case changes, a part begins. */
function wordCost(text: string, from: number, to: number, before: 'blank' | 'sign' | 'nothing'): number {
  let sum = 0;
  let at = from;
  let parts = 0;
  let table = before === 'blank' ? afterBlank : before === 'sign' ? afterSign : afterNothing;
  while (at < to) {
    const start = at;
    while (at < to && kindAt(text, at) === upper) at++;
    const capital = at - start;
    if (capital > 1) {
      // Of "HTTPServer" the last capital begins the next part.
      if (at < to && kindAt(text, at) === lower) at--;
      sum += partCost(text, start, at, capitals);
    } else {
      while (at < to && kindAt(text, at) === lower) at++;
      sum += partCost(text, start, at, table);
    }
    table = afterNothing;
    parts++;
  }
  return parts >= manyParts && (to - from) / parts < fewLetters ? sum * encodedFactor : sum;
}

function partCost(text: string, from: number, to: number, table: readonly number[]): number {
  const length = to - from;
  const last = table.length - 1;
  const word =
    length <= last ? (table[length] as number) : (table[last] as number) + (length - last) * perMoreLetter;
  if (length < 4) return word;
  let unusual = 0;
  for (let at = from + 1; at < to; at++) {
    unusual += rare[(text.charCodeAt(at - 1) & 31) * 32 + (text.charCodeAt(at) & 31)] as number;
  }
  return unusual / (length - 1) >= rarePairs ? Math.max(word, length * perLetterOfNoWord) : word;
}

function signCost(text: string, from: number, to: number): number {
  let sum = 100;
  for (let at = from + 1; at < to; at++) {
    if (text[at] === text[at - 1]) sum += brackets.has(text[at] as string) ? usualSign : repeatedSign;
    else sum += usualSigns.has(text.slice(at - 1, at + 1)) ? usualSign : otherSign;
  }
  return sum;
}

/** A character outside of ASCII. */
function wideCost(code: number): number {
  if (code < 0x250) return perLatinLetter;
  if (code >= 0x400 && code < 0x530) return perCyrillicLetter;
  if (code >= 0x3040 && code < 0x3100) return perKana;
  if (code >= 0x4e00 && code < 0xa000) return perChinese;
  if (code >= 0xac00 && code < 0xd7b0) return perHangul;
  if (code < 0x800) return 2 * perUtf8Byte;
  return (code < 0x10000 ? 3 : 4) * perUtf8Byte;
}
