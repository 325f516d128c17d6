import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Guards } from '../../../src/daemon/guard/contract.js';
import { createGuards } from '../../../src/daemon/guard/guards.js';
import type { InferenceEvent, InferenceTask } from '../../../src/daemon/inference/contract.js';
import { InferenceService } from '../../../src/daemon/inference/inference.js';
import { createProvider } from '../../../src/daemon/inference/providers/create.js';
import type { InferenceRecord } from '../../../src/daemon/metrics/contract.js';
import { GuardConfig, InferenceConfig } from '../../../src/protocol/inference-config.js';
import { LcadError } from '../../../src/shared/errors.js';
import type { Reply } from '../../support/model-protocol.js';
import { ModelServer, type ModelServerOptions } from '../../support/model-server.js';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const never = new AbortController().signal;
const patience = { timeout: 30_000 };

const servers: ModelServer[] = [];
const services: InferenceService[] = [];
let records: InferenceRecord[] = [];
let hits: string[] = [];

afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
  records = [];
  hits = [];
});

async function serve(options: Partial<ModelServerOptions> = {}): Promise<ModelServer> {
  const server = await ModelServer.start({ kind: 'llama-server', slots: 1, ...options });
  servers.push(server);
  return server;
}

type Settings = Omit<InferenceConfig, 'upstreams'>;

function service(
  upstreams: readonly object[],
  settings: Partial<Settings> = {},
  guards: Guards = { open: () => null },
): InferenceService {
  const made = new InferenceService({
    config: InferenceConfig.parse({ upstreams, ...settings }),
    createProvider,
    guards,
    metrics: {
      request() {},
      inference: (record) => records.push(record),
      guardHit: (reason) => hits.push(reason),
      completion() {},
      reused() {},
    },
    log,
  });
  services.push(made);
  return made;
}

const at = (name: string, { kind, url }: ModelServer, more: object = {}): object => ({
  name,
  kind,
  url,
  ...more,
});

function chat(more: Partial<InferenceTask> = {}): InferenceTask {
  return {
    role: 'chat',
    class: 'chat',
    client: 'a',
    make: () => ({ is: 'chat', messages: [{ role: 'user', content: 'Say something.' }], maxTokens: 1000 }),
    ...more,
  };
}

function completion(more: Partial<InferenceTask> = {}): InferenceTask {
  return {
    role: 'completion',
    class: 'completion',
    client: 'a',
    make: () => ({ is: 'raw', prompt: 'function add(', maxTokens: 50 }),
    ...more,
  };
}

async function all(events: AsyncIterable<InferenceEvent>): Promise<InferenceEvent[]> {
  const seen: InferenceEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

const textOf = (events: readonly InferenceEvent[]): string =>
  events.map((event) => (event.is === 'text' ? event.text : '')).join('');
const upstreamOf = (events: readonly InferenceEvent[]): string | undefined =>
  events.flatMap((event) => (event.is === 'begin' ? [event.target.upstream] : []))[0];

/** What it fails with. */
async function failure(promise: Promise<unknown>): Promise<LcadError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LcadError);
  return error as LcadError;
}

