import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitItems, type Piece, type Shown } from '../../../src/daemon/completion/fit.js';
import { symbolScore } from '../../../src/daemon/completion/rank.js';

const nothingShown: Shown = { text: '', names: new Set(), file: null };

function piece(path: string, from: number, text: string, more: Partial<Piece> = {}): Piece {
  return {
    kind: 'definition',
    repo: 'r',
    root: '/r',
    path,
    language: 'typescript',
    forms: [{ text, span: [from, from + text.split('\n').length - 1] }],
    symbol: null,
    reason: 'a test',
    confidence: 'imported',
    score: 0.5,
    group: null,
    ...more,
  };
}

describe('fitting pieces into a budget', () => {
  test('takes the best ones; what has no room is counted', () => {
    const pieces = [
      piece('a', 1, 'function alpha(): void'),
      piece('b', 1, 'word '.repeat(200)),
      piece('c', 1, 'gamma()'),
    ];
    const { items, omitted } = fitItems(pieces, 20, nothingShown);
    expect(items.map(({ path }) => path)).toEqual(['a', 'c']);
    expect(omitted).toBe(1);
  });

  test('shows the fullest form that fits', () => {
    const forms = [
      { text: `function a() {\n${'  call();\n'.repeat(60)}}`, span: [1, 62] as const },
      { text: 'function a()', span: [1, 1] as const },
    ];
    expect(fitItems([piece('a', 1, '', { forms })], 30, nothingShown).items[0]?.text).toBe('function a()');
    expect(fitItems([piece('a', 1, '', { forms })], 500, nothingShown).items[0]?.endLine).toBe(62);
  });

  test('leaves out what the windows show: by its lines, or by its text elsewhere', () => {
    const shown: Shown = {
      text: 'x\nfunction copied(one: number)\n',
      names: new Set(['x', 'function', 'copied', 'one', 'number']),
      file: { repo: 'r', path: 'own', span: [10, 20] },
    };
    const pieces = [
      piece('own', 15, 'function inside()'),
      piece('own', 30, 'function outside()'),
      piece('other', 1, 'function copied(one: number)'),
    ];
    expect(fitItems(pieces, 100, shown).items.map(({ text }) => text)).toEqual(['function outside()']);
  });

  test('does not take a longer name in the windows for the one that is declared', () => {
    const shown = { ...nothingShown, text: 'const limitOf = 3;', names: new Set(['const', 'limitOf']) };
    const declared = (name: string) => piece('a', 1, `const ${name}`, { symbol: { name, line: 1 } });
    expect(fitItems([declared('limit')], 100, shown).items.map(({ text }) => text)).toEqual(['const limit']);
    expect(fitItems([declared('limitOf')], 100, shown).items).toEqual([]);
  });

  test('leaves out lines and texts that another item shows', () => {
    const pieces = [
      piece('a', 1, 'one();\ntwo();\nthree();'),
      piece('a', 2, 'function inner()'),
      piece('copy', 40, 'one();\ntwo();\nthree();'),
    ];
    expect(fitItems(pieces, 100, nothingShown).items.map(({ path, startLine }) => [path, startLine])).toEqual(
      [['a', 1]],
    );
  });

  test('of a region keeps the longest run of lines that nothing shows, if that is more than a line or two', () => {
    const shown: Shown = { ...nothingShown, file: { repo: 'r', path: 'own', span: [10, 12] } };
    const text =
      'seven();\neight();\nnine();\nten();\neleven();\ntwelve();\nthirteen();\nfourteen();\n\nsixteen();';
    const kind = 'edited' as const;
    const { items } = fitItems([piece('own', 7, text, { kind })], 100, shown);
    expect(items).toMatchObject([
      { startLine: 13, endLine: 16, text: 'thirteen();\nfourteen();\n\nsixteen();' },
    ]);
    expect(fitItems([piece('own', 8, text, { kind, score: 0.4 })], 100, shown).items).toMatchObject([
      { startLine: 13, endLine: 17 },
    ]);
    const both = [piece('a', 1, text, { kind, score: 0.9 }), piece('a', 3, text, { kind: 'similar' })];
    expect(
      fitItems(both, 100, nothingShown).items.map(({ startLine, endLine }) => [startLine, endLine]),
    ).toEqual([[1, 10]]);
    expect(
      fitItems([piece('own', 11, 'eleven();\ntwelve();\nthirteen();', { kind })], 100, shown).items,
    ).toEqual([]);
  });

  test('makes one item of a group, in the order of its lines, as sure as the least sure', () => {
    const group = 'signatures a';
    const pieces = [
      piece('a', 9, 'late()', { group, kind: 'signatures', score: 0.9, symbol: { name: 'late', line: 9 } }),
      piece('b', 1, 'other()'),
      piece('a', 2, 'early()', {
        group,
        kind: 'signatures',
        confidence: 'ambiguous',
        symbol: { name: 'early', line: 2 },
      }),
    ];
    const [first] = fitItems(pieces, 100, nothingShown).items;
    expect(first).toMatchObject({
      text: 'early()\nlate()',
      startLine: 2,
      endLine: 9,
      confidence: 'ambiguous',
      score: 0.9,
    });
    expect(first?.symbols.map(({ name }) => name)).toEqual(['early', 'late']);
  });

  test('a kind takes no more than its share', () => {
    const similar = Array.from({ length: 20 }, (_, at) =>
      piece(`s${at}`, 1, `call${at}(one, two, three)`, { kind: 'similar' }),
    );
    const { items } = fitItems(similar, 100, nothingShown, { similar: 0.4 });
    expect(items.length).toBeGreaterThan(0);
    expect(items.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(40);
  });

  test('never exceeds the budget or shows a line twice, whatever is given', () => {
    const one = fc.record({
      path: fc.constantFrom('a', 'b'),
      from: fc.integer({ min: 1, max: 40 }),
      lines: fc.integer({ min: 1, max: 8 }),
      group: fc.constantFrom(null, 'g'),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 40 }), fc.nat(200), (given, budget) => {
        const pieces = given.map(({ path, from, lines, group }) =>
          piece(
            path,
            from,
            Array.from({ length: lines }, (_, at) => `${path}Line${from + at}();`).join('\n'),
            { group: group && `${group}${path}` },
          ),
        );
        const { items } = fitItems(pieces, budget, nothingShown);
        expect(items.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(budget);
        const shown = items.flatMap(({ text }) => text.split('\n'));
        expect(new Set(shown).size).toBe(shown.length);
      }),
    );
  });
});

describe('the score of a definition', () => {
  const none = {
    distance: null,
    mentions: 0,
    isMember: false,
    isBegun: false,
    isImported: false,
    isOffered: false,
    sharedWords: 0,
    inSimilar: 0,
    confidence: 'imported',
  } as const;

  test('grows with what speaks for it, and stays between 0 and 1', () => {
    const used = symbolScore({ ...none, distance: 3, mentions: 2 });
    expect(symbolScore(none)).toBe(0);
    expect(symbolScore({ ...none, distance: 30, mentions: 2 })).toBeLessThan(used);
    for (const more of [
      { isMember: true },
      { isBegun: true },
      { isImported: true },
      { sharedWords: 1 },
      { inSimilar: 1 },
    ]) {
      expect(symbolScore({ ...none, distance: 3, mentions: 2, ...more })).toBeGreaterThan(used);
      expect(symbolScore({ ...none, distance: 3, mentions: 2, ...more })).toBeLessThanOrEqual(1);
    }
  });

  test('puts what is only guessed behind what is known', () => {
    const guessed = symbolScore({ ...none, distance: 0, mentions: 5, confidence: 'ambiguous' });
    expect(guessed).toBeLessThan(symbolScore({ ...none, distance: 60, mentions: 1 }));
  });
});
