import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stem, termsColumn, termsOf } from '../../../src/shared/terms.js';

describe('termsOf', () => {
  test.each([
    ['camelCase and PascalCase', 'getUserName UserStore', 'get user nam getusername user stor userstore'],
    ['snake_case and CONSTANTS', 'max_retry MAX_RETRY', 'max retry maxretry max retry maxretry'],
    ['acronyms before words', 'HTTPServer parseURLs', 'http server httpserver pars url parseurls'],
    ['letters and digits', 'sha256 utf8 v4 i18n', 'sha 256 sha256 utf utf8 v4 18 i18n'],
    ['punctuation between words', 'a.fetch("x-forwarded-for");', 'fetch forward for'],
    ['one-letter words', 'a b c i x', ''],
    ['numbers', '1024 7', '1024'],
    ['dunder names', '__init__ $scope', 'init scop'],
    ['nothing', '', ''],
    ['only punctuation', '{}();', ''],
  ])('splits %s', (_what, text, terms) => {
    expect(termsOf(text).join(' ')).toBe(terms);
  });

  test('joins compounds the same way whatever their case', () => {
    const wholes = ['maxRetries', 'max_retries', 'MAX_RETRIES', 'MaxRetries'].map((name) =>
      termsOf(name).at(-1),
    );
    expect(new Set(wholes)).toEqual(new Set(['maxretries']));
  });

  test('makes characters and pairs of scripts without blanks', () => {
    expect(termsOf('検索 한국')).toEqual(['検', '索', '検索', '한', '국', '한국']);
    expect(termsOf('日本語Parser')).toEqual(['日', '本', '日本', '語', '本語', 'parser']);
  });

  test('lower-cases and splits other alphabets', () => {
    expect(termsOf('Привет naïveÜber')).toEqual(['привет', 'naïv', 'über', 'naïveüber']);
  });

  test('drops over-long words, whole and in parts', () => {
    expect(termsOf('x'.repeat(300))).toEqual([]);
    expect(termsOf('a'.repeat(30))).toEqual([]);
    expect(termsOf(`${'Word'.repeat(20)}`).every((term) => term === 'word')).toBe(true);
  });

  test('gives terms without blanks and upper case, the same every time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const terms = termsOf(text);
        expect(terms.join(' ')).toBe(termsColumn(text));
        expect(terms.every((term) => term.length > 0 && !/\s/.test(term))).toBe(true);
        expect(termsOf(text)).toEqual(terms);
      }),
    );
  });

  test('splits a text as its lines', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 40 })), (lines) => {
        expect(termsOf(lines.join('\n'))).toEqual(lines.flatMap(termsOf));
      }),
    );
  });
});

describe('stem', () => {
  test.each([
    ['cache', 'caches', 'cached', 'caching'],
    ['route', 'routes', 'routed', 'routing'],
    ['retry', 'retries', 'retried', 'retrying'],
    ['map', 'maps', 'mapped', 'mapping'],
    ['embed', 'embeds', 'embedded', 'embedding', 'embeddings'],
    ['box', 'boxes'],
    ['match', 'matches', 'matched', 'matching'],
    ['add', 'adds', 'added', 'adding'],
  ])('brings the forms of %s together', (...forms) => {
    expect(new Set(forms.map(stem)).size).toBe(1);
  });

  test.each(['class', 'status', 'this', 'string', 'tree', 'id', 'ping', 'need'])(
    'leaves %s alone',
    (word) => {
      expect(stem(word)).toBe(word);
    },
  );
});