describe('a generation', () => {
  it('yields begin, text and exactly one end, and is recorded once', async () => {
    const server = await serve({ reply: ['Hel', 'lo'] });
    const events = await all(service([at('one', server)]).run(chat(), never));
    expect(events.map(({ is }) => is)).toEqual(['begin', 'text', 'text', 'end']);
    expect(textOf(events)).toBe('Hello');
    const end = events.at(-1);
    if (end?.is !== 'end') throw new Error('no end');
    expect(end.timings.firstTokenMs).toBeGreaterThan(0);
    expect(end.timings.totalMs).toBeGreaterThanOrEqual(end.timings.firstTokenMs ?? 0);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      upstream: 'one',
      model: 'test-coder',
      outcome: 'done',
      outputTokens: 2,
      wastedTokens: 0,
    });
  });

  it('is recorded with its wait and its own time, or without them if it never got so far', async () => {
    const server = await serve({ reply: { tokens: ['a', 'b', 'c'], firstTokenMs: 80, delayMs: 30 } });
    const inference = service([at('one', server, { concurrency: 1 })]);
    const first = all(inference.run(chat(), never));
    await server.until(({ open }) => open === 1);
    const leaving = new AbortController();
    const second = failure(all(inference.run(chat({ client: 'b' }), leaving.signal)));
    const third = all(inference.run(chat({ client: 'c' }), never));
    leaving.abort(new LcadError('REQUEST_CANCELLED', 'It was cancelled.'));
    await Promise.all([first, second, third]);
    const [left, one, waited] = records;
    expect(left).toMatchObject({ outcome: 'cancelled', queueMs: null, firstTokenMs: null, writingMs: null });
    expect(one?.firstTokenMs).toBeGreaterThanOrEqual(75);
    expect(one?.writingMs).toBeGreaterThanOrEqual(50);
    expect(waited?.queueMs).toBeGreaterThanOrEqual(100);
  });

  it('asks what a server can do once for many requests', async () => {
    const server = await serve();
    const inference = service([at('one', server)]);
    for (let i = 0; i < 5; i++) await all(inference.run(chat(), never));
    expect(server.requests.filter(({ path }) => path.startsWith('/props'))).toHaveLength(1);
  });

  it.each(['ollama', 'openai', 'llama-server'] as const)(
    'keeps its connection for the next: %s',
    async (kind) => {
      const server = await serve({ kind });
      const inference = service([at('one', server)]);
      await all(inference.run(chat(), never));
      const { connections } = server;
      for (let i = 0; i < 5; i++) await all(inference.run(chat(), never));
      expect(server.connections).toBe(connections);
    },
  );

  it('gives the target that a role would get, once it is known', async () => {
    const server = await serve();
    const inference = service([at('one', server, { roles: ['chat'] })]);
    expect(inference.targetFor('completion')).toBeNull();
    await all(inference.run(chat(), never));
    expect(inference.targetFor('chat')).toMatchObject({
      upstream: 'one',
      capabilities: { model: 'test-coder' },
    });
  });
});

describe('a server that fails', () => {
  const early = [
    { is: 'refuse-connection' },
    { is: 'garbage' },
    { is: 'status', status: 500 },
    { is: 'hang-before-headers' },
    { is: 'hang-after-headers' },
    { is: 'end-after', tokens: 0 },
    { is: 'die-after', tokens: 0 },
  ] as const;
  for (const fault of early) {
    it(`is replaced by the next before its first token: ${fault.is}`, async () => {
      const [bad, good] = [await serve(), await serve({ reply: ['good'] })];
      // The second one is for a connection that is made again.
      bad.fault(fault, fault);
      const inference = service([at('bad', bad), at('good', good)], { firstTokenMs: 300 });
      const events = await all(inference.run(chat(), never));
      expect([upstreamOf(events), textOf(events)]).toEqual(['good', 'good']);
      expect(events.filter(({ is }) => is === 'begin')).toHaveLength(1);
      expect(records.map(({ outcome, upstream }) => [outcome, upstream])).toEqual([['done', 'good']]);
      await bad.until(({ open }) => open === 0);
      // It failed: for a while the other one goes first.
      expect(upstreamOf(await all(inference.run(chat(), never)))).toBe('good');
    });
  }

  it('by giving up before its first token is replaced; after it, the caller hears of it', async () => {
    const [bad, good] = [await serve(), await serve({ reply: ['good'] })];
    const inference = service([at('bad', bad), at('good', good)]);
    bad.answer({ tokens: [], reason: 'abort' }, { tokens: ['half'], reason: 'abort' });
    expect(textOf(await all(inference.run(chat(), never)))).toBe('good');
    const error = await failure(all(inference.run(chat({ upstream: 'bad' }), never)));
    expect(error).toMatchObject({ kind: 'PROVIDER_UNREACHABLE', next: expect.stringContaining('again') });
    expect(records.map(({ outcome }) => outcome)).toEqual(['done', 'failed']);
  });

  it('after its first token is not replaced: the caller hears of it', async () => {
    const [bad, good] = [await serve({ reply: { tokens: ['a', 'b', 'c'], delayMs: 50 } }), await serve()];
    bad.fault({ is: 'die-after', tokens: 2 });
    const seen: InferenceEvent[] = [];
    const error = await failure(
      (async () => {
        for await (const event of service([at('bad', bad), at('good', good)]).run(chat(), never))
          seen.push(event);
      })(),
    );
    expect(error.kind).toMatch(/^PROVIDER_/);
    expect(textOf(seen)).toMatch(/^ab?$/);
    expect(seen.some(({ is }) => is === 'end')).toBe(false);
    expect(good.generations).toHaveLength(0);
    expect(records.map(({ outcome }) => outcome)).toEqual(['failed']);
  });

  it('in the middle of an answer is waited for no longer than configured, and let go', async () => {
    const server = await serve({ reply: ['a', 'b'] });
    server.fault({ is: 'hang-after', tokens: 1 });
    const error = await failure(all(service([at('one', server)], { idleMs: 150 }).run(chat(), never)));
    expect(error.kind).toBe('DEADLINE_EXCEEDED');
    await server.until(({ open }) => open === 0);
    expect(server.generations[0]?.abortedAt).not.toBeNull();
  });

  it('by being slow to begin, with no other one, ends in DEADLINE_EXCEEDED', async () => {
    const server = await serve();
    server.fault({ is: 'hang-before-headers' });
    const task = chat({ firstTokenMs: 120 });
    expect((await failure(all(service([at('one', server)]).run(task, never)))).kind).toBe(
      'DEADLINE_EXCEEDED',
    );
    await server.until(({ open }) => open === 0);
  });

  it('that never stops is ended at a bound', async () => {
    const server = await serve();
    server.fault({ is: 'endless-tokens' });
    const events = await all(service([at('one', server)]).run(chat(), never));
    expect(events.at(-1)).toMatchObject({ is: 'end', reason: 'length' });
    await server.until(({ open }) => open === 0);
  });

  it('is told apart from none: what to start is said', async () => {
    const server = await serve();
    const { url } = server;
    await server.close();
    const inference = service([{ name: 'mine', kind: 'ollama', url, model: 'tiny' }]);
    const error = await failure(all(inference.run(chat(), never)));
    expect(error.kind).toBe('NO_MODEL_SERVER');
    expect(error.next).toContain('ollama serve');
    expect(error.next).toContain('ollama pull tiny');
    expect(records.map(({ outcome }) => outcome)).toEqual(['failed']);
    expect(inference.status()[0]).toMatchObject({ name: 'mine', state: 'unreachable' });
  });

  it('is used again as soon as it is back', async () => {
    const server = await serve();
    const { url, port } = server;
    await server.close();
    const inference = service([{ name: 'mine', kind: 'llama-server', url }]);
    await failure(all(inference.run(chat(), never)));
    await serve({ port, reply: ['back'] });
    expect(textOf(await all(inference.run(chat(), never)))).toBe('back');
    expect(inference.status()[0]).toMatchObject({ state: 'ready', message: null });
  });
});

