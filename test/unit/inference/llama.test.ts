import { fork } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ProviderEvent, ProviderRequest } from '../../../src/daemon/inference/contract.js';
import { LlamaProcess } from '../../../src/daemon/inference/llama/process.js';
import { createLlamaProvider, type LlamaTimes } from '../../../src/daemon/inference/llama/provider.js';
import { UpstreamConfig } from '../../../src/protocol/inference-config.js';
import { LcadError } from '../../../src/shared/errors.js';
import { writeTinyModel } from '../../support/gguf.js';

const template = '{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}[assistant] ';
const thinkingTemplate = `{% for m in messages %}{% if m.role == 'assistant' and '</think>' in m.content %}[assistant] {{ m.content.split('</think>')[-1] }}
{% else %}[{{ m.role }}] {{ m.content }}
{% endif %}{% endfor %}{% if add_generation_prompt %}[assistant] {% endif %}`;
/** "漢" and "🦊" are written byte by byte. */
const bytes = ['<0xE6>', '<0xBC>', '<0xA2>', '▁und', '<0xF0>', '<0x9F>', '<0xA6>', '<0x8A>'];
const script = ['▁The', '▁fox', ',', '▁naïve', ...bytes, '▁end'];
const words = Array.from({ length: 40 }, (_, index) => `▁word${index}`);
const raw: ProviderRequest = { is: 'raw', prompt: 'A' };

let folder: string;
let spoken: string;
let endless: string;
const open: { close(): Promise<void> }[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-llama-'));
  spoken = join(folder, 'spoken.gguf');
  endless = join(folder, 'endless.gguf');
  writeTinyModel(spoken, { script, infill: true, chatTemplate: template, contextTokens: 512 });
  writeTinyModel(endless, { script: words, endless: true, contextTokens: 4096 });
});
afterEach(async () => {
  for (const provider of open.splice(0)) await provider.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function provider(file: string, more: Record<string, unknown> = {}, times: Partial<LlamaTimes> = {}) {
  const config = UpstreamConfig.parse({ name: 'own', kind: 'llama-cpp', file, threads: 1, ...more });
  const made = createLlamaProvider(config, times);
  open.push(made);
  return made;
}

const never = new AbortController().signal;

async function all(events: AsyncIterable<ProviderEvent>): Promise<{ text: string; events: ProviderEvent[] }> {
  const seen: ProviderEvent[] = [];
  for await (const event of events) seen.push(event);
  return { text: seen.map((event) => (event.is === 'text' ? event.text : '')).join(''), events: seen };
}

async function failure(work: Promise<unknown>): Promise<LcadError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LcadError);
  return error as LcadError;
}

function alive(pid: number | null): boolean {
  try {
    process.kill(pid ?? 0, 0);
    return pid !== null;
  } catch {
    // ESRCH: it is gone.
    return false;
  }
}

