import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { grep } from '../../../src/daemon/grep/grep.js';
import type { GrepParams } from '../../../src/protocol/grep.js';
import { LcadError } from '../../../src/shared/errors.js';
import { ripgrep } from '../../support/ripgrep.js';
import { TestFamily, type TestRepo } from '../../support/search.js';

let family: TestFamily;
beforeEach(async () => {
  family = await TestFamily.open();
});
afterEach(() => family.close());

const never = new AbortController().signal;
const find = (params: Partial<GrepParams> & { pattern: string }) =>
  grep({ syntax: 'regex', ...params }, [family], never);

/** What was found, as `path:line:text`. */
async function lines(params: Partial<GrepParams> & { pattern: string }): Promise<string[]> {
  const { files } = await find(params);
  return files.flatMap(({ path, lines }) =>
    lines.map(({ line, text, spans }) => `${path}${spans ? ':' : '-'}${line}${spans ? ':' : '-'}${text}`),
  );
}

async function refusal(params: Partial<GrepParams> & { pattern: string }): Promise<LcadError> {
  const error = await find(params).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof LcadError)) throw new Error(`No refusal, but ${String(error)}`);
  return error;
}

/** Writes bytes that a string cannot hold. */
async function writeBytes(repo: TestRepo, path: string, bytes: Buffer): Promise<void> {
  writeFileSync(join(repo.root, path), bytes);
  await family.publish(repo, [path]);
}

const code = (count: number) =>
  Array.from({ length: count }, (_, i) => `export function step${i}() {\n  return ${i};\n}\n`).join('\n');