describe('without configured servers', () => {
  /** The usual addresses, led to servers of the test. */
  function usual(ollama: string, other: string): InferenceService {
    const made = new InferenceService({
      config: InferenceConfig.parse({}),
      createProvider: (config) =>
        createProvider({ ...config, url: config.kind === 'ollama' ? ollama : other }),
      guards: { open: () => null },
      metrics: { request() {}, inference() {}, guardHit() {}, completion() {}, reused() {} },
      log,
    });
    services.push(made);
    return made;
  }

  it('uses what is at the usual addresses, whatever else is there', async () => {
    const page = createServer((_request, response) => response.end('<html>my web app</html>'));
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    const { port } = page.address() as AddressInfo;
    const server = await serve({ kind: 'ollama' });
    const inference = usual(server.url, `http://127.0.0.1:${port}`);
    expect(upstreamOf(await all(inference.run(chat(), never)))).toBe('ollama');
    await server.close();
    const error = await failure(all(inference.run(chat(), never)));
    expect(error.kind).toBe('NO_MODEL_SERVER');
    expect(error.message).toContain(
      `Ollama at ${server.url} cannot be reached: nothing listens there (ECONNREFUSED)`,
    );
    expect(error.message).not.toContain('ollama: Ollama');
    expect(error.next).toContain('ollama pull qwen2.5-coder:1.5b');
    expect(error.next).toContain('llama-server -m');
    await inference.refresh(never);
    expect(inference.status().map(({ name, state }) => [name, state])).toEqual([
      ['ollama', 'unreachable'],
      ['llama-server', 'unreachable'],
    ]);
    page.closeAllConnections();
    await new Promise((resolve) => page.close(resolve));
  });
});

