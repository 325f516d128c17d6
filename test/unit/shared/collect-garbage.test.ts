import { describe, expect, test } from 'vitest';
import { collectGarbageSoon } from '../../../src/shared/collect-garbage.js';

const patient = { timeout: 40_000 };
const released = () => new WeakRef({ large: new Uint8Array(1024) });

describe('collectGarbageSoon', () => {
  test('collects what was released by the time there is calm, and again the next time', async () => {
    for (let time = 0; time < 2; time++) {
      const first = released();
      collectGarbageSoon();
      const second = released();
      collectGarbageSoon();
      const isGone = () => first.deref() === undefined && second.deref() === undefined;
      expect(isGone()).toBe(false);
      await expect.poll(isGone, patient).toBe(true);
    }
  });
});
