import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { snippetOf } from '../../../src/daemon/search/snippet.js';
import { termsOf } from '../../../src/shared/terms.js';

const chunk = (lines: string[], name = '') => ({ text: lines.join('\n'), startLine: 10, name });
const terms = (text: string) => new Set(termsOf(text));

describe('snippetOf', () => {
  test('gives a short chunk whole', () => {
    expect(snippetOf(chunk(['a', 'b']), terms('b'), 5)).toEqual({ startLine: 10, text: 'a\nb' });
  });

  test('gives nothing for no lines', () => {
    expect(snippetOf(chunk(['a']), terms('a'), 0)).toBeNull();
  });

  test('finds the densest lines', () => {
    const lines = ['open();', '', '', '', 'retry(count);', 'backoff(retry);', '', ''];
    expect(snippetOf(chunk(lines), terms('retry backoff'), 2)).toEqual({
      startLine: 14,
      text: 'retry(count);\nbackoff(retry);',
    });
  });

  test('prefers the line that defines', () => {
    const lines = ['def retry(pool):', '  pass', '  pass', '  pass', '  retry', '  retry'];
    expect(snippetOf(chunk(lines, 'retry'), terms('retry'), 2)?.startLine).toBe(10);
  });

  test('takes the first of equals, and the beginning where nothing matches', () => {
    expect(snippetOf(chunk(['x', 'foo', 'x', 'x', 'foo', 'x']), terms('foo'), 1)?.startLine).toBe(11);
    expect(snippetOf(chunk(['x', 'y', 'z']), terms('foo'), 1)?.startLine).toBe(10);
  });

  test('finds words whose stem ends in another letter, and names that are parted', () => {
    const lines = ['x', 'y', 'the_flies', 'x', 'fly_away', 'to_str_map'];
    expect(snippetOf(chunk(lines), terms('fly'), 1)?.startLine).toBe(12);
    expect(snippetOf(chunk(lines), new Set(['tostrmap']), 1)?.startLine).toBe(15);
  });

  test('is the window that splitting every line finds', () => {
    const word = fc.constantFrom('foo', 'fooBar', 'bar_foo', 'BAR', 'foos', 'ba', '検索', 'q(foo)', 'Größe');
    fc.assert(
      fc.property(
        fc.array(fc.array(word, { maxLength: 3 }), { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 6 }),
        (words, most) => {
          const lines = words.map((some) => some.join(' '));
          const wanted = terms('foo bar größe 検索');
          const worth = (from: number) => {
            const found = lines.slice(from, from + most).flatMap((line) => termsOf(line));
            const inside = found.filter((term) => wanted.has(term));
            const distinct = new Set(inside).size;
            return distinct + 0.1 * (inside.length - distinct);
          };
          const starts = Array.from({ length: Math.max(1, lines.length - most + 1) }, (_, at) => at);
          const best = starts.reduce((one, other) => (worth(other) > worth(one) ? other : one), 0);
          const startLine = snippetOf(chunk(lines), wanted, most)?.startLine ?? 0;
          expect(worth(startLine - 10)).toBeCloseTo(worth(best), 9);
        },
      ),
    );
  });

  test('is always verbatim and in place', () => {
    const line = fc.constantFrom('', 'foo', 'bar(foo)', '  x', 'foo bar');
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 12 }),
        (lines, most) => {
          const snippet = snippetOf(chunk(lines), terms('foo bar'), most);
          const from = (snippet?.startLine ?? 0) - 10;
          const count = Math.min(most, lines.length);
          expect(snippet?.text).toBe(lines.slice(from, from + count).join('\n'));
        },
      ),
    );
  });
});