describe('many at once', () => {
  it('leave nothing behind, however they end', async () => {
    const server = await serve({ slots: 4, reply: { tokens: ['a', 'b', 'c', 'd'], delayMs: 2 } });
    const inference = service([at('one', server)], { queue: 30 });
    await all(inference.run(chat(), never));
    const ends = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const controller = new AbortController();
        const task = i % 2 === 0 ? chat({ client: `c${i % 5}` }) : completion({ client: `c${i % 5}` });
        let ends = 0;
        if (i % 7 === 0) setTimeout(() => controller.abort(new Error('enough')), i % 30);
        try {
          for await (const { is } of inference.run(task, controller.signal)) {
            if (is === 'end') ends++;
            if (i % 11 === 0 && is === 'text') return 1;
          }
          return ends;
        } catch {
          return ends + 1;
        }
      }),
    );
    expect(new Set(ends)).toEqual(new Set([1]));
    await server.until(({ open }) => open === 0);
    expect(inference.status()[0]).toMatchObject({ queued: 0, running: 0 });
    expect(records).toHaveLength(101);
    expect(new Set(records.map(({ outcome }) => outcome))).toEqual(new Set(['done', 'cancelled', 'busy']));
    // A server sees that a request was ended a moment after its slot went to the next.
    expect(server.mostOpen).toBeLessThanOrEqual(8);
  });
});

describe('a name', () => {
  it('of an upstream that is none is MODEL_UNKNOWN', async () => {
    const error = await failure(
      all(service([at('one', await serve())]).run(chat({ upstream: 'two' }), never)),
    );
    expect(error.kind).toBe('MODEL_UNKNOWN');
    expect(error.next).toContain('one');
  });

  it('of a model that no server has is MODEL_UNKNOWN, and the server goes on', async () => {
    const server = await serve({ kind: 'ollama' });
    const inference = service([at('one', server)]);
    expect((await failure(all(inference.run(chat({ model: 'other' }), never)))).kind).toBe('MODEL_UNKNOWN');
    expect(textOf(await all(inference.run(chat(), never)))).toBe('ok');
  });
});

