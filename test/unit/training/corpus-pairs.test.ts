import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { termsColumn } from '../../../src/shared/terms.js';
import { paragraphsOf, queryOf } from '../../../src/training/corpus/pairs/comment-text.js';
import { chosenFiles, pairsOfFile, sampled } from '../../../src/training/corpus/pairs/package-pairs.js';
import type { Pair, PairKind } from '../../../src/training/corpus/pairs/pair.js';
import { randomOf } from '../../../src/training/corpus/pairs/random.js';
import extractPackage from '../../../src/training/corpus/pairs/worker.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-pairs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Pairs of a file under so many seeds that each possible pair is taken under one of them. */
async function allPairs(path: string, text: string): Promise<Pair[]> {
  write(path, text);
  const found: Pair[] = [];
  for (let seed = 0; seed < 12; seed++) found.push(...(await pairsOfFile(folder, path, seed)));
  return found;
}

const ofKind = (pairs: Pair[], kind: PairKind) => pairs.filter((pair) => pair.kind === kind);
const queries = (pairs: Pair[], kind: PairKind) => [
  ...new Set(ofKind(pairs, kind).map(({ query }) => query)),
];

const python = `"""Waiting between attempts that fail for a while."""
import time
from random import random


class RetryPolicy:
    """Decides how long to wait before the next attempt.

    :param base: seconds before the first
    """

    def __init__(self, base):
        self.base = base

    def next_delay(self, attempt):
        """Exponential delay with some jitter added."""
        # never wait longer than a whole minute
        capped = min(self.base * 2 ** attempt, 60)
        spread = capped * random()
        return capped + spread


def test_delay_grows_with_attempts():
    policy = RetryPolicy(1)
    first = policy.next_delay(1)
    assert policy.next_delay(5) > first
`;

