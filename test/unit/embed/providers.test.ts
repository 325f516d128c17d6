import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmbeddingConfig, EmbeddingProvider } from '../../../src/daemon/embed/contract.js';
import { createProvider, modelId } from '../../../src/daemon/embed/model.js';
import { Config } from '../../../src/protocol/config.js';
import { EmbeddingServer } from '../../support/embedding-server.js';

let server: EmbeddingServer;
const signal = new AbortController().signal;

beforeEach(async () => {
  server = await EmbeddingServer.start({ 'nomic-embed-text': 16, plain: 8 });
});
afterEach(async () => {
  await server.stop();
});

function configOf(provider: 'ollama' | 'openai', more: Partial<EmbeddingConfig> = {}): EmbeddingConfig {
  return {
    ...Config.parse({}).embedding,
    provider,
    url: server.url,
    model: 'plain',
    timeoutMs: 2000,
    ...more,
  };
}

function providerOf(provider: 'ollama' | 'openai', more: Partial<EmbeddingConfig> = {}): EmbeddingProvider {
  const created = createProvider(configOf(provider, more));
  if (!created) throw new Error('no provider');
  return created;
}

const norm = (vector: Float32Array) => Math.hypot(...vector);

for (const kind of ['ollama', 'openai'] as const) {
  describe(`${kind} embeddings`, () => {
    test('come in the order of the texts, as unit vectors', async () => {
      const provider = providerOf(kind);
      const [a, b, c] = await provider.embedDocuments(['alpha beta', 'gamma', 'alpha beta'], signal);
      expect(a).toEqual(c);
      expect(a).not.toEqual(b);
      expect(norm(a as Float32Array)).toBeCloseTo(1, 5);
    });

    test('carry the prefixes of the model family', async () => {
      const provider = providerOf(kind, { model: 'nomic-embed-text' });
      await provider.embedDocuments(['text'], signal);
      await provider.embedQuery('question', signal);
      expect(server.requests.map(({ body }) => body.input)).toEqual([
        ['search_document: text'],
        ['search_query: question'],
      ]);
    });

    test('are cut to the dimensions asked for, and scaled again', async () => {
      const provider = providerOf(kind, { dimensions: 4 });
      const [vector] = await provider.embedDocuments(['some words to embed'], signal);
      expect(server.requests[0]?.body.dimensions).toBe(4);
      expect(vector).toHaveLength(4);
      expect(norm(vector as Float32Array)).toBeCloseTo(1, 5);
    });

    test.each([
      ['down', { kind: 'die' }, 'PROVIDER_UNREACHABLE'],
      ['slow', { kind: 'hang' }, 'PROVIDER_UNREACHABLE'],
      ['overloaded', { kind: 'status', status: 503 }, 'PROVIDER_UNREACHABLE'],
      ['not JSON', { kind: 'garbage', body: '<html>' }, 'PROVIDER_BAD_REPLY'],
      ['of another kind', { kind: 'garbage', body: '{"ok":true}' }, 'PROVIDER_BAD_REPLY'],
      ['unauthorised', { kind: 'status', status: 401 }, 'PROVIDER_REFUSED'],
    ] as const)('tell when the server is %s', async (_what, fault, expected) => {
      server.faults.push(fault);
      const provider = providerOf(kind, { timeoutMs: 300 });
      await expect(provider.embedQuery('q', signal)).rejects.toMatchObject({ kind: expected });
    });

    test('say how long an overloaded server asked to wait', async () => {
      server.faults.push({ kind: 'status', status: 429, headers: { 'retry-after': '7' } });
      const failed = providerOf(kind).embedQuery('q', signal);
      await expect(failed).rejects.toMatchObject({
        kind: 'PROVIDER_UNREACHABLE',
        details: { retryAfterMs: 7000 },
      });
    });

    test('tell when the server does not have the model', async () => {
      const failed = providerOf(kind, { model: 'absent' }).embedQuery('q', signal);
      await expect(failed).rejects.toMatchObject({ kind: 'PROVIDER_REFUSED', details: { status: 404 } });
    });

    test('are given up when the caller aborts, at the server too', async () => {
      server.faults.push({ kind: 'hang' });
      const controller = new AbortController();
      const failed = providerOf(kind, { timeoutMs: 60_000 }).embedQuery('q', controller.signal);
      const rejected = expect(failed).rejects.toThrow('enough');
      while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort(new Error('enough'));
      await rejected;
      while (server.open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    });
  });
}

describe('configuration of a provider', () => {
  test('openai sends the key of the environment variable that is named', async () => {
    process.env.LCAD_TEST_KEY = 'secret';
    try {
      await providerOf('openai', { apiKeyEnv: 'LCAD_TEST_KEY' }).embedQuery('q', signal);
    } finally {
      delete process.env.LCAD_TEST_KEY;
    }
    expect(server.requests[0]?.authorization).toBe('Bearer secret');
  });

  test('a server that is not on this machine needs leave', () => {
    expect(() => providerOf('ollama', { url: 'http://example.com' })).toThrow(/not on this machine/);
    expect(() => providerOf('ollama', { url: 'http://example.com', allowRemote: true })).not.toThrow();
  });

  test.each(['localhost:11434', 'ftp://127.0.0.1', 'not a url'])('%s is refused as a url', (url) => {
    expect(() => providerOf('openai', { url })).toThrow(/embedding\.url/);
  });

  test('what changes the vectors changes the id of the model, and nothing else does', () => {
    const base = configOf('ollama');
    expect(modelId({ ...base, batchSize: 7, url: 'http://127.0.0.1:1' })).toBe(modelId(base));
    for (const other of [
      { model: 'x' },
      { dimensions: 4 },
      { documentPrefix: 'd' },
      { provider: 'openai' as const },
    ]) {
      expect(modelId({ ...base, ...other })).not.toBe(modelId(base));
    }
  });
});