describe('the queue', () => {
  it('sends a server no more than it takes, and completions before chats that wait', async () => {
    const server = await serve({ slots: 1, reply: { tokens: ['x'], firstTokenMs: 30 } });
    const inference = service([at('one', server)]);
    await all(inference.run(chat(), never));
    const order: string[] = [];
    const done = (name: string, task: InferenceTask): Promise<unknown> =>
      all(inference.run(task, never)).then(() => order.push(name));
    await Promise.all([
      done('chat 1', chat({ client: 'a' })),
      done('chat 2', chat({ client: 'a' })),
      done('chat 3', chat({ client: 'b' })),
      done('completion', completion({ client: 'a' })),
    ]);
    expect(order).toEqual(['chat 1', 'completion', 'chat 2', 'chat 3']);
    expect(server.mostOpen).toBe(1);
  });

  it('that is full says when to come back', async () => {
    const server = await serve({ slots: 1, reply: { tokens: ['x'], firstTokenMs: 100 } });
    const inference = service([at('one', server)], { queue: 2 });
    await all(inference.run(chat(), never));
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => all(inference.run(chat(), never))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    const { reason } = results[3] as PromiseRejectedResult;
    expect(reason).toMatchObject({ kind: 'BUSY', details: { retryAfterMs: expect.any(Number) } });
    expect(records.filter(({ outcome }) => outcome === 'busy')).toHaveLength(1);
  });

  it('lets two servers work side by side', async () => {
    const [one, two] = [await serve(), await serve()];
    const inference = service([
      at('one', one, { roles: ['chat'] }),
      at('two', two, { roles: ['completion'] }),
    ]);
    one.fault({ is: 'hang-after', tokens: 1 });
    const controller = new AbortController();
    const hanging = failure(all(inference.run(chat(), AbortSignal.any([controller.signal]))));
    await one.until(({ open }) => open === 1);
    expect(upstreamOf(await all(inference.run(completion(), never)))).toBe('two');
    expect(one.open).toBe(1);
    controller.abort(new LcadError('REQUEST_CANCELLED', 'enough'));
    expect((await hanging).kind).toBe('REQUEST_CANCELLED');
  });

  it.each(
    (['ollama', 'openai', 'llama-server'] as const).flatMap((kind) =>
      ([429, 503] as const).flatMap((status) => [
        [kind, status, 'seconds'] as const,
        [kind, status, 'a date'] as const,
      ]),
    ),
  )('honours what %s asks for: %i with Retry-After in %s', async (kind, status, form) => {
    const server = await serve({ kind, reply: ['later'] });
    const inference = service([at('one', server)]);
    await all(inference.run(chat(), never));
    // Dates are of whole seconds: this one is between one and two seconds away.
    const until = new Date((Math.floor(Date.now() / 1000) + 2) * 1000);
    const header = form === 'seconds' ? '1' : until.toUTCString();
    server.fault({ is: 'status', status, headers: { 'retry-after': header } });
    const events = await all(inference.run(chat(), never));
    expect(textOf(events)).toBe('later');
    const [, limited, again] = server.generations;
    expect((again?.at ?? 0) - (limited?.at ?? 0)).toBeGreaterThanOrEqual(900);
    expect(server.generations).toHaveLength(3);
    expect(records.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  });

  it.each([429, 503])(
    'leaves a server alone for a second that does not say for how long: %i',
    async (status) => {
      const server = await serve({ reply: ['later'] });
      const inference = service([at('one', server)]);
      server.fault({ is: 'status', status });
      expect(textOf(await all(inference.run(chat(), never)))).toBe('later');
      const [limited, again] = server.generations;
      expect((again?.at ?? 0) - (limited?.at ?? 0)).toBeGreaterThanOrEqual(950);
    },
  );

  it('gives up on a server that goes on asking to be left alone', async () => {
    const server = await serve();
    const limit = { is: 'status', status: 429, headers: { 'retry-after': '0' } } as const;
    server.fault(limit, limit, limit, limit, limit);
    const error = await failure(all(service([at('one', server)]).run(chat(), never)));
    expect(error.kind).toBe('BUSY');
    expect(server.generations).toHaveLength(3);
  });

  it('goes to another server where one asks to be left alone', async () => {
    const [one, two] = [await serve(), await serve()];
    const inference = service([at('one', one), at('two', two)]);
    one.fault({ is: 'status', status: 503, headers: { 'retry-after': '30' } });
    expect(upstreamOf(await all(inference.run(chat(), never)))).toBe('two');
    expect(upstreamOf(await all(inference.run(chat(), never)))).toBe('two');
    expect(one.generations).toHaveLength(1);
  });

  it('is BUSY where the only server asks to be left alone for long', async () => {
    const server = await serve();
    server.fault({ is: 'status', status: 429, headers: { 'retry-after': '30' } });
    const error = await failure(all(service([at('one', server)]).run(chat(), never)));
    expect(error).toMatchObject({ kind: 'BUSY', details: { retryAfterMs: 30_000 } });
  });

  it('hands over to the smaller model when it would take long, whoever waits', async () => {
    const [big, small] = [await serve({ slots: 1 }), await serve({ reply: ['small'] })];
    const inference = service([
      at('big', big, { smaller: 'small' }),
      at('small', small, { roles: [], concurrency: 4 }),
    ]);
    // Work of five seconds makes it known that this is what such work takes; nobody waits in front of the next one.
    big.answer({ tokens: ['slow'], firstTokenMs: 5000 });
    expect(upstreamOf(await all(inference.run(chat(), never)))).toBe('big');
    const controller = new AbortController();
    big.fault({ is: 'hang-after', tokens: 1 });
    const running = failure(all(inference.run(chat(), controller.signal)));
    await big.until(({ open }) => open === 1);
    expect(inference.status()[0]).toMatchObject({ queued: 0, running: 1 });
    expect(upstreamOf(await all(inference.run(chat({ client: 'b' }), never)))).toBe('small');
    expect(upstreamOf(await all(inference.run(completion({ client: 'b' }), never)))).toBe('small');
    expect(big.generations).toHaveLength(2);
    controller.abort(new LcadError('REQUEST_CANCELLED', 'enough'));
    await running;
    expect(upstreamOf(await all(inference.run(chat(), never)))).toBe('big');
  }, 20_000);

  it('of a server that a chat has to itself: a completion waits, and the chat is not ended', async () => {
    const server = await serve({ slots: 1 });
    server.answer({ tokens: ['a', 'b', 'c', 'd'], delayMs: 60 });
    const inference = service([at('one', server)]);
    const chatting = all(inference.run(chat(), never));
    await server.until(({ generations }) => generations[0]?.sentTokens === 1);
    const events = await all(inference.run(completion(), never));
    expect(textOf(events)).toBe('ok');
    const begun = events.find(({ is }) => is === 'begin');
    expect(begun?.is === 'begin' && begun.timings.queueMs).toBeGreaterThan(100);
    expect(textOf(await chatting)).toBe('abcd');
    expect(server.generations.map(({ abortedAt }) => abortedAt)).toEqual([null, null]);
    expect(server.mostOpen).toBe(1);
  });

  it('tells a completion that waited in vain when to come again', async () => {
    const server = await serve({ slots: 1 });
    server.fault({ is: 'hang-after', tokens: 1 });
    const inference = service([at('one', server)]);
    const controller = new AbortController();
    const chatting = failure(all(inference.run(chat(), controller.signal)));
    await server.until(({ open }) => open === 1);
    const error = await failure(all(inference.run(completion({ firstTokenMs: 150 }), never)));
    expect(error).toMatchObject({ kind: 'BUSY', details: { retryAfterMs: expect.any(Number) } });
    expect(error.details.retryAfterMs).toBeGreaterThan(0);
    expect(error.next).toMatch(/Try again in \d+ s/);
    expect(inference.status()[0]).toMatchObject({ queued: 0, running: 1, state: 'ready' });
    expect(server.generations).toHaveLength(1);
    controller.abort(new LcadError('REQUEST_CANCELLED', 'enough'));
    expect((await chatting).kind).toBe('REQUEST_CANCELLED');
    expect(records.map(({ outcome }) => outcome)).toEqual(['busy', 'cancelled']);
  });

  it('of a busy server is left for one that is free by completions alone', async () => {
    const [first, second] = [await serve({ slots: 1 }), await serve({ reply: ['second'] })];
    const inference = service([at('first', first), at('second', second)]);
    first.answer({ tokens: ['slow'], firstTokenMs: 3000 });
    expect(upstreamOf(await all(inference.run(chat(), never)))).toBe('first');
    first.answer({ tokens: ['a', 'b', 'c', 'd', 'e'], delayMs: 200 });
    const chatting = all(inference.run(chat(), never));
    await first.until(({ generations }) => generations[1]?.sentTokens === 1);
    const [complete, chatted] = await Promise.all([
      all(inference.run(completion(), never)),
      all(inference.run(chat({ client: 'b' }), never)),
    ]);
    expect([upstreamOf(complete), upstreamOf(chatted)]).toEqual(['second', 'first']);
    expect(textOf(await chatting)).toBe('abcde');
  }, 20_000);

  it('hands over to the smaller model when it is long', async () => {
    const [big, small] = [
      await serve({ slots: 1, reply: { tokens: ['big'], firstTokenMs: 200 } }),
      await serve({ slots: 4, reply: ['small'] }),
    ];
    const inference = service([
      at('big', big, { smaller: 'small', roles: ['chat'] }),
      at('small', small, { roles: [] }),
    ]);
    await all(inference.run(chat(), never));
    const runs = await Promise.all([1, 2, 3, 4, 5].map(() => all(inference.run(chat(), never))));
    const used = runs.map(upstreamOf);
    expect(used).toContain('small');
    expect(used).toContain('big');
    expect(big.mostOpen).toBe(1);
    expect(inference.status().map(({ running }) => running)).toEqual([0, 0]);
  });
});

describe('cancelling', () => {
  it('ends the request at the server and gives the slot to the next at once', async () => {
    const server = await serve({ slots: 1, reply: ['a', 'b'] });
    const inference = service([at('one', server)]);
    server.fault({ is: 'hang-after', tokens: 1 });
    const controller = new AbortController();
    const first = failure(all(inference.run(chat(), controller.signal)));
    await server.until(({ generations }) => generations[0]?.sentTokens === 1);
    const second = all(inference.run(chat({ client: 'b' }), never));
    await vi.waitFor(() => expect(inference.status()[0]?.queued).toBe(1), patience);
    expect(server.generations).toHaveLength(1);
    controller.abort(new LcadError('REQUEST_CANCELLED', 'enough'));
    expect((await first).kind).toBe('REQUEST_CANCELLED');
    expect(textOf(await second)).toBe('ab');
    expect(server.generations[0]?.abortedAt).not.toBeNull();
    expect(records.map(({ outcome }) => outcome)).toEqual(['cancelled', 'done']);
  });

  it('works while nobody reads the events', async () => {
    const server = await serve({ reply: ['a', 'b'] });
    server.fault({ is: 'hang-after', tokens: 1 });
    const inference = service([at('one', server)]);
    const controller = new AbortController();
    const events = inference.run(chat(), controller.signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ is: 'begin' });
    controller.abort(new LcadError('REQUEST_CANCELLED', 'enough', { details: { superseded: true } }));
    await server.until(({ open }) => open === 0);
    expect(inference.status()[0]?.running).toBe(0);
    expect((await failure(events.next())).kind).toBe('REQUEST_CANCELLED');
    expect(records.map(({ outcome }) => outcome)).toEqual(['superseded']);
  });

  it('by leaving the iteration does the same', async () => {
    const server = await serve({ reply: ['a', 'b'] });
    server.fault({ is: 'hang-after', tokens: 1 });
    const inference = service([at('one', server)]);
    for await (const event of inference.run(chat(), never)) if (event.is === 'text') break;
    await server.until(({ open }) => open === 0);
    expect(inference.status()[0]?.running).toBe(0);
    expect(records.map(({ outcome }) => outcome)).toEqual(['cancelled']);
  });

  it('what waits leaves the queue, and nothing is sent', async () => {
    const server = await serve({ slots: 1, reply: ['a', 'b'] });
    server.fault({ is: 'hang-after', tokens: 1 });
    const inference = service([at('one', server)]);
    const [holder, waiter] = [new AbortController(), new AbortController()];
    const held = failure(all(inference.run(chat(), holder.signal)));
    await server.until(({ open }) => open === 1);
    const waiting = failure(all(inference.run(chat(), waiter.signal)));
    await vi.waitFor(() => expect(inference.status()[0]).toMatchObject({ queued: 1, running: 1 }), patience);
    waiter.abort(new LcadError('REQUEST_CANCELLED', 'enough'));
    await waiting;
    expect(inference.status()[0]?.queued).toBe(0);
    holder.abort(new LcadError('REQUEST_CANCELLED', 'enough'));
    await held;
    expect(server.generations).toHaveLength(1);
  });

  it('a slow reader is no silent server', async () => {
    const server = await serve({ reply: { tokens: ['a', 'b', 'c'], delayMs: 5 } });
    const seen: string[] = [];
    for await (const event of service([at('one', server)], { idleMs: 400 }).run(chat(), never)) {
      if (event.is === 'text') await sleep(600);
      seen.push(event.is);
    }
    expect(seen).toEqual(['begin', 'text', 'text', 'text', 'end']);
  });
});

