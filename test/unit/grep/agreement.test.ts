import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { grep } from '../../../src/daemon/grep/grep.js';
import type { GrepParams, GrepResult } from '../../../src/protocol/grep.js';
import { packagePath } from '../../../src/shared/package-root.js';
import { ripgrep } from '../../support/ripgrep.js';
import { TestFamily, type TestRepo } from '../../support/search.js';

/** Real code in several languages and scripts. */
const trees = ['zod/src', '@parcel/watcher/src', 'commander', 'piscina/src'];

const patterns = [
  'export function',
  '^import .* from',
  ';$',
  '^\\s*//.*\\bthe\\b',
  '\\bfunction\\s+\\w+\\s*\\(',
  '[A-Z]{3}_[A-Z]+',
  '[^\\x00-\\x7F]',
  '(?i)utf-?8',
  '(?x) return \\s+ # the value\n [a-z]+ ;',
  'a.c',
  'x*y',
  '"[^"]*"',
  '\\d+\\.\\d+',
  '\\W\\W\\W\\W',
  '[[:upper:]][[:lower:]]+Error',
  '\\p{Lu}\\p{Ll}+\\(',
  '(get|set)[A-Z]\\w*',
  '(?P<name>\\w+)\\s*=>',
  '\\$\\{[^}]+\\}',
  '\\bTODO\\b|\\bFIXME\\b',
  '^.{120,}$',
  '\\t',
  '\\S\\s{3,}\\S',
  '[\\w&&[^\\d_]]{18,}',
  '\\A#',
  '\\}\\z',
  '\\<in\\>',
  '(?s)a.{3}b',
  '(?-m)^const',
  '\\x41\\x{42}|\\u{e9}',
  '[]\\[^-]{2}',
  '[a-z]+$',
  'no such text anywhere at all',
];

let family: TestFamily;
const repos: TestRepo[] = [];

beforeAll(async () => {
  family = await TestFamily.open();
  for (const tree of trees) repos.push(await family.addExisting(packagePath('node_modules', tree)));
}, 120_000);
afterAll(() => family.close());

const limit = 10_000;
const never = new AbortController().signal;

function find(
  params: Omit<GrepParams, 'limit'>,
  repo: TestRepo,
): Promise<Omit<GrepResult, 'freshness' | 'tookMs'>> {
  const one = { id: family.id, store: family.store, repos: [repo], vectors: null };
  return grep({ ...params, limit }, [one], never);
}

/** Folder by folder, in the order of names. */
const inOrder = (files: Iterable<string>) =>
  [...files]
    .map((file) => file.replaceAll('/', '\0'))
    .sort()
    .map((file) => file.replaceAll('\0', '/'));

/** Long lines are cut by one and not by the other. */
const asLine = (path: string, line: number, text: string) =>
  `${path}:${line}:${text.length >= 4_000 ? 'long' : text}`;

async function agree(params: Omit<GrepParams, 'limit'>, words: string[]): Promise<number> {
  let count = 0;
  for (const repo of repos) {
    const expected = ripgrep(words, repo.root, inOrder(repo.files.keys()));
    if ('error' in expected) throw new Error(expected.error);
    const { files: found, matches, more } = await find(params, repo);
    const lines = found.flatMap(({ path, lines }) => lines.map(({ line, text }) => asLine(path, line, text)));
    const notBlank = expected.lines.flatMap((one) => {
      const [, path = '', line = '', text = ''] = /^(.*?):(\d+):(.*)$/s.exec(one) ?? [];
      // Lines of blanks alone are not in the index.
      return text.trim() === '' ? [] : [asLine(path, Number(line), text)];
    });
    expect(lines).toEqual(notBlank.slice(0, limit));
    expect(matches).toBe(lines.length);
    expect(more !== null).toBe(notBlank.length > limit);
    if (more) expect(lines.length + more.lines).toBeLessThanOrEqual(notBlank.length);
    count += lines.length;
  }
  return count;
}

describe('finds the lines that ripgrep finds in the same files', () => {
  test.each(patterns)('%s', async (pattern) => {
    const count = await agree({ pattern, syntax: 'regex' }, ['-e', pattern]);
    expect(count > 0).toBe(pattern !== patterns.at(-1));
  });

  test.each(patterns.slice(0, 12))('%s, whatever the case', async (pattern) => {
    await agree({ pattern, syntax: 'regex', ignoreCase: true }, ['-i', '-e', pattern]);
  });

  test.each(['a.b', '=> {', "it's", '\\n', '${', '[]', '/**', 'é', '?.', "' + '"])(
    '%s as it is',
    async (text) => {
      await agree({ pattern: text, syntax: 'literal' }, ['-F', '-e', text]);
      await agree({ pattern: text, syntax: 'literal', ignoreCase: true }, ['-F', '-i', '-e', text]);
    },
  );
});
