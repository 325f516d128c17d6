import { describe, expect, it } from 'vitest';
import { modelAdvice } from '../../../src/daemon/inference/advice.js';

const gb = 1e9;
const sizeOf = (name: string): number => Number(/:([\d.]+)b$/.exec(name)?.[1]);

describe('advice by memory', () => {
  it.each([
    [1, 'qwen2.5-coder:0.5b', 'qwen2.5-coder:0.5b'],
    [4, 'qwen2.5-coder:1.5b', 'qwen2.5-coder:0.5b'],
    [8, 'qwen2.5-coder:3b', 'qwen2.5-coder:1.5b'],
    [16, 'qwen2.5-coder:7b', 'qwen2.5-coder:1.5b'],
    [32, 'qwen2.5-coder:14b', 'qwen2.5-coder:3b'],
    [64, 'qwen2.5-coder:32b', 'qwen2.5-coder:7b'],
  ])('of %i GB', (memory, chat, completion) => {
    // What a machine has is a little less than what it is sold with.
    const advice = modelAdvice(memory * gb * 0.95);
    expect(advice).toMatchObject({ chat, completion, memoryBytes: memory * gb * 0.95 });
    expect(advice.text).toContain(chat);
  });

  it('grows with the memory, and completion is never the larger one', () => {
    let before = 0;
    for (let memory = 0; memory <= 200; memory += 0.5) {
      const { chat, completion, text } = modelAdvice(memory * gb);
      expect(sizeOf(chat)).toBeGreaterThanOrEqual(before);
      expect(sizeOf(completion)).toBeLessThanOrEqual(sizeOf(chat));
      before = sizeOf(chat);
      // The models that it names fit: both files take less than half of the memory.
      const files = [...text.matchAll(/\(([\d.]+) GB\)/g)].reduce((sum, [, size]) => sum + Number(size), 0);
      if (memory >= 3) expect(files).toBeLessThan(memory / 2);
    }
  });

  it('says memory as it is, whole from ten gigabytes on', () => {
    expect(modelAdvice(3.84 * gb).text).toMatch(/^With 3\.8 GB of memory: /);
    expect(modelAdvice(31.6 * gb).text).toMatch(/^With 32 GB of memory: /);
    expect(modelAdvice(0).text).toContain('for both');
  });
});