describe('guards', () => {
  it('end the answer, and the request at the server', async () => {
    const server = await serve({ reply: { tokens: ['fine ', 'SECRET', ' more'], delayMs: 20 } });
    server.fault({ is: 'hang-after', tokens: 2 });
    const guards: Guards = {
      open: () => ({
        push: (text) => {
          if (!text.includes('SECRET')) return text;
          throw new LcadError('OUTPUT_STOPPED', 'A key.', { details: { reason: 'secret' } });
        },
        end: () => '',
      }),
    };
    const seen: InferenceEvent[] = [];
    const inference = service([at('one', server)], {}, guards);
    const error = await failure(
      (async () => {
        for await (const event of inference.run(chat(), never)) seen.push(event);
      })(),
    );
    expect([error.kind, textOf(seen)]).toEqual(['OUTPUT_STOPPED', 'fine ']);
    await server.until(({ open }) => open === 0);
    expect(server.generations[0]?.abortedAt).not.toBeNull();
    expect(hits).toEqual(['secret']);
    expect(records.map(({ outcome }) => outcome)).toEqual(['guarded']);
  });

  /** What comes of a chat until it fails, and why it does. */
  async function failed(inference: Pick<ReturnType<typeof service>, 'run'>) {
    const seen: InferenceEvent[] = [];
    const read = async () => {
      for await (const event of inference.run(chat(), never)) seen.push(event);
    };
    const error = await failure(read());
    return { seen, error };
  }

  it('look at thoughts and at what a model wants to call a tool with, too', async () => {
    const secret = ['q7Zp2Kx9', 'Vt4Lm8Rw'];
    const { open } = createGuards(() => GuardConfig.parse({}), { log });
    const key = `-----BEGIN PRIVATE KEY-----\n${'MIIEowIBAAKCAQEAx1vN3kQpZ7sYbT2m\n'.repeat(4)}`;
    const replies: Reply[] = [
      { thinking: ['the password: "', ...secret, '" is'], tokens: ['fine'] },
      { tools: [{ name: 'search', arguments: { query: `password = '${secret.join('')}'` } }] },
      { tools: [{ name: 'read', arguments: { lines: ['one', { text: key }] } }] },
    ];
    const server = await serve();
    const inference = service([at('one', server)], {}, { open });
    for (const reply of replies) {
      server.answer(reply);
      const { seen, error } = await failed(inference);
      expect(error.kind).toBe('OUTPUT_STOPPED');
      expect(JSON.stringify([seen, error.message, error.data])).not.toMatch(/q7|8Rw|MIIE/);
    }
    expect(hits).toEqual(['secret', 'secret', 'secret']);
    server.answer({ tools: [{ name: 'search', arguments: { query: 'where are passwords checked' } }] });
    expect((await all(inference.run(chat(), never))).map(({ is }) => is)).toEqual(['begin', 'tool', 'end']);
  });

  it('read thoughts that are apart, and text that is, as they are read: together', async () => {
    const { open } = createGuards(() => GuardConfig.parse({}), { log });
    const text = ['so: password = "q7Zp2Kx9', 'Vt4Lm8Rw" ', 'done'];
    const server = await serve();
    const inference = service([at('one', server)], {}, { open });
    const replies: Reply[] = [
      { tokens: ['well, ', 'that is ', 'all'], thoughts: { 0: text[0] ?? '', 1: text[1] ?? '' } },
      { tokens: text, thoughts: { 1: 'hm ' } },
    ];
    for (const reply of replies) {
      server.answer(reply);
      const { seen, error } = await failed(inference);
      expect(error.kind).toBe('OUTPUT_STOPPED');
      expect(JSON.stringify(seen)).not.toMatch(/q7|8Rw/);
    }
    server.answer({ tokens: ['a', 'b'], thoughts: { 0: 'it is "quoted', 1: '" twice' } });
    const events = await all(inference.run(chat(), never));
    expect(textOf(events)).toBe('ab');
    expect(events.flatMap((event) => (event.is === 'thinking' ? [event.text] : [])).join('')).toBe(
      'it is "quoted" twice',
    );
  });

  it('pass on at the end what they kept back', async () => {
    const server = await serve({ reply: ['one ', 'two'] });
    let kept = '';
    const guards: Guards = {
      open: () => ({
        push: async (text) => {
          kept += text;
          return '';
        },
        end: () => kept,
      }),
    };
    const events = await all(service([at('one', server)], {}, guards).run(chat(), never));
    expect(events.map(({ is }) => is)).toEqual(['begin', 'text', 'end']);
    expect(textOf(events)).toBe('one two');
  });
});

