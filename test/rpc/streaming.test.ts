import { afterEach, describe, expect, test } from 'vitest';
import { Connection } from '../../src/client/connection.js';
import { InferenceService } from '../../src/daemon/inference/inference.js';
import { createProvider } from '../../src/daemon/inference/providers/create.js';
import { Counts } from '../../src/daemon/metrics/counts.js';
import { generateHandlers } from '../../src/daemon/rpc/handlers/generate.js';
import { metricsHandlers } from '../../src/daemon/rpc/handlers/metrics.js';
import type { GenerationProgress } from '../../src/protocol/inference.js';
import { InferenceConfig } from '../../src/protocol/inference-config.js';
import type { RpcLimits } from '../../src/protocol/limits.js';
import { ModelServer, type ModelServerOptions } from '../support/model-server.js';
import { type Client, handlersWith, type Message, startServer } from '../support/rpc.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
/** Longest time in which an abort must have reached the model server. */
const abortMs = 200;

const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A model server, and lcad's server in front of it. */
async function start(options: Partial<ModelServerOptions> = {}, limits: Partial<RpcLimits> = {}) {
  const models = await ModelServer.start({ kind: 'openai', ...options });
  closers.push(() => models.close());
  const counts = new Counts();
  const inference = new InferenceService({
    config: InferenceConfig.parse({
      upstreams: [{ name: 'here', kind: models.kind, url: models.url, concurrency: 4 }],
      idleMs: 60_000,
    }),
    createProvider,
    guards: { open: () => null },
    metrics: counts,
    log: quiet,
  });
  closers.push(() => inference.close());
  const handlers = { ...handlersWith(), ...generateHandlers(inference), ...metricsHandlers(counts) };
  const onRequestDone = (method: string, ms: number, ok: boolean) => counts.request(method, ms, ok);
  const server = await startServer({ handlers, limits, onRequestDone });
  closers.push(() => server.close());
  return { models, server };
}

async function connect(path: string): Promise<Connection> {
  const connection = await Connection.connect(path);
  closers.push(() => connection.close());
  return connection;
}

function generate(id: number, prompt = 'Hello'): object {
  return { id, method: 'lcad/generate', params: { prompt, progressToken: `t${id}` } };
}

/** Reads until the reply to a request; gives the parts that came before, and the reply. */
async function untilReply(client: Client, id: number): Promise<{ parts: unknown[]; reply: Message }> {
  const parts: unknown[] = [];
  for (;;) {
    const message = await client.one();
    if (message.id === id) return { parts, reply: message };
    parts.push(message.params);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a stream that goes well', () => {
  test('begins, brings each part in its order, and ends with the whole', async () => {
    const tokens = ['Good', ' day', ' — ', 'wörld', '!'];
    const { models, server } = await start({ reply: { tokens, usage: { prompt: 7, output: 5 } } });
    const connection = await connect(server.path);
    const seen: GenerationProgress[] = [];
    const result = await connection.request(
      'lcad/generate',
      { prompt: 'Hello', system: 'Be brief.', temperature: 0, seed: 1, maxTokens: 50, stop: ['END'] },
      { onProgress: (progress) => void seen.push(progress) },
    );
    expect(seen[0]).toEqual({ kind: 'begin', upstream: 'here', model: 'test-coder' });
    expect(seen.slice(1).map((one) => (one.kind === 'text' ? one.text : one))).toEqual(tokens);
    expect(result).toMatchObject({
      text: tokens.join(''),
      finishReason: 'stop',
      usage: { promptTokens: 7, outputTokens: 5 },
      upstream: 'here',
      model: 'test-coder',
      notes: [],
    });
    expect(models.generations[0]?.body).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      temperature: 0,
      seed: 1,
      stop: ['END'],
    });
  });

  test('nothing but the result is sent without a token', async () => {
    const { server } = await start({ reply: ['a', 'b'] });
    const client = await server.connect();
    await client.initialize();
    client.send({ id: 1, method: 'lcad/generate', params: { messages: [{ role: 'user', content: 'Hi' }] } });
    expect((await client.one()).result).toMatchObject({ text: 'ab' });
  });

  test('either a prompt or messages are wanted', async () => {
    const { server } = await start();
    const connection = await connect(server.path);
    const both = { prompt: 'a', messages: [{ role: 'user' as const, content: 'b' }] };
    for (const params of [{}, both, { prompt: 'a', raw: true, system: 'b' }])
      await expect(connection.request('lcad/generate', params)).rejects.toMatchObject({
        kind: 'INVALID_PARAMS',
      });
  });

  test('small parts that come together go out together', async () => {
    const tokens = Array.from({ length: 500 }, (_, i) => `${i} `);
    const { server } = await start({ reply: tokens });
    const client = await server.connect();
    await client.initialize();
    let reads = 0;
    client.socket.on('data', () => reads++);
    client.send(generate(1));
    const { parts, reply } = await untilReply(client, 1);
    expect(parts.length).toBe(501);
    expect(reply.result?.text).toBe(tokens.join(''));
    expect(reads).toBeLessThan(250);
  });
});

