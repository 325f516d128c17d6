import { createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextChanges } from '../../../src/daemon/edits/changes.js';
import type { ParsedAnswer } from '../../../src/daemon/edits/contract.js';
import { editInstructions, parseEdits } from '../../../src/daemon/edits/parse.js';

const block = (search: string, replace: string) =>
  `<<<<<<< SEARCH\n${search}=======\n${replace}>>>>>>> REPLACE\n`;

/** What the blocks of one file make of a text. */
function applied({ blocks }: ParsedAnswer, text: string): string {
  const changes = new TextChanges(text);
  for (const { edit } of blocks) {
    if (edit.is === 'replace') changes.replace(edit);
    else changes.patch(edit.hunks);
  }
  return changes.result();
}

const paths = ({ blocks }: ParsedAnswer) => blocks.map(({ edit }) => edit.path);

describe('search and replace blocks', () => {
  test('a path, then blocks, in fences or not, with positions in the answer', () => {
    const answer = `Here it is.\n\nsrc/a.ts\n\`\`\`ts\n${block('one\n', 'two\n')}\`\`\`\n\n\`\`\`ts\n${block('x\n', '')}\`\`\`\nand \n**\`lib/my file.ts\`**:\n${block('', 'new\n')}`;
    const parsed = parseEdits(answer);
    expect(parsed.unreadable).toEqual([]);
    expect(parsed.blocks.map(({ edit }) => edit)).toEqual([
      { is: 'replace', path: 'src/a.ts', search: ['one'], replace: ['two'] },
      { is: 'replace', path: 'src/a.ts', search: ['x'], replace: [] },
      { is: 'replace', path: 'lib/my file.ts', search: [], replace: ['new'] },
    ]);
    const at = parsed.blocks[0]?.at;
    expect(answer.slice(at?.start, at?.end)).toBe(block('one\n', 'two\n').trimEnd());
    expect([at?.startLine, at?.endLine]).toEqual([5, 9]);
  });

  test('texts that hold fences and diffs stay as they are', () => {
    const inner = '```sh\nlcad\n```\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n';
    const { blocks, unreadable } = parseEdits(
      `README.md\n\`\`\`\`md\n${block(inner, `${inner}more\n`)}\`\`\`\`\n`,
    );
    expect(unreadable).toEqual([]);
    expect(blocks).toHaveLength(1);
    expect(blocks[0]?.edit).toMatchObject({ search: inner.trimEnd().split('\n') });
  });

  test.each([
    ['no path', `Change this:\n${block('a\n', 'b\n')}`, 'No path'],
    ['nothing before it', block('a\n', 'b\n'), 'No path'],
    ['cut off', 'a.ts\n<<<<<<< SEARCH\na\n=======\nb\n', 'cut off'],
    ['no divider', 'a.ts\n<<<<<<< SEARCH\na\n>>>>>>> REPLACE\n', 'no line ======='],
    ['two dividers', `a.ts\n${block('a\n=======\n', 'b\n')}`, 'several'],
    ['the end alone', 'a.ts\n>>>>>>> REPLACE\n', 'stands here without'],
    ['a diff without files', '```diff\n-a\n+b\n```\n', 'no file'],
    ['a hunk with wrong numbers in the open', '--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n', 'as many lines'],
    ['a copy', '```diff\ndiff --git a/x b/y\ncopy from x\ncopy to y\n```\n', 'copies'],
    ['two names', '```diff\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n```\n', 'two files'],
  ])('%s is told, not guessed at', (_name, answer, message) => {
    const parsed = parseEdits(answer);
    expect(parsed.blocks).toEqual([]);
    expect(parsed.unreadable).toHaveLength(1);
    expect(parsed.unreadable[0]?.message).toContain(message);
  });

  test('a block that is not closed leaves the next one readable', () => {
    const parsed = parseEdits(`a.ts\n<<<<<<< SEARCH\na\n=======\nb.ts\n${block('c\n', 'd\n')}`);
    expect(parsed.unreadable).toHaveLength(1);
    expect(paths(parsed)).toEqual(['b.ts']);
    expect([...parsed.unreadable, ...parsed.blocks].map(({ index }) => index)).toEqual([0, 1]);
  });

  test('the instructions for models are themselves of the format', () => {
    const parsed = parseEdits(editInstructions);
    expect(parsed.unreadable).toEqual([]);
    expect(paths(parsed)).toEqual(['src/path/of/file.ts']);
  });

  test('an answer without edits has none, whatever is in it', () => {
    expect(parseEdits('Use `a`.\n```ts\nconst a = 1;\n```\n---\n+++\n')).toEqual({
      blocks: [],
      unreadable: [],
    });
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseEdits(text)));
  });
});

