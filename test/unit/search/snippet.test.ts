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
