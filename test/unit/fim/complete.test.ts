import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Completion } from '../../../src/daemon/completion/completion.js';
import { FimService } from '../../../src/daemon/fim/complete.js';
import type { FimClient } from '../../../src/daemon/fim/prompt.js';
import { InferenceService } from '../../../src/daemon/inference/inference.js';
import { createProvider } from '../../../src/daemon/inference/providers/create.js';
import type { CompletionFate, Metrics } from '../../../src/daemon/metrics/contract.js';
import type { OpenBuffer, Overlay } from '../../../src/daemon/overlay/contract.js';
import type { CompleteParams, CompleteResult } from '../../../src/protocol/complete.js';
import { Config } from '../../../src/protocol/config.js';
import type { CompleteConfig } from '../../../src/protocol/inference-config.js';
import { LcadError } from '../../../src/shared/errors.js';
import { ModelServer } from '../../support/model-server.js';

const file = '/nowhere/a.ts';
const keptMs = 30;

let server: ModelServer;
let inference: InferenceService;
let fim: FimService;
let fates: CompletionFate[];
let reused: string[];
let settings: CompleteConfig;

beforeEach(() => start());
afterEach(async () => {
  fim.close();
  await inference.close();
  await server.close();
});

async function start(model = 'qwen2.5-coder:1.5b', kind: 'ollama' | 'llama-server' | 'openai' = 'ollama') {
  server = await ModelServer.start({ kind, models: [{ name: model }] });
  fates = [];
  reused = [];
  const metrics: Metrics = {
    request: () => undefined,
    inference: () => undefined,
    guardHit: () => undefined,
    completion: (fate) => fates.push(fate),
    reused: (from) => reused.push(from),
  };
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const upstreams = [{ name: 'test', kind, url: server.url, model }];
  const config = Config.parse({ inference: { upstreams } });
  settings = config.complete;
  inference = new InferenceService({
    config: config.inference,
    createProvider,
    guards: { open: () => null },
    metrics,
    log,
  });
  const completion = new Completion({ view: () => Promise.reject(new Error('there is no index')) });
  fim = new FimService({
    inference,
    metrics,
    settings: () => settings,
    keptMs,
    context: async (params, { overlay }, signal) => {
      const asked = { file, params, viewed: [], home: null, locate: () => null, families: [], overlay };
      const found = await completion.context({ ...asked, overlayFiles: [] }, signal);
      return { ...found, freshness: [], tookMs: 0 };
    },
  });
}

async function restart(...options: Parameters<typeof start>) {
  fim.close();
  await inference.close();
  await server.close();
  await start(...options);
}

/** A client whose one document has a text. */
function clientWith(text = '', id = 'c1'): FimClient & { text: string } {
  const get = (): OpenBuffer => ({ text: client.text }) as OpenBuffer;
  const overlay: Overlay = { buffers: [], views: [], get, settled: async () => undefined };
  const client = { id, text, overlay };
  return client;
}

/** The request at the place of "|" in a text. */
function at(marked: string, more: Partial<CompleteParams> = {}): CompleteParams {
  const before = marked.slice(0, marked.indexOf('|'));
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return { file, line, column, text: marked.replace('|', ''), ...more };
}

const never = new AbortController().signal;
const ask = (marked: string, more: Partial<CompleteParams> = {}, client = clientWith(), signal = never) =>
  fim.complete(at(marked, more), client, signal);

/** What became of a request: its result or its error. */
const outcome = (request: Promise<CompleteResult>) =>
  request.then(
    (result) => result,
    (error: unknown) => {
      expect(error).toBeInstanceOf(LcadError);
      return error as LcadError;
    },
  );
/** Has the server answer the next request with some tokens once it is let go. */
function held(tokens: string[]): () => void {
  let go: () => void = () => undefined;
  const until = new Promise<void>((resolve) => {
    go = resolve;
  });
  server.answer(async () => {
    await until;
    return tokens;
  });
  return go;
}

const isSuperseded = (one: CompleteResult | LcadError) =>
  one instanceof LcadError && one.kind === 'REQUEST_CANCELLED' && one.details.superseded === true;

async function until(condition: () => boolean) {
  while (!condition()) await sleep(2);
}