describe('pairs of code', () => {
  test('Python: documentation, names, comments, tests and the file', async () => {
    const pairs = await allPairs('pkg/net/retry.py', python);
    expect(queries(pairs, 'doc').sort()).toEqual([
      termsColumn('Decides how long to wait before the next attempt.'),
      termsColumn('Exponential delay with some jitter added.'),
    ]);
    expect(queries(pairs, 'name')).toContain(termsColumn('next delay'));
    expect(queries(pairs, 'comment')).toEqual([termsColumn('never wait longer than a whole minute')]);
    expect(queries(pairs, 'test')).toEqual([termsColumn('delay grows with attempts')]);
    expect(queries(pairs, 'file')).toEqual([termsColumn('Waiting between attempts that fail for a while.')]);
    expect(new Set(pairs.map(({ language, path }) => `${language}: ${path}`))).toEqual(
      new Set([`python: ${termsColumn('retry pkg net')}`]),
    );
  });

  test('a document has no comments, and no name where the query is the name', async () => {
    const pairs = await allPairs('retry.py', python);
    const [comment] = ofKind(pairs, 'comment');
    expect(comment?.document).toContain(termsColumn('capped spread'));
    expect(comment?.document).not.toContain(termsColumn('longer'));
    for (const { document } of ofKind(pairs, 'name').filter(
      ({ query }) => query === termsColumn('next delay'),
    ))
      expect(document.split(' ')).not.toContain('nextdelay');
    for (const { document } of ofKind(pairs, 'doc')) expect(document).not.toContain(termsColumn('jitter'));
  });

  test('TypeScript: JSDoc without tags; tests written as calls', async () => {
    const source = `import { open } from './store.js';

/**
 * Reads the entry with {@link open} that was used <b>last</b>.
 * @param key name of the entry
 * @returns its value
 */
export async function readEntry(key: string): Promise<string> {
  const store = await open();
  const entry = store.get(key);
  return entry?.value ?? '';
}

test('gives an empty value for an unknown key', async () => {
  const value = await readEntry('nowhere');
  const other = await readEntry('elsewhere');
  const third = value + other;
  const wanted = '';
  console.log(third);
  expect(value).toBe(wanted);
});
`;
    const pairs = await allPairs('src/entry.ts', source);
    expect(queries(pairs, 'doc')).toEqual([termsColumn('Reads the entry with open that was used last.')]);
    expect(queries(pairs, 'test')).toEqual([termsColumn('gives an empty value for an unknown key')]);
  });

  test('Go, Rust and Lua comments above functions are documentation', async () => {
    const go = `package shapes\n\n// Area computes the surface of a polygon by its corners.\nfunc Area(corners []Point) float64 {\n\tsum := 0.0\n\tfor _, corner := range corners {\n\t\tsum += corner.X * corner.Y\n\t}\n\treturn sum / 2\n}\n`;
    const rust = `/// Surface of a polygon, by its corners.\n#[must_use]\npub fn area(corners: &[Point]) -> f64 {\n    let mut sum = 0.0;\n    for corner in corners {\n        sum += corner.x * corner.y;\n    }\n    sum / 2.0\n}\n`;
    const lua = `--- Surface of a polygon by its corners.\n-- @tparam table corners the corners\nlocal function area(corners)\n  local sum = 0\n  for _, corner in ipairs(corners) do\n    sum = sum + corner.x * corner.y\n  end\n  return sum / 2\nend\n`;
    expect(queries(await allPairs('area.go', go), 'doc')).toEqual([
      termsColumn('Area computes the surface of a polygon by its corners.'),
    ]);
    expect(queries(await allPairs('area.rs', rust), 'doc')).toEqual([
      termsColumn('Surface of a polygon, by its corners.'),
    ]);
    expect(queries(await allPairs('area.lua', lua), 'doc')).toEqual([
      termsColumn('Surface of a polygon by its corners.'),
    ]);
  });

  test('two windows of one file are a pair', async () => {
    const part = (name: string) =>
      `function ${name}(input) {\n${Array.from({ length: 9 }, (_, at) => `  const ${name}Part${at} = input.${name}${at};\n`).join('')}  return ${name}Part1;\n}\n`;
    const pairs = await allPairs('two.js', `${part('alpha')}\n${part('beta')}`);
    const [window] = ofKind(pairs, 'window');
    expect(window).toBeDefined();
    expect(window?.query.includes('alpha')).not.toBe(window?.document.includes('alphapart'));
  });
});

describe('pairs of documents', () => {
  const markdown = `# Tool

## Retrying failed downloads

Downloads that fail are tried again after a pause which doubles each time until the limit of attempts is reached.

To set the limit of attempts, give the option a number:

\`\`\`js
const client = createClient({ attempts: 5 });
await client.download(address, { signal });
\`\`\`

## License

MIT is what the whole of it is under, and more words to make it long enough for a section of its own here.
`;

  test('headings go with their sections, paragraphs with the examples below them', async () => {
    const pairs = await allPairs('docs/guide.md', markdown);
    expect(queries(pairs, 'section')).toEqual([termsColumn('Retrying failed downloads')]);
    expect(queries(pairs, 'prose')).toEqual([
      termsColumn('To set the limit of attempts, give the option a number.'),
    ]);
    expect(ofKind(pairs, 'prose')[0]?.document).toContain(termsColumn('createClient'));
  });
});