describe('what is found', () => {
  test('is in the order of repositories, paths and lines, with the places of the matches', async () => {
    await family.addRepo('b', { 'x.ts': 'const one = 1;\n' });
    await family.addRepo('a', {
      'src/x.ts': 'const two = one + one;\n',
      'src-old/x.ts': 'let one;\n',
      'src.ts': 'one\n',
    });
    const { files, matches, more } = await find({ pattern: 'one' });
    expect(files.map(({ root, path }) => `${root.slice(-1)}/${path}`)).toEqual([
      'a/src/x.ts',
      'a/src-old/x.ts',
      'a/src.ts',
      'b/x.ts',
    ]);
    expect(files[0]?.lines).toEqual([
      {
        line: 1,
        text: 'const two = one + one;',
        spans: [
          { start: 12, end: 15 },
          { start: 18, end: 21 },
        ],
      },
    ]);
    expect({ matches, more }).toEqual({ matches: 4, more: null });
  });

  test('is in every file that has the content, and in none that had it', async () => {
    const repo = await family.addRepo('a', { 'one.ts': 'const same = 1;\n', 'two.ts': 'const same = 1;\n' });
    expect(await lines({ pattern: 'same' })).toEqual([
      'one.ts:1:const same = 1;',
      'two.ts:1:const same = 1;',
    ]);
    family.remove(repo, 'one.ts');
    expect(await lines({ pattern: 'same' })).toEqual(['two.ts:1:const same = 1;']);
  });

  test('ends at the limit, and what is left is counted', async () => {
    await family.addRepo('a', { 'a.ts': code(20), 'b.ts': code(30), 'c.ts': 'export function last() {}\n' });
    const { files, matches, more } = await find({ pattern: 'function', limit: 25 });
    expect(matches).toBe(25);
    expect(files.map(({ path, lines }) => [path, lines.length])).toEqual([
      ['a.ts', 20],
      ['b.ts', 5],
    ]);
    expect(more?.files).toBe(1);
    expect(more?.lines).toBeGreaterThan(1);
    expect(more?.lines).toBeLessThanOrEqual(26);
    expect((await find({ pattern: 'function', limit: 51 })).more).toBeNull();
  });

  test('lies within the filters', async () => {
    await family.addRepo('a', {
      'src/a.ts': 'export function foo() {\n  return bar();\n}\n',
      'test/a.py': 'def foo():\n    return bar()\n',
    });
    expect(await lines({ pattern: 'foo', paths: ['src'] })).toEqual(['src/a.ts:1:export function foo() {']);
    expect(await lines({ pattern: 'foo', languages: ['py'] })).toEqual(['test/a.py:1:def foo():']);
    expect(await lines({ pattern: 'foo', kinds: ['class'] })).toEqual([]);
    expect((await lines({ pattern: 'foo', kinds: ['function'] })).length).toBe(2);
    expect((await refusal({ pattern: 'foo', languages: ['klingon'] })).kind).toBe('LANGUAGE_UNKNOWN');
  });

  test('has the lines around it, those between chunks too', async () => {
    await family.addRepo('a', { 'a.ts': `\n\n${code(4)}` });
    expect(await lines({ pattern: 'step[12]\\(', contextLines: 2 })).toEqual([
      'a.ts-5-}',
      'a.ts-6-',
      'a.ts:7:export function step1() {',
      'a.ts-8-  return 1;',
      'a.ts-9-}',
      'a.ts-10-',
      'a.ts:11:export function step2() {',
      'a.ts-12-  return 2;',
      'a.ts-13-}',
    ]);
    expect((await lines({ pattern: 'step0', contextLines: 5 })).slice(0, 3)).toEqual([
      'a.ts-1-',
      'a.ts-2-',
      'a.ts:3:export function step0() {',
    ]);
    expect((await lines({ pattern: 'step3', contextLines: 100 })).at(-1)).toBe('a.ts-17-}');
  });

  test('has very long lines cut around the first match', async () => {
    await family.addRepo('a', { 'a.txt': `${'ab '.repeat(2_000)}needle ${'cd '.repeat(2_000)}\n` });
    const { files } = await find({ pattern: 'needle|cd $' });
    const [line] = files[0]?.lines ?? [];
    expect(line?.text).toHaveLength(4_000);
    expect(line?.spans?.map(({ start, end }) => line.text.slice(start, end))).toEqual(['needle']);
  });

  test('nothing: it is said what was not searched', async () => {
    const repo = await family.addRepo('a', { 'a.ts': 'let x;\n' });
    repo.files.set('huge.bin', { key: '', language: 'text' });
    const { files, unsearched, notes } = await find({ pattern: 'absent' });
    expect({ files, unsearched }).toEqual({ files: [], unsearched: 1 });
    expect(notes).toEqual([
      'Nothing was found for absent.',
      '1 file is not in the index and could not be searched: `lcad status` tells why.',
    ]);
    expect((await find({ pattern: 'absent', paths: ['*.ts'] })).unsearched).toBe(0);
  });
});

describe('files of other kinds', () => {
  const patterns = [
    'foo',
    ';$',
    '^foo',
    'caf.',
    'caf\\W',
    'caf[^a]',
    '\\w+$',
    'é',
    '\\bfoo\\b',
    '.*',
    'x.y',
    '\\S',
  ];

  test.each(patterns)('are searched as ripgrep does: %s', async (pattern) => {
    const repo = await family.addRepo('a', {
      'crlf.txt': 'foo;\r\nbar foo\r\n\r\ncafé\r\n',
      'bom.txt': '\ufefffoo first\nsecond foo\n',
      'wide.txt': 'caf\u{1f600} foo\nx\u{1f600}y é\n',
      'last.txt': 'no line end foo',
      'replaced.txt': 'caf\ufffd x\nfoo x\ufffdy\n',
    });
    await writeBytes(repo, 'latin.txt', Buffer.from('caf\xe9 x\nfoo caf\xe9\n', 'latin1'));
    await writeBytes(repo, 'utf16.txt', Buffer.from('\ufefffoo in sixteen\ncafé;\n', 'utf16le'));
    const found = await lines({ pattern });
    const expected = ripgrep(['--crlf', '-e', pattern], repo.root, [...repo.files.keys()].sort());
    if ('error' in expected) throw new Error(expected.error);
    // Bytes that are no UTF-8 are replaced in our lines; ripgrep's go through the same decoder here.
    expect(found).toEqual(expected.lines.filter((line) => !/:\d+:\s*$/.test(line)));
    expect(found.length).toBeGreaterThan(0);
  });
});

