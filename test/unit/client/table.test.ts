import { expect, test } from 'vitest';
import { table } from '../../../src/client/output/table.js';
import { widthOf } from '../../../src/client/output/width.js';

const layout = [
  { title: 'NAME', shrink: true },
  { title: 'FILES', align: 'right' as const },
  { title: 'ROOT', shrink: true },
];
const rows = [
  [{ text: 'lcad' }, { text: '12' }, { text: '/home/someone/projects/lcad' }],
  [{ text: '漢字' }, { text: '7,012' }, { text: '/srv' }],
];

test('aligns columns by their width on the terminal', () => {
  expect(table(layout, rows, Number.POSITIVE_INFINITY)).toEqual([
    'NAME  FILES  ROOT',
    'lcad     12  /home/someone/projects/lcad',
    '漢字  7,012  /srv',
  ]);
});

test('cuts what may shrink to fit the terminal', () => {
  const lines = table(layout, rows, 30);
  expect(Math.max(...lines.map(widthOf))).toBe(30);
  expect(lines[1]).toBe('lcad     12  /home/someone/pr…');
});

test('colours do not change the widths', () => {
  const painted = [
    [{ text: 'lcad', paint: (text: string) => `\x1b[1m${text}\x1b[22m` }, ...(rows[0] ?? []).slice(1)],
  ];
  const [, line] = table(layout, painted, 80);
  expect(line).toBe('\x1b[1mlcad\x1b[22m     12  /home/someone/projects/lcad');
});