async function until(true_: () => boolean): Promise<void> {
  while (!true_()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a .gguf file run by lcad', () => {
  test('tells what it can do from the file alone', async () => {
    const model = provider(spoken, { concurrency: 2, contextTokens: 4096 });
    await model.health(never);
    expect(await model.models(never)).toEqual([
      {
        name: 'spoken',
        loaded: false,
        bytes: statSync(spoken).size,
        architecture: 'llama',
        parameters: null,
        quantisation: 'F32',
      },
    ]);
    expect(await model.capabilities('', never)).toMatchObject({
      model: 'spoken',
      contextTokens: 512,
      slots: 2,
      infill: true,
      raw: true,
      tools: false,
      template,
    });
    expect(model.pid).toBeNull();
    expect((await provider(endless).capabilities('', never)).infill).toBe(false);
    expect((await failure(model.capabilities('another', never))).kind).toBe('PROVIDER_REFUSED');
  });

  test('streams raw, chat and infill requests, characters whole', async () => {
    const model = provider(spoken);
    const { text, events } = await all(model.generate('', raw, never));
    expect(text).toBe(' The fox, naïve漢 und🦊 end');
    expect(events.length).toBeGreaterThan(6);
    expect(events.at(-1)).toMatchObject({
      is: 'end',
      reason: 'stop',
      usage: { promptTokens: 3, outputTokens: script.length + 1 },
    });
    const chat: ProviderRequest = { is: 'chat', messages: [{ role: 'user', content: 'Who?' }] };
    expect((await all(model.generate('', chat, never))).text.trim()).toBe('The fox, naïve漢 und🦊 end');
    const infill: ProviderRequest = {
      is: 'infill',
      prefix: 'a = ',
      suffix: ' b',
      extra: [{ filename: 'x.c', text: 'x'.repeat(2000) }],
    };
    expect((await all(model.generate('', infill, never))).text).toBe(text);
    const suffix: ProviderRequest = { is: 'suffix', prefix: 'a', suffix: 'b', maxTokens: 2 };
    const short = await all(model.generate('', suffix, never));
    expect(short.text).toBe(' The fox');
    expect(short.events.at(-1)).toMatchObject({ reason: 'length', usage: { outputTokens: 2 } });
  });

  test('tells what a model says to itself from its answer', async () => {
    const thinker = join(folder, 'thinker.gguf');
    writeTinyModel(thinker, {
      script: ['<think>', '▁hm', '</think>', '▁well', '<0x0A>', '[user]', '▁no'],
      chatTemplate: thinkingTemplate,
    });
    const chat: ProviderRequest = {
      is: 'chat',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Well?' },
        { role: 'assistant', content: 'No.' },
        { role: 'tool', content: 'Yes.' },
      ],
    };
    const { text, events } = await all(provider(thinker).generate('', chat, never));
    const thinking = events.map((event) => (event.is === 'thinking' ? event.text : '')).join('');
    expect([thinking.trim(), text.trim()]).toEqual(['hm', 'well']);
  });

  test('ends before a stop text, and reuses what a slot has read', async () => {
    const model = provider(spoken);
    const stopped = await all(model.generate('', { ...raw, stop: ['x, na', '漢'] }, never));
    expect(stopped.text).toBe(' The fo');
    expect(stopped.events.at(-1)).toMatchObject({ reason: 'stop' });
    const long: ProviderRequest = { is: 'raw', prompt: '0123456789'.repeat(40) };
    await all(model.generate('', long, never));
    const again = (await all(model.generate('', long, never))).events.at(-1);
    const { promptTokens, cachedTokens } =
      again?.is === 'end' ? again.usage : { promptTokens: 0, cachedTokens: 0 };
    expect(promptTokens).toBeGreaterThan(400);
    expect(cachedTokens).toBe((promptTokens ?? 0) - 1);
  });

  test('refuses what does not fit', async () => {
    const model = provider(spoken);
    const long: ProviderRequest = { is: 'raw', prompt: '9'.repeat(600) };
    const error = await failure(all(model.generate('', long, never)));
    expect(error.kind).toBe('PROVIDER_REFUSED');
    expect(error.message).toMatch(/602 tokens/);
    const noInfill: ProviderRequest = { is: 'suffix', prefix: '', suffix: '' };
    expect((await failure(all(provider(endless).generate('', noInfill, never)))).kind).toBe(
      'PROVIDER_REFUSED',
    );
  });

  test('works on two requests at a time with two slots', async () => {
    const model = provider(endless, { concurrency: 2 });
    const order: number[] = [];
    const read = async (who: number): Promise<void> => {
      for await (const event of model.generate('', { ...raw, maxTokens: 200 }, never)) {
        if (event.is === 'text') order.push(who);
      }
    };
    await Promise.all([read(1), read(2)]);
    expect(order).toHaveLength(400);
    expect(order.indexOf(2)).toBeLessThan(100);
    expect(order.lastIndexOf(1)).toBeGreaterThan(300);
  });

  test('a cancelled request frees its slot', async () => {
    const model = provider(endless);
    const abort = new AbortController();
    const first = model.generate('', raw, abort.signal)[Symbol.asyncIterator]();
    await first.next();
    const second = all(model.generate('', { ...raw, maxTokens: 5 }, never));
    const reason = new Error('not wanted');
    abort.abort(reason);
    await expect(first.next().then(() => first.next())).rejects.toBe(reason);
    expect((await second).text).toBe(' word0 word1 word2 word3 word4');
    for await (const event of model.generate('', raw, never)) if (event.is === 'text') break;
    expect((await all(model.generate('', { ...raw, maxTokens: 1 }, never))).text).toBe(' word0');
  });

  test('a reader that does not read holds the model up', async () => {
    const wordy = join(folder, 'wordy.gguf');
    writeTinyModel(wordy, { script: words.map((word) => word.repeat(60)), endless: true });
    const model = provider(wordy);
    const slow = model.generate('', { ...raw, maxTokens: 100 }, never)[Symbol.asyncIterator]();
    await slow.next();
    const second = model.generate('', { ...raw, maxTokens: 1 }, AbortSignal.timeout(1500));
    await expect(all(second)).rejects.toThrow(/timeout/);
    const { events } = await all({ [Symbol.asyncIterator]: () => slow });
    expect(events).toHaveLength(100);
    expect(events.at(-1)).toMatchObject({ is: 'end', reason: 'length', usage: { outputTokens: 100 } });
  });

  test('random weights and a seed: the same text twice, whatever it is', async () => {
    const random = join(folder, 'random.gguf');
    writeTinyModel(random, { seed: 7 });
    const model = provider(random);
    const request: ProviderRequest = { ...raw, maxTokens: 60, temperature: 2, topP: 1, seed: 3 };
    const once = await all(model.generate('', request, never));
    expect(once.text.length).toBeGreaterThan(20);
    expect((await all(model.generate('', request, never))).text).toBe(once.text);
    expect((await all(model.generate('', { ...request, seed: 4 }, never))).text).not.toBe(once.text);
  });

  test('a crash ends the stream, and the next request starts it anew', async () => {
    const model = provider(endless);
    const events = model.generate('', raw, never)[Symbol.asyncIterator]();
    await events.next();
    const { pid } = model;
    // Signal 0 would reach this process's own group.
    if (!pid) throw new Error('The model has no process.');
    process.kill(pid, 'SIGKILL');
    const error = await failure(all({ [Symbol.asyncIterator]: () => events }));
    expect(error.kind).toBe('PROVIDER_UNREACHABLE');
    expect(error.message).toContain('SIGKILL');
    expect((await all(model.generate('', { ...raw, maxTokens: 2 }, never))).text).toBe(' word0 word1');
    expect(model.pid).not.toBe(pid);
  });

  test('a file that cannot be loaded is refused, and not tried again at once', async () => {
    const text = join(folder, 'text.gguf');
    writeFileSync(text, 'no model');
    mkdirSync(join(folder, 'folder.gguf'));
    for (const [name, message] of [
      ['text.gguf', 'is no .gguf file'],
      ['folder.gguf', 'is not a file'],
      ['absent.gguf', 'There is no file'],
    ] as const) {
      const model = provider(join(folder, name));
      for (const work of [
        () => model.health(never),
        () => model.capabilities('', never),
        () => all(model.generate('', raw, never)),
      ]) {
        const error = await failure(work());
        expect(error.kind).toBe('PROVIDER_REFUSED');
        expect(error.message).toContain(message);
      }
      expect(model.pid).toBeNull();
    }
    const cut = join(folder, 'cut.gguf');
    writeTinyModel(cut, { script: words, cutTo: 60_000 });
    const model = provider(cut);
    const error = await failure(all(model.generate('', raw, never)));
    expect([error.kind, error.message]).toEqual(['PROVIDER_REFUSED', expect.stringContaining(cut)]);
    expect((await failure(all(model.generate('', raw, never)))).message).toBe(error.message);
    expect(model.pid).toBeNull();
    writeTinyModel(cut, { script: words });
    expect((await all(model.generate('', { ...raw, maxTokens: 1 }, never))).text).toBe(' word0');
  });

  test('the process ends by close, by idleness, and by the deadline of its start', async () => {
    const closed = provider(endless);
    const events = closed.generate('', raw, never)[Symbol.asyncIterator]();
    await events.next();
    const { pid } = closed;
    expect(alive(pid)).toBe(true);
    await closed.close();
    expect(alive(pid)).toBe(false);
    expect((await failure(all({ [Symbol.asyncIterator]: () => events }))).kind).toBe('PROVIDER_UNREACHABLE');
    expect((await failure(all(closed.generate('', raw, never)))).kind).toBe('SHUTTING_DOWN');

    const idle = provider(endless, {}, { idleMs: 100 });
    await all(idle.generate('', { ...raw, maxTokens: 1 }, never));
    const idlePid = idle.pid;
    await until(() => idle.pid === null && !alive(idlePid));
    expect((await all(idle.generate('', { ...raw, maxTokens: 1 }, never))).text).toBe(' word0');

    const slow = provider(endless, {}, { startMs: 1 });
    const error = await failure(all(slow.generate('', raw, never)));
    expect(error.kind).toBe('PROVIDER_UNREACHABLE');
    expect(error.message).toContain('was not loaded within');
  });

  test('without the package node-llama-cpp it says what to install', async () => {
    const bare = join(folder, 'bare');
    const dist = join(import.meta.dirname, '../../../dist');
    for (const part of ['workers/llama', 'shared']) {
      cpSync(join(dist, part), join(bare, 'dist', part), { recursive: true });
    }
    writeFileSync(join(bare, 'package.json'), '{"type":"module"}');
    const load = { type: 'load', file: spoken, threads: 1, slots: 1, contextTokens: 512 } as const;
    const child = new LlamaProcess(join(bare, 'dist/workers/llama/main.js'), load, 60_000, () => undefined);
    open.push(child);
    const error = await failure(child.ready);
    expect([error.kind, error.details]).toEqual(['PROVIDER_REFUSED', { reason: 'absent' }]);
    expect(error.next).toContain('npm install -g node-llama-cpp');
  });

  test('the process ends when its parent does', async () => {
    const host = join(folder, 'host.mjs');
    const entry = join(import.meta.dirname, '../../../dist/workers/llama/main.js');
    const load = { type: 'load', file: endless, threads: 1, slots: 1, contextTokens: 4096 };
    const sampling = { maxTokens: null, temperature: null, topP: null, seed: null, stop: [] };
    const ask = { type: 'generate', id: 1, prompt: raw, sampling };
    writeFileSync(
      host,
      `import { fork } from 'node:child_process';
       const child = fork(${JSON.stringify(entry)}, [], { serialization: 'advanced' });
       child.send(${JSON.stringify(load)});
       child.send(${JSON.stringify(ask)});
       child.on('message', ({ type }) => type === 'text' && process.send(child.pid));`,
    );
    const parent = fork(host);
    const pid = await new Promise<number>((resolve) => parent.once('message', (id) => resolve(id as number)));
    expect(alive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !alive(pid));
  });
});
