import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { termsColumn } from '../../../shared/terms.js';
import { decode } from '../../../workers/decode.js';
import { detectLanguage } from '../../../workers/languages.js';
import { isLicenceFile } from '../admit.js';
import { codePairs } from './code-pairs.js';
import { documentPairs } from './document-pairs.js';
import type { Pair } from './pair.js';
import { parseFile } from './parsed-file.js';
import { randomOf } from './random.js';

const hashChars = 12;
/** Longer documents are not what the index's chunks are like. */
const maxColumn = 12_000;
const maxQueryColumn = 1500;

/** Languages that few packages have. */
const thin = new Set(
  'swift csharp lua zig bash kotlin elixir scala perl r rust cpp php ruby haskell'.split(' '),
);

/**
 * Paths of the source files of a package that are read, in order, with slashes: where there is too much, those that the
 * seed chooses.
 */
export function chosenFiles(
  folder: string,
  maxBytes: { common: number; thin: number },
  seed: number,
): string[] {
  const left = { ...maxBytes };
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !isLicenceFile(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => ({ path, order: randomOf(seed, path)() }))
    .sort((a, b) => a.order - b.order)
    .filter(({ path }) => {
      const kind = thin.has(detectLanguage(path, Buffer.alloc(0))) ? 'thin' : 'common';
      if (left[kind] <= 0) return false;
      left[kind] -= statSync(join(folder, path)).size;
      return true;
    })
    .map(({ path }) => path)
    .sort();
}

/** All training pairs of a file. */
export async function pairsOfFile(folder: string, path: string, seed: number): Promise<Pair[]> {
  const bytes = readFileSync(join(folder, path));
  const language = detectLanguage(path, bytes.subarray(0, 16_384));
  const file = await parseFile(language, decode(bytes));
  const random = randomOf(seed, path);
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  const stem = name.replace(/(?:\.[A-Za-z0-9]{1,8}){1,2}$/, '');
  const pathTerms = termsColumn([stem, ...folders.slice(-2)].join(' '));
  const isTest = /(?:^|[/_.-])(?:tests?|specs?|__tests__|testing|t)(?:[/_.-]|$)|Tests?\.\w+$|Spec\.\w+$/.test(
    path,
  );
  const raw = file.isDocument ? documentPairs(file, random) : codePairs(file, stem, isTest, random);
  return raw.flatMap(({ kind, query, document }) => {
    const column = termsColumn(query);
    if (column === '' || column.length > maxQueryColumn || document.length > maxColumn) return [];
    const hash = createHash('sha1').update(document).digest('hex').slice(0, hashChars);
    return [{ kind, query: column, document, path: pathTerms, language, hash }];
  });
}

/**
 * At most so many of the pairs, chosen by the seed; in their order.
 */
export function sampled(pairs: Pair[], most: number, seed: number): Pair[] {
  if (pairs.length <= most) return pairs;
  const random = randomOf(seed, 'sample');
  let left = pairs.length;
  let wanted = most;
  return pairs.filter(() => {
    const taken = random() * left-- < wanted;
    if (taken) wanted--;
    return taken;
  });
}
