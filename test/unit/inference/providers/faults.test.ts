import { afterEach, describe, expect, it } from 'vitest';
import type { Provider } from '../../../../src/daemon/inference/contract.js';
import { ModelServer, type ServerKind } from '../../../support/model-server.js';
import { asks, eventsOf, never, outcome, providerFor, textOf } from './support.js';

const kinds: ServerKind[] = ['ollama', 'openai', 'llama-server'];

let server: ModelServer;
let provider: Provider;

async function begin(kind: ServerKind, reply: readonly string[] = ['one ', 'two ', 'three']): Promise<void> {
  server = await ModelServer.start({ kind, reply });
  provider = providerFor(server);
}

afterEach(async () => {
  await provider.close();
  await server.close();
});

describe.each(kinds)('%s, when something goes wrong', (kind) => {
  it('ends the request at the server when it is aborted before the headers', async () => {
    await begin(kind);
    server.fault({ is: 'hang-before-headers' });
    const stop = new AbortController();
    const result = outcome(provider, asks('hello'), { signal: stop.signal });
    await server.until(({ open }) => open === 1);
    const reason = new Error('no longer wanted');
    stop.abort(reason);
    expect(await result).toEqual({ text: '', ended: false, error: reason });
    await server.until(({ generations }) => generations[0]?.abortedAt !== null);
    expect(server.open).toBe(0);
  });

  it.each([0, 2])('ends the request at the server when it is aborted after %i tokens', async (tokens) => {
    await begin(kind);
    server.fault({ is: 'hang-after', tokens });
    const stop = new AbortController();
    const result = outcome(provider, asks('hello'), { signal: stop.signal });
    await server.until(({ generations }) => generations[0]?.sentTokens === tokens && server.open === 1);
    const reason = new Error('no longer wanted');
    stop.abort(reason);
    expect((await result).error).toBe(reason);
    await server.until(({ open }) => open === 0);
    expect(server.generations[0]?.abortedAt).not.toBeNull();
  });

  it('ends the request at the server when the reader leaves', async () => {
    await begin(kind);
    server.fault({ is: 'endless-tokens' });
    for await (const event of provider.generate('test-coder', asks('hello'), new AbortController().signal)) {
      expect(event.is).toBe('text');
      break;
    }
    await server.until(({ open }) => open === 0);
    expect(server.generations[0]?.abortedAt).not.toBeNull();
  });

  it('ends the request at the server when the reader leaves while a read waits', async () => {
    await begin(kind);
    server.fault({ is: 'hang-after', tokens: 1 });
    const events = provider
      .generate('test-coder', asks('hello'), new AbortController().signal)
      [Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual({ is: 'text', text: 'one ' });
    const waiting = events.next().catch((error: unknown) => error);
    await events.return?.();
    await server.until(({ open }) => open === 0);
    expect(await waiting).toBeInstanceOf(Error);
  });

  it('makes no request when it is aborted before', async () => {
    await begin(kind);
    const result = await outcome(provider, asks('hello'), { signal: AbortSignal.abort(new Error('gone')) });
    expect(result.error).toMatchObject({ message: 'gone' });
    expect(server.requests).toHaveLength(0);
  });

  it('puts together characters that packets tear apart', async () => {
    await begin(kind, ['naïve ', '日本語 ', '🦀 ', 'é']);
    server.fault({ is: 'drip' });
    const events = await eventsOf(provider, asks('hello'));
    expect(textOf(events)).toBe('naïve 日本語 🦀 é');
    expect(events.at(-1)?.is).toBe('end');
  });

  it('replaces bytes that are no UTF-8', async () => {
    await begin(kind);
    server.fault({ is: 'invalid-utf8' });
    expect(textOf(await eventsOf(provider, asks('hello')))).toBe('a\uFFFDb');
  });

  it.each([
    [{ is: 'die-after', tokens: 2 }, 'one two '],
    [{ is: 'end-after', tokens: 2 }, 'one two '],
    [{ is: 'end-after', tokens: 0 }, ''],
  ] as const)('tells of a stream that breaks off: %o', async (fault, text) => {
    await begin(kind);
    server.fault(fault);
    const result = await outcome(provider, asks('hello'));
    expect(result).toMatchObject({ text, ended: false, error: { kind: 'PROVIDER_UNREACHABLE' } });
    expect((result.error as Error).message).toContain('broke off');
  });

  it.each([0, 2])('refuses garbage after %i tokens', async (tokens) => {
    await begin(kind);
    server.fault({ is: 'garbage', tokens });
    const result = await outcome(provider, asks('hello'));
    expect(result).toMatchObject({ ended: false, error: { kind: 'PROVIDER_BAD_REPLY' } });
    expect(result.text).toBe(tokens === 0 ? '' : 'one two ');
  });

  it('refuses a line without end, and stops reading it', async () => {
    await begin(kind);
    server.fault({ is: 'endless-line', tokens: 1 });
    const result = await outcome(provider, asks('hello'));
    expect(result).toMatchObject({ text: 'one ', error: { kind: 'PROVIDER_BAD_REPLY' } });
    await server.until(({ open }) => open === 0);
    expect(server.generations[0]?.sentBytes).toBeLessThan(64 << 20);
  });

  it('refuses a content type that is no stream', async () => {
    await begin(kind);
    server.fault({ is: 'content-type' });
    expect((await outcome(provider, asks('hello'))).error).toMatchObject({
      kind: 'PROVIDER_BAD_REPLY',
      message: expect.stringContaining('text/html'),
    });
    await server.until(({ open }) => open === 0);
  });

  it('passes on the error that a stream ends with', async () => {
    await begin(kind);
    server.fault({ is: 'error-in-stream', tokens: 1, message: 'out of memory' });
    const result = await outcome(provider, asks('hello'));
    expect(result).toMatchObject({ text: 'one ', ended: false });
    expect((result.error as Error).message).toContain('out of memory');
  });

  it.each([429, 503])('passes on when to come back after %i', async (status) => {
    await begin(kind);
    server.fault({ is: 'status', status, headers: { 'retry-after': '3' } });
    expect((await outcome(provider, asks('hello'))).error).toMatchObject({
      kind: 'PROVIDER_UNREACHABLE',
      details: { status, retryAfterMs: 3000 },
    });
  });

  it.each([
    [400, 'PROVIDER_REFUSED'],
    [401, 'PROVIDER_REFUSED'],
    [404, 'PROVIDER_REFUSED'],
    [500, 'PROVIDER_UNREACHABLE'],
  ] as const)('tells what a status of %i means', async (status, kindOfError) => {
    await begin(kind);
    server.fault({ is: 'status', status, message: 'so it is' });
    expect((await outcome(provider, asks('hello'))).error).toMatchObject({
      kind: kindOfError,
      message: expect.stringContaining('so it is'),
      details: { status },
    });
  });

  it('does not follow redirects', async () => {
    await begin(kind);
    server.fault({ is: 'status', status: 307, headers: { location: `${server.url}/elsewhere` } });
    expect((await outcome(provider, asks('hello'))).error).toMatchObject({
      kind: 'PROVIDER_REFUSED',
      details: { status: 307 },
    });
    expect(server.requests.map(({ path }) => path)).not.toContain('/elsewhere');
  });

  it('tells of a server that closes its connections', async () => {
    await begin(kind);
    server.fault({ is: 'refuse-connection' }, { is: 'refuse-connection' });
    expect((await outcome(provider, asks('hello'))).error).toMatchObject({ kind: 'PROVIDER_UNREACHABLE' });
  });

  it('tells of a server that is not there', async () => {
    await begin(kind);
    await server.close();
    expect((await outcome(provider, asks('hello'))).error).toMatchObject({
      kind: 'PROVIDER_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await expect(provider.health(new AbortController().signal)).rejects.toMatchObject({
      kind: 'PROVIDER_UNREACHABLE',
    });
  });

  it('asks again when a kept connection was closed meanwhile', async () => {
    await begin(kind);
    await eventsOf(provider, asks('first'));
    server.fault({ is: 'refuse-connection' });
    expect(textOf(await eventsOf(provider, asks('second')))).toBe('one two three');
  });

  it('uses one connection for one answer after another', async () => {
    await begin(kind);
    for (let at = 0; at < 5; at++) await eventsOf(provider, asks(`question ${at}`));
    expect(server.connections).toBe(1);
    expect(server.generations.every(({ endedAt }) => endedAt !== null)).toBe(true);
  });

  it('keeps the connection for a reader who leaves at the end', async () => {
    await begin(kind);
    for (let at = 0; at < 5; at++) {
      for await (const { is } of provider.generate('test-coder', asks('hello'), never))
        if (is === 'end') break;
    }
    expect(server.connections).toBe(1);
  });

  it('reads no more from the server than its reader takes', async () => {
    await begin(kind);
    server.fault({ is: 'endless-tokens' });
    const events = provider
      .generate('test-coder', asks('hello'), new AbortController().signal)
      [Symbol.asyncIterator]();
    await events.next();
    let before = -1;
    // The server goes on until the buffers of both sockets are full.
    while (before !== server.generations[0]?.sentBytes) {
      before = server.generations[0]?.sentBytes ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    const rss = process.memoryUsage().heapUsed;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(server.generations[0]?.sentBytes).toBe(before);
    expect(process.memoryUsage().heapUsed - rss).toBeLessThan(8 << 20);
    for (let at = 0; at < 200_000 && server.generations[0]?.sentBytes === before; at++) await events.next();
    expect(server.generations[0]?.sentBytes).toBeGreaterThan(before);
    await events.return?.();
    await server.until(({ open }) => open === 0);
  });
});