describe('what comments say', () => {
  test.each([
    ['/* Copyright (c) 2020 A. Person. All rights reserved. */'],
    ['// eslint-disable-next-line no-console'],
    ['// TODO(person): make this faster some day'],
    ['// if (a === b) { return c; }'],
    ['// ------------------------------------'],
    ['// PRIVATE SECTION OF THE FILE'],
    ['// see above'],
    ['/* A. Person <a.person@example.org> wrote all of it */'],
    ['# frozen_string_literal: true'],
    ['/* Permission to use, copy and modify is given to all who want it */'],
    ['/** {@inheritDoc} */'],
  ])('%s is no query', (comment) => expect(queryOf(comment)).toBeNull());

  test('a licence above the description is passed over', () => {
    const comment =
      '/*\n * Copyright 2020 A. Person\n *\n * Licensed under the Apache License, Version 2.0\n *\n * Keeps connections open between requests.\n */';
    expect(queryOf(comment)).toBe('Keeps connections open between requests.');
  });

  test('mark-up becomes words, tags end the text', () => {
    expect(
      paragraphsOf('/// <summary>\n/// Gets the <see cref="T:Area"/> of a shape.\n/// </summary>'),
    ).toEqual(['Gets the Area of a shape.']);
    expect(
      paragraphsOf('"""Read [the guide](https://example.org/x) with `care`.\n\n:param x: one\n"""'),
    ).toEqual(['Read the guide with care.']);
  });

  test('long text is cut to the words of a query', () => {
    const long = `# First sentence says what the whole is about. ${'Then more words follow. '.repeat(30)}`;
    expect(queryOf(long)).toBe('First sentence says what the whole is about.');
  });

  test('other languages than English are kept', () => {
    expect(queryOf('// Berechnet die Fläche eines Vielecks')).toBe('Berechnet die Fläche eines Vielecks');
  });
});

describe('a package', () => {
  const task = (output: string, skipped: number[] = []) => ({
    folder: join(folder, 'source'),
    output: join(folder, output),
    seed: 7,
    maxPairs: 1000,
    maxBytes: { common: 1_000_000, thin: 1_000_000 },
    skipped,
    progress: new SharedArrayBuffer(4),
  });

  test('gives the same pairs again with the same seed, one a line', async () => {
    write('source/retry.py', python);
    write('source/area.py', python.replaceAll('retry', 'area').replaceAll('Retry', 'Area'));
    const first = await extractPackage(task('one.jsonl'));
    await extractPackage(task('two.jsonl'));
    const lines = readFileSync(join(folder, 'one.jsonl'), 'utf8');
    expect(readFileSync(join(folder, 'two.jsonl'), 'utf8')).toBe(lines);
    expect(lines.trim().split('\n')).toHaveLength(first.pairs);
    expect(JSON.parse(lines.split('\n')[0] ?? '')).toMatchObject({
      language: 'python',
      hash: expect.stringMatching(/^\w{12}$/),
    });
    expect(Object.values(first.kinds).reduce((sum, count) => sum + count, 0)).toBe(first.pairs);
  });

  test('files that ended a thread before are left out', async () => {
    write('source/retry.py', python);
    expect((await extractPackage(task('none.jsonl', [0]))).pairs).toBe(0);
  });

  test('of too many files and pairs the seed chooses some, thin languages by a budget of their own', () => {
    for (let at = 0; at < 10; at++) write(`many/part${at}.py`, python);
    write('many/part.lua', '-- some words here\nlocal a = 1\n');
    const files = chosenFiles(join(folder, 'many'), { common: python.length * 3, thin: 10 }, 1);
    expect(files).toHaveLength(4);
    expect(files).toContain('part.lua');
    expect(chosenFiles(join(folder, 'many'), { common: python.length * 3, thin: 10 }, 1)).toEqual(files);
    const pair = (at: number): Pair => ({
      kind: 'doc',
      query: `q${at}`,
      document: '',
      path: '',
      language: 'c',
      hash: `${at}`,
    });
    const pairs = Array.from({ length: 50 }, (_, at) => pair(at));
    expect(sampled(pairs, 10, 1)).toHaveLength(10);
    expect(sampled(pairs, 10, 1)).toEqual(sampled(pairs, 10, 1));
    expect(sampled(pairs, 100, 1)).toBe(pairs);
  });

  test('random numbers depend on seed and text alone', () => {
    const first = randomOf(1, 'a');
    const again = randomOf(1, 'a');
    expect([first(), first(), first()]).toEqual([again(), again(), again()]);
    expect(randomOf(2, 'a')()).not.toBe(randomOf(1, 'a')());
  });
});
