import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Fates } from '../../../src/daemon/fim/fates.js';
import type { CompletionFate, Metrics } from '../../../src/daemon/metrics/contract.js';
import type { OpenBuffer, Overlay } from '../../../src/daemon/overlay/contract.js';

const file = '/nowhere/a.ts';
let counted: CompletionFate[];
let text: string | null;
let fates: Fates;
const written = {};

beforeEach(() => {
  vi.useFakeTimers();
  counted = [];
  text = 'const a = 1;';
  const metrics = { completion: (fate: CompletionFate) => counted.push(fate) };
  fates = new Fates(metrics as unknown as Metrics);
  fates.give('one', { file, text: 'const a = 1;', client: 'c1', written });
});
afterEach(() => {
  fates.close();
  vi.useRealTimers();
});

const overlay: Overlay = {
  buffers: [],
  views: [],
  get: () => (text === null ? undefined : ({ text } as OpenBuffer)),
  settled: async () => undefined,
};

test('an accepted completion is looked at again after 30 seconds', () => {
  fates.tell({ id: 'one', event: 'accepted' }, 'c1', overlay);
  vi.advanceTimersByTime(29_999);
  expect(counted).toEqual(['accepted']);
  text = '// more\r\nconst a = 1;\r\n';
  vi.advanceTimersByTime(1);
  expect(counted).toEqual(['accepted', 'kept']);
});

test('one that was changed by then counts as that, and nothing is known of a closed document', () => {
  fates.tell({ id: 'one', event: 'accepted' }, 'c1', overlay);
  text = 'const a = 2;';
  vi.advanceTimersByTime(30_000);
  expect(counted).toEqual(['accepted', 'changed']);
  fates.give('two', { file, text: 'x', client: 'c1', written: {} });
  fates.tell({ id: 'two', event: 'accepted' }, 'c1', overlay);
  text = null;
  vi.advanceTimersByTime(30_000);
  expect(counted).toEqual(['accepted', 'changed', 'accepted']);
});

test('only what the client that was given it says counts, and each once', () => {
  fates.tell({ id: 'one', event: 'shown' }, 'c2', overlay);
  fates.tell({ id: 'two', event: 'shown' }, 'c1', overlay);
  fates.tell({ id: 'one', event: 'shown' }, 'c1', overlay);
  fates.tell({ id: 'one', event: 'shown' }, 'c1', overlay);
  expect(counted).toEqual(['shown']);
});

test('the parts that are left of a completion while somebody types along are one', () => {
  fates.give('rest', { file, text: 'const a = 1;', client: 'c1', written });
  fates.give('another', { file, text: 'const a = 1;', client: 'c1', written: {} });
  for (const id of ['one', 'rest', 'another']) fates.tell({ id, event: 'shown' }, 'c1', overlay);
  fates.tell({ id: 'rest', event: 'accepted' }, 'c1', overlay);
  expect(counted).toEqual(['shown', 'shown', 'accepted']);
});