describe('a stream that is cut short', () => {
  test('$/cancelRequest ends it at the model server', async () => {
    const { models, server } = await start({ reply: ['a', 'b', 'c'] });
    const client = await server.connect();
    await client.initialize();
    models.fault({ is: 'hang-after', tokens: 2 });
    client.send(generate(1));
    await models.until(() => (models.generations[0]?.sentTokens ?? 0) === 2);
    await pause(50);
    const from = performance.now();
    client.send({ method: '$/cancelRequest', params: { id: 1 } });
    const { reply } = await untilReply(client, 1);
    expect(reply.error?.data.kind).toBe('REQUEST_CANCELLED');
    await models.until(() => models.open === 0);
    expect((models.generations[0]?.abortedAt ?? Number.POSITIVE_INFINITY) - from).toBeLessThan(abortMs);
    // Nothing more comes of it: the next message is the answer to the next request.
    client.send(generate(2));
    const next = await untilReply(client, 2);
    expect(next.reply.result).toMatchObject({ text: 'abc' });
    expect(next.parts.every((part) => (part as { token: string }).token === 't2')).toBe(true);
  });

  test('a closed connection ends it at the model server', async () => {
    const { models, server } = await start({ reply: ['a', 'b', 'c'] });
    const client = await server.connect();
    await client.initialize();
    models.fault({ is: 'hang-after', tokens: 2 });
    client.send(generate(1));
    await models.until(() => (models.generations[0]?.sentTokens ?? 0) === 2);
    const from = performance.now();
    client.destroy();
    await models.until(() => models.open === 0);
    expect((models.generations[0]?.abortedAt ?? Number.POSITIVE_INFINITY) - from).toBeLessThan(abortMs);
  });

  test('a server that dies midway makes one error reply', async () => {
    const { models, server } = await start({ reply: { tokens: ['a', 'b', 'c', 'd'], delayMs: 30 } });
    const client = await server.connect();
    await client.initialize();
    models.fault({ is: 'die-after', tokens: 2 });
    client.send(generate(1));
    const { reply } = await untilReply(client, 1);
    expect(reply.error?.data.kind).toMatch(/^PROVIDER_/);
    expect(models.generations.length).toBe(1);
    client.send({ id: 2, method: 'lcad/metrics' });
    expect((await client.one()).id).toBe(2);
  });
});

describe('a client that reads slowly', () => {
  test('slows the model server down, and is dropped when it reads nothing', async () => {
    const drainMs = 1500;
    const { models, server } = await start({}, { drainMs });
    const client = await server.connect();
    await client.initialize();
    models.fault({ is: 'endless-tokens' });
    client.socket.pause();
    client.send(generate(1));
    const sent = () => models.generations[0]?.sentBytes ?? 0;
    await models.until(() => sent() > 0);
    let before = -1;
    const from = performance.now();
    while (sent() !== before && performance.now() - from < drainMs) {
      before = sent();
      await pause(250);
    }
    // The server is held up while the client is still there.
    expect(models.open).toBe(1);
    expect(sent()).toBe(before);
    await models.until(() => models.open === 0, 5 * drainMs);
    expect(models.generations[0]?.abortedAt).not.toBeNull();
    expect(server.logged).toContain('warn connection dropped');
    expect(server.rpc.connections).toBe(0);
  });

  test('gets all of it, and no more waits in memory than a few writes', async () => {
    const tokens = Array.from({ length: 60_000 }, (_, i) => `token ${i} `);
    const { server } = await start({ reply: tokens });
    const client = await server.connect();
    await client.initialize();
    client.send(generate(1));
    client.socket.pause();
    await pause(300);
    client.socket.resume();
    const { reply, parts } = await untilReply(client, 1);
    expect(parts.length).toBe(tokens.length + 1);
    expect(reply.result?.text).toBe(tokens.join(''));
  });

  test('can cancel while it is waited for', async () => {
    const { models, server } = await start();
    const client = await server.connect();
    await client.initialize();
    models.fault({ is: 'endless-tokens' });
    client.socket.pause();
    client.send(generate(1));
    await models.until(() => (models.generations[0]?.sentBytes ?? 0) > 0);
    await pause(500);
    const from = performance.now();
    client.send({ method: '$/cancelRequest', params: { id: 1 } });
    await models.until(() => models.open === 0);
    expect((models.generations[0]?.abortedAt ?? Number.POSITIVE_INFINITY) - from).toBeLessThan(abortMs);
    client.socket.resume();
    const { reply } = await untilReply(client, 1);
    expect(reply.error?.data.kind).toBe('REQUEST_CANCELLED');
  });
});

describe('lcad/metrics', () => {
  test('counts what was asked and generated, as JSON and for Prometheus', async () => {
    const { models, server } = await start({ reply: { tokens: ['a', 'b', 'c'], delayMs: 5 } });
    const connection = await connect(server.path);
    for (let i = 0; i < 3; i++) await connection.request('lcad/generate', { prompt: 'Hello' });
    const abort = new AbortController();
    models.fault({ is: 'hang-after', tokens: 1 });
    const cut = connection.request(
      'lcad/generate',
      { prompt: 'Hello' },
      { signal: abort.signal, onProgress: ({ kind }) => kind === 'text' && abort.abort() },
    );
    await expect(cut).rejects.toMatchObject({ kind: 'REQUEST_CANCELLED' });
    await models.until(() => models.open === 0);
    const result = await connection.request('lcad/metrics', { format: 'prometheus' });
    expect(result.requests).toContainEqual(
      expect.objectContaining({
        method: 'lcad/generate',
        failed: 1,
        ms: expect.objectContaining({ count: 4 }),
      }),
    );
    const [row] = result.generations;
    expect(row).toMatchObject({
      upstream: 'here',
      model: 'test-coder',
      class: 'chat',
      done: 3,
      cancelled: 1,
    });
    expect(row?.firstTokenMs?.p50).toBeGreaterThan(0);
    expect(row?.tokensPerSecond?.p50).toBeGreaterThan(0);
    expect(result.text).toContain(
      'lcad_generations_total{upstream="here",model="test-coder",class="chat",outcome="done"} 3',
    );
    expect(result.text).toContain('lcad_request_duration_seconds_count{method="lcad/generate"} 4');
    expect(result.text).toContain('# TYPE lcad_request_duration_seconds summary');
    expect((await connection.request('lcad/metrics', {})).text).toBeNull();
  });
});
