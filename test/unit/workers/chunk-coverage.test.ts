import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../../src/shared/package-root.js';
import { languageIds } from '../../../src/workers/languages.js';
import { chunked, faultsIn, fixtureAt, fixtures } from '../../support/chunks.js';

const all = fixtures();
const fixture = fc.constantFrom(...all);

async function expectWhole(language: string, text: string): Promise<void> {
  const { chunks, fallback } = await chunked(language, text);
  expect(fallback).toBeNull();
  expect(faultsIn(text, chunks)).toEqual([]);
}

/** Ways in which a file can be broken or strange. */
const mutation = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }).map((at) => ({
    name: 'truncated',
    apply: (text: string) => text.slice(0, at * text.length),
  })),
  fc.array(fc.nat(200), { minLength: 1, maxLength: 20 }).map((gone) => ({
    name: 'lines removed',
    apply: (text: string) =>
      text
        .split('\n')
        .filter((_, line) => !gone.includes(line))
        .join('\n'),
  })),
  fc.constant({ name: 'crlf', apply: (text: string) => text.replaceAll('\n', '\r\n') }),
  fc.constant({ name: 'no final newline', apply: (text: string) => text.trimEnd() }),
  fc.constant({ name: 'tabs', apply: (text: string) => text.replaceAll('  ', '\t') }),
  fc.constant({ name: 'one line', apply: (text: string) => text.replaceAll('\n', ' ') }),
  fc.constant({ name: 'blank lines', apply: (text: string) => text.replaceAll('\n', '\n \t\n\n') }),
  fc.nat(6).map((times) => ({ name: 'repeated', apply: (text: string) => text.repeat(times + 1) })),
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), noise()).map(([at, inserted]) => ({
    name: 'noise',
    apply: (text: string) => text.slice(0, at * text.length) + inserted + text.slice(at * text.length),
  })),
);

function noise(): fc.Arbitrary<string> {
  const bracket = fc.tuple(
    fc.constantFrom('{', '(', '[', '<', '"', "'", '`', '/*', '#', '\\'),
    fc.integer({ min: 1, max: 500 }),
  );
  return fc.oneof(
    bracket.map(([mark, times]) => mark.repeat(times)),
    fc
      .uint8Array({ minLength: 1, maxLength: 300 })
      .map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)).toString()),
    fc.constantFrom('\ud800', '\u2028', '\r', '\f', '\ufeff', '😀', '<<EOF\n', '"""', '```\n', '---\n'),
    fixture.map(({ text }) => text),
  );
}

describe('no line of a file is lost and none is in two chunks', () => {
  it.each(all.map((one) => [one.file, one] as const))('in %s', async (_, { language, text }) => {
    await expectWhole(language, text);
  });

  it('in broken files of every language', async () => {
    const broken = fc.asyncProperty(
      fixture,
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      async (one, changes) => {
        await expectWhole(
          one.language,
          changes.reduce((text, change) => change.apply(text), one.text),
        );
      },
    );
    await fc.assert(broken, { numRuns: 1500 });
  });

  it('in any text in any language', async () => {
    const text = fc.string({
      unit: fc.constantFrom('\n', '\n', ' ', '\t', 'a', '{', '}', '#', '=', '-', '"', '\r', 'é'),
      maxLength: 400,
    });
    const any = fc.asyncProperty(fc.constantFrom(...languageIds), text, expectWhole);
    await fc.assert(any, { numRuns: 1000 });
  });

  it('in installed packages', async () => {
    const root = packagePath('node_modules');
    const wanted = /\.(?:[mc]?[jt]s|md|json|css|html|ya?ml|cc|h)$/;
    const files = sampled(root, wanted, 400);
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) {
      const { language, text } = fixtureAt(root, file);
      const { chunks } = await chunked(language, text);
      expect(faultsIn(text, chunks), file).toEqual([]);
    }
  });

  it('in a file with a line of a megabyte', async () => {
    const line = `const data = [${'"0123456789abcdef", '.repeat(52_000)}];`;
    for (const language of ['javascript', 'json', 'css', 'text']) {
      const { chunks } = await chunked(language, `// before\n${line}\n// after\n`);
      expect(faultsIn(`// before\n${line}\n// after\n`, chunks)).toEqual([]);
    }
  });

  it.each(['javascript', 'python', 'json', 'html', 'cpp', 'ruby'])(
    'in deeply nested %s',
    async (language) => {
      const open: Record<string, string> = {
        python: 'def f():',
        json: '{"a":',
        html: '<div>',
        ruby: 'def f',
      };
      const text = Array.from(
        { length: 3000 },
        (_, depth) => `${' '.repeat(depth)}${open[language] ?? 'function f() {'}`,
      );
      await expectWhole(language, text.join('\n'));
    },
  );
});

/** Every n-th file below a folder, so that there are about `count`. */
function sampled(root: string, wanted: RegExp, count: number): string[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && wanted.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => statSync(join(root, file)).size < 200_000)
    .sort();
  const step = Math.max(1, Math.floor(files.length / count));
  return files.filter((_, index) => index % step === 0);
}
