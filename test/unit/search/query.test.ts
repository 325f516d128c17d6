import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readQuery } from '../../../src/daemon/search/query.js';

const wordsOf = (query: string) => readQuery(query).words.map(({ text }) => text);
const identifiersOf = (query: string) =>
  readQuery(query)
    .words.filter(({ identifier }) => identifier)
    .map(({ text }) => text);

describe('readQuery', () => {
  test('leaves out the words of a question', () => {
    expect(wordsOf('how are the routes registered?')).toEqual(['routes', 'registered']);
  });

  test('keeps stop words where nothing else is left', () => {
    expect(readQuery('how does this work').terms).toContain('how');
    expect(readQuery('function').terms).toEqual(['function']);
  });

  test('searches the text without keywords but compares names with them', () => {
    const { terms, stems } = readQuery('HTTP method enumeration');
    expect(terms).not.toContain('method');
    expect(stems).toContain('method');
  });

  test.each([
    ['where is getUserName called', ['getUserName']],
    ['max_retries of the pool', ['max_retries']],
    ['Rack::Response', ['Rack', 'Response']],
    ['z.transform and pipe', ['z', 'transform']],
    ['what does `flush` do', ['flush']],
    ['call close() twice', ['close']],
    ['session', ['session']],
    ['render the template', []],
  ])('sees the names in "%s"', (query, names) => {
    expect(identifiersOf(query)).toEqual(names);
  });

  test('looks for a name in all its spellings', () => {
    expect(readQuery('getUserName').names).toEqual(['getusername', 'get_user_name']);
    expect(readQuery('render template').names).toContain('render_template');
    expect(readQuery('render template').terms).toContain('rendertemplate');
  });

  test('finds one-letter names among definitions', () => {
    expect(readQuery('g')).toMatchObject({ terms: [], names: ['g'] });
  });

  test('cuts a long query and keeps what is named and repeated', () => {
    const filler = Array.from(
      { length: 10_000 },
      (_, at) => `filler${String.fromCharCode(97 + (at % 26))}${at}`,
    );
    const { words, dropped, terms } = readQuery(`${filler.join(' ')} parse_header ${'socket '.repeat(50)}`);
    expect(words.length).toBeLessThanOrEqual(24);
    expect(terms.length).toBeLessThan(120);
    expect(dropped).toBeGreaterThan(100);
  });

  test.each(['', '   ', '{}();', '\0\u0001\ufffd', '\ud800', '?!'])('has no terms for %j', (query) => {
    expect(readQuery(query)).toMatchObject({ words: [], terms: [], names: [] });
  });

  test('takes any text, and its shares sum to one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (query) => {
        const { stems, shares } = readQuery(query);
        expect(shares).toHaveLength(stems.length);
        if (shares.length > 0) expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 9);
        expect(readQuery(query)).toEqual(readQuery(query));
      }),
    );
  });
});