const plainLine = fc.stringMatching(/^[a-z{}() +\-@#]{0,8}$/).filter((line) => !line.startsWith('--- '));
const someLines = fc.array(plainLine, { minLength: 1, maxLength: 30 });

describe('what is read is what was written', () => {
  test('random edits of a random text, as blocks in any order', () => {
    const kinds = fc.array(
      fc.record({ skip: fc.nat(4), take: fc.integer({ min: 1, max: 3 }), by: someLines }),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(
        fc.nat(40),
        kinds,
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.boolean(),
        (more, edits, end, open, bom) => {
          // Every line is there once: what is searched for has one place.
          const height = edits.reduce((sum, { skip, take }) => sum + skip + take, 0) + more;
          const lines = Array.from({ length: height }, (_, i) => `line ${i}`);
          const expected = [...lines];
          const blocks: string[] = [];
          let at = 0;
          let moved = 0;
          for (const { skip, take, by } of edits) {
            at += skip;
            const search = lines.slice(at, at + take);
            blocks.push(block(`${search.join('\n')}\n`, by.map((line) => `${line}\n`).join('')));
            expected.splice(at + moved, take, ...by);
            moved += by.length - take;
            at += take;
          }
          const file = (all: string[]) => `${bom ? '\ufeff' : ''}${all.join(end)}${open ? '' : end}`;
          const answer = [...blocks]
            .reverse()
            .map((one) => `src/a.ts\n${one}`)
            .join('\n');
          const parsed = parseEdits(answer);
          expect(parsed.unreadable).toEqual([]);
          expect(applied(parsed, file(lines))).toBe(file(expected));
        },
      ),
    );
  });

  test('unified diffs of two random texts, bare, fenced, and with wrong numbers in a fence', () => {
    const text = fc
      .tuple(someLines, fc.boolean())
      .map(([lines, open]) => lines.join('\n') + (open ? '' : '\n'));
    fc.assert(
      fc.property(text, text, fc.integer({ min: 3, max: 40 }), (before, after, context) => {
        fc.pre(before !== after && before !== '');
        const patch = createTwoFilesPatch('a/src/a.ts', 'b/src/a.ts', before, after, '', '', { context });
        const bare = patch.replace(/^=+\n/, '');
        // Without a line of the file in it, a hunk has no place that could be checked.
        fc.pre(!/@@ -\d+,0/.test(bare));
        for (const answer of [bare, `Do this:\n\n${bare}`, `\`\`\`diff\n${bare}\`\`\`\nDone.\n`]) {
          const parsed = parseEdits(answer);
          expect(parsed.unreadable).toEqual([]);
          expect(paths(parsed)).toEqual(['src/a.ts']);
          expect(applied(parsed, before)).toBe(after);
        }
      }),
    );
  });

  test('numbers in the heads of hunks are counted again within a fence', () => {
    const hunk =
      '--- a/x\n+++ b/x\n@@ -7,9 +7,1 @@ function\n one\n-two\n+deux\n+zwei\n three\n@@ ... @@\n eight\n-nine\n';
    const parsed = parseEdits(`\`\`\`diff\n${hunk}\n\`\`\`\n`);
    expect(parsed.unreadable).toEqual([]);
    expect(applied(parsed, 'one\ntwo\nthree\neight\nnine\n')).toBe('one\ndeux\nzwei\nthree\neight\n');
  });

  test('new files, deletions and renames', () => {
    const answer = [
      '```diff',
      'diff --git a/old.ts b/new.ts',
      'similarity index 90%',
      'rename from old.ts',
      'rename to new.ts',
      '--- a/old.ts',
      '+++ b/new.ts',
      '@@ -1 +1 @@',
      '-a',
      '+b',
      'diff --git a/gone.ts b/gone.ts',
      'deleted file mode 100644',
      '--- /dev/null',
      '+++ b/fresh.ts',
      '@@ -0,0 +1,2 @@',
      '+-- x',
      '+++ y',
      '--- a/away.ts',
      '+++ /dev/null',
      '@@ -1,2 +0,0 @@',
      '--- x',
      '-b',
      '```',
    ].join('\n');
    const { blocks, unreadable } = parseEdits(answer);
    expect(unreadable).toEqual([]);
    expect(blocks.map(({ edit }) => edit)).toMatchObject([
      { kind: 'rename', path: 'old.ts', to: 'new.ts', hunks: [{ old: ['a'], fresh: ['b'] }] },
      { kind: 'delete', path: 'gone.ts', hunks: [] },
      { kind: 'create', path: 'fresh.ts', hunks: [{ fresh: ['-- x', '++ y'] }] },
      { kind: 'delete', path: 'away.ts', hunks: [{ old: ['-- x', 'b'] }] },
    ]);
  });
});

describe('places in a file', () => {
  const change = (text: string, search: string, replace: string) =>
    applied(parseEdits(`a.ts\n${block(search, replace)}`), text);

  test('what is there several times, or not at all, is a conflict that says where', () => {
    expect(() => change('a\nb\na\n', 'a\n', 'c\n')).toThrow('several times: at lines 1, 3');
    expect(() => change('a\nb\nc\nd\n', 'b\nc\nx\n', '')).toThrow(
      'Lines 2-3 are as the first of them; from line 4',
    );
    expect(() => change('a\n', 'z\n', '')).toThrow('not in the file');
    expect(() => change('a\n', '', 'b\n')).toThrow('is there already');
  });

  test('indentation that all lines have more or less is kept, and said', () => {
    const parsed = parseEdits(`a.ts\n${block('if (a) {\n  b();\n}\n', 'if (a) {\n  c();\n\n  d();\n}\n')}`);
    const changes = new TextChanges('x\n\tif (a) {  \n\t  b();\n\t}\n');
    for (const { edit } of parsed.blocks) if (edit.is === 'replace') changes.replace(edit);
    expect(changes.result()).toBe('x\n\tif (a) {  \n\t  c();\n\n\t  d();\n\t}\n');
    expect(changes.notes).toHaveLength(1);
    expect(change('f();\ng();\n', '    f();\n', '    h();\n')).toBe('h();\ng();\n');
    // Not the same for all lines: no guess.
    expect(() => change('  a\n    b\n', 'a\nb\n', 'c\n')).toThrow('not in the file');
    expect(() => change(' a\n\n  a\n', 'a\n', 'c\n')).toThrow('several times');
  });

  test('two edits of the same lines are a conflict, neighbours are none', () => {
    const two = (a: string, b: string) => applied(parseEdits(`a.ts\n${a}${b}`), 'a\nb\nc\n');
    expect(() => two(block('a\nb\n', 'x\n'), block('b\n', 'y\n'))).toThrow('Another block');
    expect(two(block('a\nb\n', 'x\nb\n'), block('b\nc\n', 'b\ny\n'))).toBe('x\nb\ny\n');
    expect(() => two(block('a\n', 'a\nx\n'), block('b\n', 'y\nb\n'))).toThrow('Another block');
  });

  test('a file and a search of lines that repeat without end are dealt with all the same', () => {
    const blank = '\n'.repeat(100_000);
    expect(() => change(`${blank}${blank}`, `${blank}x\n`, 'y\n')).toThrow('not in the file');
    const spaced = ' \n'.repeat(100_000);
    expect(change(`${spaced}${spaced}x\n`, `${blank}x\n`, 'y\n')).toBe(`${spaced}y\n`);
    const shifts = '  a\n'.repeat(100_000);
    expect(() => change(shifts, `${'a\n'.repeat(50_000)}b\n`, 'y\n')).toThrow('not in the file');
    expect(change(`${blank}x\n${blank}`, 'x\n', blank)).toBe(`${blank}${blank}${blank}`);
  });

  test('mixed line ends, a missing last newline and a byte order mark stay', () => {
    expect(change('\ufeffa\r\nb\nc', 'b\nc\n', 'b\nx\ny\n')).toBe('\ufeffa\r\nb\nx\ny');
    expect(change('a\r\nb', 'a\n', 'x\ny\n')).toBe('x\r\ny\r\nb');
    expect(change('a\nb\nc', 'c\n', '')).toBe('a\nb');
    expect(change('', '', 'a\n')).toBe('a\n');
  });
});
