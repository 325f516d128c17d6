import fc from 'fast-check';
import { expect, test } from 'vitest';
import { roomOf } from '../../../src/daemon/chat/room.js';
import { UpstreamConfig } from '../../../src/protocol/inference-config.js';

const targetOf = (contextTokens: number) => ({
  config: UpstreamConfig.parse({ name: 'test', kind: 'openai', url: 'http://localhost:1', contextTokens }),
  capabilities: {
    model: 'm',
    contextTokens: null,
    chat: true,
    suffix: false,
    infill: false,
    raw: true,
    tools: null,
    embedding: false,
    slots: null,
    template: null,
  },
});

test('the question with its code, the system text and the tools fit into what a model takes, whatever that is', () => {
  const size = fc.integer({ min: 0, max: 3000 });
  fc.assert(
    fc.property(
      fc.integer({ min: 512, max: 100_000 }),
      fc.integer({ min: 1, max: 10_000 }),
      size,
      size,
      (most, maxTokens, fixed, tools) => {
        const { answer, budget, code } = roomOf(targetOf(most), maxTokens, fixed, tools);
        expect(answer + budget + tools).toBeLessThanOrEqual(most);
        if (fixed <= budget) expect(fixed + code).toBeLessThanOrEqual(budget);
        else expect(code).toBe(0);
      },
    ),
  );
});

test('what is not known of a server is taken to be usual', () => {
  expect(roomOf(null, 2048, 0).budget).toBe(Math.floor((8192 - 2048) * 0.92));
  expect(roomOf(targetOf(4096), 100_000, 0).answer).toBe(2048);
});