describe('a request', () => {
  test('sends the prompt of the family, and gives the text with where it goes', async () => {
    server.reply = ['a ', '+ b;', '<|endoftext|>'];
    const shown: string[] = [];
    const result = await fim.complete(at('const c = |\nnext();\n'), clientWith(), never, {
      begin: () => undefined,
      text: (text) => void shown.push(text),
    });
    expect(result).toMatchObject({
      text: 'a + b;',
      range: { startLine: 1, startColumn: 11, endLine: 1, endColumn: 11 },
      model: 'qwen2.5-coder:1.5b',
      upstream: 'test',
      source: 'model',
      finishReason: 'stop',
    });
    expect(shown.join('')).toBe('a + b;');
    const [body] = server.generations.map((one) => one.body);
    expect(body).toMatchObject({
      raw: true,
      prompt: '<|fim_prefix|>const c = <|fim_suffix|>\nnext();\n<|fim_middle|>',
    });
  });

  test('one line ends at the end of the line, and the server is told so', async () => {
    server.reply = ['a;', '\n', 'b;'];
    expect(await ask('const c = |\n')).toMatchObject({ text: 'a;' });
    expect(server.generations[0]?.body.options).toMatchObject({ stop: expect.arrayContaining(['\n']) });
    expect(await ask('function f() {|', { lines: 'multiple' })).toMatchObject({ text: 'a;\nb;' });
  });

  test("goes to llama-server's own infill", async () => {
    await restart('some-model', 'llama-server');
    server.reply = ['1;'];
    expect(await ask('const a = |\nb();')).toMatchObject({ text: '1;' });
    expect(server.generations.map(({ path }) => path)).toEqual(['/infill']);
    expect(server.generations[0]?.body).toMatchObject({ input_prefix: 'const a = ', input_suffix: '\nb();' });
  });

  test('without a server says so', async () => {
    await server.close();
    const error = await outcome(ask('const a = |'));
    expect(error).toMatchObject({ kind: expect.stringMatching(/NO_MODEL_SERVER|PROVIDER_UNREACHABLE/) });
  });

  test('that is cancelled ends the work of the server', async () => {
    server.fault({ is: 'hang-after', tokens: 1 });
    server.reply = ['a', 'b'];
    const stop = new AbortController();
    const waiting = outcome(ask('const a = |', {}, clientWith(), stop.signal));
    await until(() => server.open === 1);
    stop.abort(new LcadError('REQUEST_CANCELLED', 'The client cancelled the request.'));
    expect(await waiting).toMatchObject({ kind: 'REQUEST_CANCELLED' });
    await until(() => server.open === 0);
  });
});

describe('requests that follow each other', () => {
  test('a newer one ends the older, whose work at the server stops', async () => {
    server.fault({ is: 'hang-after-headers' });
    const client = clientWith();
    const older = outcome(ask('const a = |', {}, client));
    await until(() => server.open === 1);
    server.reply = ['2;'];
    const newer = ask('const b = |', {}, client);
    expect(isSuperseded(await older)).toBe(true);
    expect(await newer).toMatchObject({ text: '2;', source: 'model' });
    await until(() => server.open === 0);
    expect(server.generations).toHaveLength(2);
  });

  test('those of other clients and for other files are left alone', async () => {
    server.reply = ['1;'];
    const both = [
      ask('const a = |', {}, clientWith('', 'c1')),
      ask('const a = |', {}, clientWith('', 'c2')),
      ask('const a = |', { file: '/nowhere/b.ts' }, clientWith('', 'c1')),
    ];
    for (const result of await Promise.all(both)) expect(result.text).toBe('1;');
  });

  test('typing along a finished completion asks nobody', async () => {
    server.reply = ['return a + b;'];
    const client = clientWith();
    expect(await ask('  |', { lines: 'single' }, client)).toMatchObject({ text: 'return a + b;' });
    expect(await ask('  ret|', { lines: 'single' }, client)).toMatchObject({
      text: 'urn a + b;',
      source: 'cache',
    });
    expect(await ask('  return a|', { lines: 'single' }, client)).toMatchObject({ text: ' + b;' });
    expect(server.generations).toHaveLength(1);
    expect(reused).toEqual(['cache', 'cache']);
    expect(await ask('  rex|', { lines: 'single' }, client)).toMatchObject({ source: 'model' });
    expect(server.generations).toHaveLength(2);
  });

  test('typing along one that is being written goes on with its stream', async () => {
    server.reply = ['return', ' a', ' + b;'];
    const go = held(['return', ' a', ' + b;']);
    const client = clientWith();
    const first = outcome(ask('  |', { lines: 'single' }, client));
    await until(() => server.open === 1);
    const second = outcome(ask('  r|', { lines: 'single' }, client));
    const third = outcome(ask('  return|', { lines: 'single' }, client));
    expect(isSuperseded(await first)).toBe(true);
    expect(isSuperseded(await second)).toBe(true);
    go();
    expect(await third).toMatchObject({ text: ' a + b;', source: 'stream' });
    expect(server.generations).toHaveLength(1);
  });

  test('typing something else than what is written starts anew', async () => {
    const go = held(['return', ' a;']);
    const client = clientWith();
    const first = outcome(ask('  |', { lines: 'single' }, client));
    await until(() => server.open === 1);
    const second = ask('  throw|', { lines: 'single' }, client);
    server.reply = [' e;'];
    await first;
    go();
    expect(await second).toMatchObject({ text: ' e;', source: 'model' });
    expect(server.generations).toHaveLength(2);
  });

  test('the same place again is answered from the cache, for other clients too', async () => {
    server.reply = ['1;'];
    await ask('const a = |');
    expect(await ask('const a = |', {}, clientWith('', 'c2'))).toMatchObject({ text: '1;', source: 'cache' });
    expect(await ask('const a = |', { maxTokens: 3 }, clientWith('', 'c3'))).toMatchObject({
      source: 'model',
    });
    expect(server.generations).toHaveLength(2);
  });

  test('what was written under another configuration is shown no more', async () => {
    server.reply = ['return a + b;'];
    const client = clientWith();
    await ask('  |', { lines: 'single' }, client);
    fim.reconfigured();
    server.reply = ['return c;'];
    const places = ['  ret|', '  |'];
    for (const place of places) {
      expect(await ask(place, { lines: 'single' }, client)).toMatchObject({ source: 'model' });
    }
    expect(await ask('  |', { lines: 'single' }, clientWith('', 'c2'))).toMatchObject({
      text: 'return c;',
      source: 'cache',
    });
  });

  test('a stream of another configuration is not gone on with', async () => {
    const go = held(['return', ' a;']);
    const client = clientWith();
    const first = outcome(ask('  |', { lines: 'single' }, client));
    await until(() => server.open === 1);
    fim.reconfigured();
    server.reply = ['eturn b;'];
    const second = ask('  r|', { lines: 'single' }, client);
    expect(isSuperseded(await first)).toBe(true);
    go();
    expect(await second).toMatchObject({ text: 'eturn b;', source: 'model' });
  });

  test.each([0, 4, 40])('a burst of 50 requests, one every %i ms, costs at most 3 starts', async (gapMs) => {
    server.reply = ['zzz;'];
    const typed = 'abcdefghijklmnopqrstuvwxyabcdefghijklmnopqrstuvwxy';
    const client = clientWith();
    const all: Promise<CompleteResult | LcadError>[] = [];
    for (let count = 1; count <= 50; count++) {
      all.push(outcome(ask(`const a = ${typed.slice(0, count)}|\n`, {}, client)));
      if (gapMs > 0) await sleep(gapMs);
    }
    const done = await Promise.all(all);
    expect(done.at(-1)).toMatchObject({ text: 'zzz;', source: 'model' });
    expect(done.filter((one) => one instanceof LcadError && !isSuperseded(one))).toEqual([]);
    expect(server.generations.length).toBeLessThanOrEqual(3);
    expect(server.open).toBe(0);
  });

  test('a client that has gone leaves nothing running', async () => {
    server.fault({ is: 'hang-after-headers' });
    const waiting = outcome(ask('const a = |'));
    await until(() => server.open === 1);
    fim.forget('c1');
    expect(await waiting).toBeInstanceOf(LcadError);
    await until(() => server.open === 0);
  });
});

