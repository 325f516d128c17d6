import { expect, test } from 'vitest';
import { wantsColor } from '../../../src/client/output/terminal.js';

test.each([
  [{}, true, true, true],
  [{}, false, true, false],
  [{ CI: '1' }, false, true, false],
  [{ TERM: 'dumb' }, true, true, false],
  [{ NO_COLOR: '1' }, true, true, false],
  [{ NO_COLOR: '' }, true, true, true],
  [{ FORCE_COLOR: '1' }, false, true, true],
  [{ FORCE_COLOR: '0' }, true, true, false],
  [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true, true, false],
  [{ FORCE_COLOR: '1' }, true, false, false],
])('%j, terminal %s, allowed %s: %s', (env, isTerminal, flag, expected) => {
  expect(wantsColor(env, isTerminal, flag)).toBe(expected);
});
