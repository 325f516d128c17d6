import { expect, test } from 'vitest';
import type { ChatTools, ToolAnswer } from '../../../src/daemon/chat/contract.js';
import { ToolRun, toolSpecs } from '../../../src/daemon/chat/tools.js';

const limits = { ms: 5000, calls: 2, characters: 100 };
const signal = new AbortController().signal;
const call = (name: string, args: Record<string, unknown>) => ({ id: name, name, arguments: args });
const never = () => new Promise<ToolAnswer>(() => {});

/** Tools that answer what they were asked. */
const echo: ChatTools = {
  searchCode: async (args) => ({ text: JSON.stringify(args), places: [] }),
  readLines: async (args) => ({ text: JSON.stringify(args), places: [] }),
  definition: async ({ name }) => ({ text: `${name}\n`.repeat(1000), places: [] }),
  callers: never,
};

test('models are told of the tools by JSON schemas', () => {
  expect(toolSpecs.map(({ name }) => name)).toEqual(['search_code', 'read_lines', 'definition', 'callers']);
  for (const { parameters } of toolSpecs) expect(parameters).toMatchObject({ type: 'object' });
});

test('arguments have defaults and bounds', async () => {
  const run = new ToolRun(echo, limits);
  const [all, many] = await run.round(
    [
      call('read_lines', { path: 'a.ts' }),
      call('read_lines', { path: 'a.ts', startLine: 5, endLine: 1_000_000 }),
    ],
    signal,
  );
  expect(all).toBe('{"path":"a.ts","startLine":1,"endLine":101}');
  expect(many).toBe('{"path":"a.ts","startLine":5,"endLine":404}');
});

test('long answers are cut, and more calls than allowed are refused', async () => {
  const run = new ToolRun(echo, limits);
  const one = call('definition', { name: 'word' });
  const [first, , third] = await run.round([one, one, one], signal);
  expect(first).toMatch(/^(word\n)+\[…cut: ask for less\]$/);
  expect(third).toBe('Error: Only 2 calls at a time are answered.');
  expect(run.steps.map(({ error }) => error !== null).filter(Boolean)).toHaveLength(1);
});

test('a tool that hangs is answered when the time is up, and no more may be called then', async () => {
  const run = new ToolRun(echo, { ...limits, ms: 50 });
  expect(run.mayGoOn).toBe(true);
  const [answer] = await run.round([call('callers', { name: 'f' })], signal);
  expect(answer).toBe('Error: The time for tools is used up: answer from what you have.');
  expect(run.mayGoOn).toBe(false);
});

test('a cancelled question ends its tools at once', async () => {
  const ending = new AbortController();
  const round = new ToolRun(echo, limits).round([call('callers', { name: 'f' })], ending.signal);
  ending.abort(new Error('cancelled'));
  await expect(round).rejects.toThrow('cancelled');
});