test('a document that is opened is read ahead where that is wanted, and once', async () => {
  const client = clientWith('const a = 1;\nconst b = ');
  const buffer = { uri: 'file:///nowhere/a.ts', path: file, text: client.text, edits: [] };
  const overlay: Overlay = { ...client.overlay, get: () => buffer as unknown as OpenBuffer };
  await fim.warm(overlay, file);
  expect(server.generations).toHaveLength(0);
  settings.warmUp = true;
  await fim.warm(overlay, file);
  await fim.warm(overlay, file);
  expect(server.generations).toHaveLength(1);
  expect(server.generations[0]?.body.options).toMatchObject({ num_predict: 1 });
});

test('of several documents that are opened the newest is read ahead', async () => {
  settings.warmUp = true;
  server.fault({ is: 'hang-after-headers' });
  const overlayOf = (path: string): Overlay => {
    const buffer = { uri: `file://${path}`, path, text: 'const b = ', edits: [] };
    return { ...clientWith().overlay, get: () => buffer as unknown as OpenBuffer };
  };
  const first = fim.warm(overlayOf('/nowhere/a.ts'), '/nowhere/a.ts');
  await until(() => server.open === 1);
  await fim.warm(overlayOf('/nowhere/b.ts'), '/nowhere/b.ts');
  await first;
  await until(() => server.open === 0);
  expect(server.generations).toHaveLength(2);
});

describe('what becomes of a completion', () => {
  test('is counted once, and after a while whether it was kept', async () => {
    server.reply = ['1;'];
    const client = clientWith('const a = ');
    const { id } = await ask('const a = |', {}, client);
    for (const event of ['shown', 'shown', 'accepted'] as const) fim.feedback({ id, event }, client);
    fim.feedback({ id: 'another', event: 'shown' }, client);
    fim.feedback({ id, event: 'dismissed' }, clientWith('', 'c2'));
    expect(fates).toEqual(['shown', 'accepted']);
    client.text = 'const a = 1;\nconst b = 2;';
    await until(() => fates.length === 3);
    expect(fates.at(-1)).toBe('kept');
  });

  test('one that was changed is not kept', async () => {
    server.reply = ['1;'];
    const client = clientWith('const a = ');
    const { id } = await ask('const a = |', {}, client);
    fim.feedback({ id, event: 'accepted' }, client);
    client.text = 'const a = 2;';
    await until(() => fates.length === 2);
    expect(fates).toEqual(['accepted', 'changed']);
  });
});