describe('blank lines', () => {
  test('are left out, and it is said', async () => {
    await family.addRepo('a', { 'a.ts': 'function a() {\n  b();\n\n  \n  c(); \n}\n' });
    const { files, notes } = await find({ pattern: '\\s*$' });
    expect(files[0]?.lines.map(({ line }) => line)).toEqual([1, 2, 5, 6]);
    expect(notes).toEqual(['Blank lines match too; they are not in the index and are left out.']);
    expect(await lines({ pattern: ' +$' })).toEqual(['a.ts:5:  c(); ']);
    expect((await find({ pattern: 'c' })).notes).toEqual([]);
  });

  test.each(['^$', '^\\s*$', '^[ \\t]+$', '^(\\s|\\t){2,}$', '\\A\\z', '(?x)^ $'])(
    'alone are refused: %s',
    async (pattern) => {
      const error = await refusal({ pattern });
      expect(error.kind).toBe('PATTERN_INVALID');
      expect(error.message).toContain('blank lines alone');
    },
  );
});

describe('what cannot be searched for is refused, with its place', () => {
  test.each([
    ['foo(', 'unclosed group', 3],
    ['a[z-a]', 'invalid character class range', 2],
    ['(?=x)y', 'look-around', 0],
    ['(a)\\1', 'backreferences are not supported', 3],
    ['é\\p{Klingon}', 'Unicode property not found', 1],
    ['a**b)', 'unopened group', 4],
    ['[abc', 'unclosed character class', 0],
    ['foo\\nbar', 'across lines', 3],
    ['foo\\x0abar', 'across lines', 3],
    ['a[\\n]', 'across lines', 1],
    ['a\\rb', '"\\r"', 1],
    ['a\nb', 'line end', 1],
  ])('%s', async (pattern, why, position) => {
    await family.addRepo('a', { 'a.ts': 'let x;\n' });
    const error = await refusal({ pattern });
    expect(error.kind).toBe('PATTERN_INVALID');
    expect(error.message).toContain(why);
    expect(error.details.position).toBe(position);
  });

  test('text over lines, and patterns that become too large', async () => {
    await family.addRepo('a', { 'a.ts': 'let x;\n' });
    expect((await refusal({ pattern: 'a\nb', syntax: 'literal' })).details.position).toBe(1);
    expect((await refusal({ pattern: '(\\w{1000}){1000}' })).message).toContain('too large');
  });
});

describe('a search', () => {
  test('that is cancelled ends with the reason', async () => {
    await family.addRepo('a', { 'a.ts': code(200) });
    const ending = new AbortController();
    const reason = new LcadError('REQUEST_CANCELLED', 'Enough.');
    const search = grep({ pattern: 'e', syntax: 'regex' }, [family], ending.signal);
    ending.abort(reason);
    await expect(search).rejects.toBe(reason);
  });

  test('takes quotes, controls and markers for what they are', async () => {
    await family.addRepo('a', { 'a.txt': "it's \u0001 100% _ \\ \ufdd0 x\n'; DROP TABLE chunks; --\n" });
    for (const pattern of ["it's", '\u0001', '%', '_', '\\', "'; DROP"]) {
      expect((await lines({ pattern, syntax: 'literal' })).length, pattern).toBe(1);
    }
    expect(await lines({ pattern: "'; \\w+" })).toEqual(["a.txt:2:'; DROP TABLE chunks; --"]);
    expect((await lines({ pattern: 'x$' })).length).toBe(1);
  });

  test('takes linear time where others backtrack', async () => {
    await family.addRepo('a', { 'a.txt': `${'a'.repeat(3_000)}!\n` });
    expect(await lines({ pattern: '^(a+)+$' })).toEqual([]);
    expect((await lines({ pattern: '(a|a)*!' })).length).toBe(1);
  });
});