describe('work that is no generation', () => {
  it('makes way for a completion, and has its turn afterwards', async () => {
    const server = await serve({ slots: 1, reply: { tokens: ['x'], firstTokenMs: 50 } });
    const inference = service([at('one', server)]);
    await all(inference.run(completion(), never));
    const place = { origin: server.url, class: 'backgroundEmbedding' as const, client: 'embedding' };
    const embed = (): Promise<string> =>
      inference.reserve(
        place,
        (signal) => sleep(10_000, 'embedded', { signal }).catch(() => Promise.reject(signal.reason)),
        never,
      );
    const background = failure(embed());
    await sleep(10);
    expect(textOf(await all(inference.run(completion(), never)))).toBe('x');
    expect(await background).toMatchObject({ kind: 'BUSY', details: { preempted: true } });
    const order: string[] = [];
    const held = (async () => {
      for await (const { is } of inference.run(completion(), never))
        if (is === 'text') order.push('completion');
    })();
    await sleep(5);
    await Promise.all([held, inference.reserve(place, async () => order.push('embedding'), never)]);
    expect(order).toEqual(['completion', 'embedding']);
  });
});

describe('status', () => {
  it('tells of all servers, also of those that hang, within its deadline', async () => {
    const [good, bad] = [await serve({ slots: 3 }), await serve()];
    bad.failAll = { is: 'hang-before-headers' };
    const inference = service([at('good', good), at('bad', bad)]);
    expect(inference.status().map(({ state }) => state)).toEqual(['unknown', 'unknown']);
    const before = performance.now();
    await inference.refresh(never);
    expect(performance.now() - before).toBeLessThan(3500);
    const [one, two] = inference.status();
    expect(one).toMatchObject({
      state: 'ready',
      message: null,
      concurrency: 3,
      models: [{ name: 'test-coder' }],
    });
    expect(two).toMatchObject({ state: 'unreachable', models: [] });
    expect(two?.next).toContain('llama-server');
  });

  it('follows the configuration, and what runs goes on', async () => {
    const [one, two] = [await serve({ reply: { tokens: ['a', 'b', 'c'], delayMs: 50 } }), await serve()];
    const inference = service([at('one', one)]);
    const running = all(inference.run(chat(), never));
    await one.until(({ generations }) => generations[0]?.sentTokens === 1);
    inference.configure(InferenceConfig.parse({ upstreams: [at('two', two)] }));
    expect(inference.status().map(({ name }) => name)).toEqual(['two']);
    expect(upstreamOf(await all(inference.run(chat(), never)))).toBe('two');
    expect(textOf(await running)).toBe('abc');
  });
});
