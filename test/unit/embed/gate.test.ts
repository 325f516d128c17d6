import { afterEach, expect, it } from 'vitest';
import type { EmbeddingConfig, EmbeddingItem } from '../../../src/daemon/embed/contract.js';
import { Upstream } from '../../../src/daemon/embed/upstream.js';
import { InferenceService } from '../../../src/daemon/inference/inference.js';
import { createProvider } from '../../../src/daemon/inference/providers/create.js';
import { Config } from '../../../src/protocol/config.js';
import { InferenceConfig } from '../../../src/protocol/inference-config.js';
import { ModelServer } from '../../support/model-server.js';

const never = new AbortController().signal;
const log = { debug() {}, info() {}, warn() {}, error() {} };
const metrics = { request() {}, inference() {}, guardHit() {}, completion() {}, reused() {} };

let server: ModelServer;
let inference: InferenceService;

afterEach(async () => {
  await inference.close();
  await server.close();
});

async function start(settings: Partial<InferenceConfig> = {}): Promise<Upstream> {
  server = await ModelServer.start({
    kind: 'ollama',
    models: [{ name: 'coder' }, { name: 'embedder', chat: false, infill: false, embedding: true }],
    reply: { tokens: ['x'], firstTokenMs: 30 },
  });
  const upstreams = [{ name: 'one', kind: 'ollama', url: server.url, model: 'coder' }];
  inference = new InferenceService({
    config: InferenceConfig.parse({ upstreams, ...settings }),
    createProvider,
    guards: { open: () => null },
    metrics,
    log,
  });
  const { embedding } = Config.parse({
    embedding: { provider: 'ollama', url: server.url, model: 'embedder' },
  });
  return new Upstream(embedding as EmbeddingConfig, () => inference);
}

const item: EmbeddingItem = { key: 'k', ord: 0, text: 'function add', terms: 'add' };
const embeds = (): typeof server.requests =>
  server.requests.filter(({ path }) => path.startsWith('/api/embed'));

async function complete(): Promise<string> {
  let text = '';
  const task = {
    role: 'completion' as const,
    class: 'completion' as const,
    client: 'a',
    make: () => ({ is: 'raw' as const, prompt: 'function add(' }),
  };
  for await (const event of inference.run(task, never)) if (event.is === 'text') text += event.text;
  return text;
}

it('ends for a completion at the server, and is done afterwards', async () => {
  const upstream = await start();
  await complete();
  server.failAll = { is: 'hang-before-headers' };
  const vectors = upstream.embed([item], never);
  await server.until(() => embeds().length === 1);
  server.failAll = null;
  expect(await complete()).toBe('x');
  expect(embeds()[0]?.abortedAt).not.toBeNull();
  expect((await vectors).values.length).toBe(server.dimensions);
  expect(embeds()).toHaveLength(2);
  expect([upstream.state, upstream.waitMs]).toEqual(['ready', 0]);
});

it('of a question does not wait for an answer that is being written', async () => {
  const upstream = await start();
  server.fault({ is: 'hang-after', tokens: 0 });
  const controller = new AbortController();
  const task = {
    role: 'chat' as const,
    class: 'chat' as const,
    client: 'a',
    make: () => ({ is: 'chat' as const, messages: [{ role: 'user' as const, content: 'Hm?' }] }),
  };
  const writing = (async () => {
    for await (const _event of inference.run(task, controller.signal));
  })();
  await server.until(({ open }) => open === 1);
  expect(await upstream.embedQuery('where is it?', never)).toHaveLength(server.dimensions);
  controller.abort(new Error('enough'));
  await expect(writing).rejects.toThrow('enough');
});

it('of a question does not wait for that of the index', async () => {
  const upstream = await start();
  await complete();
  server.failAll = { is: 'hang-before-headers' };
  const controller = new AbortController();
  const indexing = upstream.embed([item], controller.signal);
  await server.until(() => embeds().length === 1);
  server.failAll = null;
  expect(await upstream.embedQuery('where is it?', never)).toHaveLength(server.dimensions);
  // It goes on: a question has nothing end.
  expect(embeds()[0]).toMatchObject({ abortedAt: null, endedAt: null });
  controller.abort(new Error('enough'));
  await expect(indexing).rejects.toThrow('enough');
});

it('does without the vector of a question where there is no place in the queue, and blames nobody', async () => {
  const upstream = await start({ queue: 1 });
  await complete();
  server.failAll = { is: 'hang-before-headers' };
  const controller = new AbortController();
  const questions = [1, 2].map((n) => upstream.embedQuery(`question ${n}`, controller.signal));
  const settled = Promise.allSettled(questions);
  // One is asked, one waits: the next finds no place.
  expect(await upstream.embedQuery('question 3', never)).toBeNull();
  expect([upstream.state, upstream.waitMs]).toEqual(['ready', 0]);
  controller.abort(new Error('enough'));
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
