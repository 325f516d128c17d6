import colors from 'picocolors';
import { describe, expect, test } from 'vitest';
import {
  footerText,
  hitsText,
  nothingFoundText,
  shownPath,
  warningTexts,
} from '../../../src/client/output/search-view.js';
import type { Freshness } from '../../../src/protocol/common.js';
import type { SearchHit, SearchResult } from '../../../src/protocol/search.js';

const plain = colors.createColors(false);
const fresh: Freshness = {
  repo: 'r1',
  name: 'shop',
  root: '/code/shop',
  epoch: 'e',
  generation: 3,
  head: '3f2a1c9b00000000000000000000000000000000',
  branch: 'main',
  pending: 0,
  state: 'ready',
  fresh: true,
};
const hit: SearchHit = {
  repo: 'r1',
  root: '/code/shop',
  path: 'src/cart.ts',
  otherPaths: [],
  startLine: 8,
  endLine: 30,
  language: 'typescript',
  kind: 'method',
  name: 'addItem',
  scope: 'Cart',
  score: 0.812345,
  snippet: { startLine: 9, text: 'addItem(item) {\n\tthis.items.push(item);\n}\n\n' },
};
const result: SearchResult = {
  hits: [hit],
  tried: { terms: ['item'], vectors: 'off' },
  notes: [],
  freshness: [fresh],
  tookMs: 4.2,
};
const view = { cwd: '/code/shop', columns: Number.POSITIVE_INFINITY, colors: plain, rule: ':' };

describe('hits', () => {
  test('have a header with place and definition, and a numbered snippet', () => {
    expect(hitsText(result, view)).toBe(
      'src/cart.ts:8  method addItem in Cart, lines 8-30\n   9 : addItem(item) {\n  10 : \tthis.items.push(item);\n  11 : }\n',
    );
  });

  test('are cut and have their tabs expanded on a terminal', () => {
    const text = hitsText(result, { ...view, columns: 24, rule: '│' });
    expect(text.split('\n').slice(1, 3)).toEqual(['   9 │ addItem(item) {', '  10 │     this.items.p…']);
  });

  test('mark what matched, and nothing else, when there are colours', () => {
    const text = hitsText(result, { ...view, colors: colors.createColors(true) });
    const marked = text
      .split('\x1b[1m\x1b[33m')
      .slice(1)
      .map((rest) => rest.split('\x1b')[0]);
    expect(marked).toEqual(['Item', 'Item', 'item', 'items', 'item']);
  });

  test('cannot steer the terminal', () => {
    const evil = {
      ...hit,
      path: 'a\x1b[2J\nb.ts',
      name: '\x1b]0;x\x07',
      snippet: { startLine: 1, text: '\x1b[31mred\x9b0m' },
    };
    const shown = hitsText({ ...result, hits: [evil] }, view);
    expect([...shown].filter((one) => one !== '\n' && /\p{Cc}/u.test(one))).toEqual([]);
  });

  test('show what each feature adds or takes', () => {
    const evidence = [
      { signal: 'text.max', value: 0.982, share: 1.34, terms: ['item'] },
      { signal: 'prior.test', value: 1, share: -0.56 },
    ];
    expect(hitsText({ ...result, hits: [{ ...hit, evidence, snippet: null }] }, view)).toBe(
      'src/cart.ts:8  method addItem in Cart, lines 8-30\n  score 0.8123\n    +1.34 ▪▪▪▪▪▪▪▪ text.max       0.982  item\n    -0.56 ▪▪▪      prior.test     1\n',
    );
  });

  test('name other places of the same content', () => {
    const otherPaths = ['a', 'b', 'c', 'd', 'e'].map((name) => `/code/shop/${name}.ts`);
    const text = hitsText({ ...result, hits: [{ ...hit, otherPaths, snippet: null }] }, view);
    expect(text).toContain('  also in a.ts, b.ts, c.ts and 2 more\n');
  });

  test.each([
    ['/code/shop', 'src/cart.ts'],
    ['/code/shop/src', 'cart.ts'],
    ['/code/shop/test/unit', '../../src/cart.ts'],
    ['/code/shop-two', '/code/shop/src/cart.ts'],
    ['/', '/code/shop/src/cart.ts'],
  ])('seen from %s', (cwd, path) => expect(shownPath(hit, cwd)).toBe(path));
});

describe('what is said of the reply', () => {
  test('one repository: its checkout', () => {
    expect(footerText(result)).toBe('1 result in 4.2 ms · shop: main at 3f2a1c9');
  });

  test('pending and degraded show', () => {
    const freshness: Freshness[] = [
      { ...fresh, pending: 1200 },
      { ...fresh, name: 'other', state: 'degraded' },
    ];
    const tried = { terms: [], vectors: 'unreachable' as const };
    expect(footerText({ ...result, freshness, tried })).toBe(
      '1 result in 4.2 ms · 2 repositories · 1,200 files pending · 1 degraded · vectors unreachable',
    );
  });

  test.each<[Partial<Freshness>, boolean, string[]]>([
    [{}, false, []],
    [{ fresh: false }, false, []],
    [{ fresh: false }, true, ['Not all changes of shop were in before the deadline.']],
    [{ pending: 2 }, false, []],
    [
      { state: 'scanning', generation: 0 },
      false,
      ['The first index of shop is still being built: results are incomplete.'],
    ],
    [{ state: 'scanning' }, false, []],
    [{ state: 'degraded' }, false, ['shop is degraded: `lcad status shop` says why.']],
  ])('%j, waited %s', (change, waited, expected) => {
    expect(warningTexts({ ...result, freshness: [{ ...fresh, ...change }] }, waited)).toEqual(expected);
  });

  test("the daemon's notes come first", () => {
    const freshness: Freshness[] = [{ ...fresh, state: 'degraded' }];
    const texts = warningTexts({ ...result, notes: ['a\x1b[2J'], freshness }, false);
    expect(texts).toEqual(['a␛[2J', 'shop is degraded: `lcad status shop` says why.']);
  });

  test('nothing found: what was tried and what may help', () => {
    const notes = ['Nothing was found for items.'];
    const none = { ...result, hits: [], notes, freshness: [{ ...fresh, pending: 3 }] };
    const asked = { filters: ['--kind class'], waited: false, allRepos: false };
    expect(nothingFoundText(none, footerText(none), asked, plain)).toBe(
      [
        'Nothing was found for items.',
        '  0 results in 4.2 ms · shop: main at 3f2a1c9 · 3 files pending',
        '  without --kind class there may be more',
        '  --wait waits until everything is searchable',
        '  --all-repos searches every registered repository',
        '',
      ].join('\n'),
    );
  });
});
