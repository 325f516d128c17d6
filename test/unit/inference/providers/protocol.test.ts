import { afterEach, describe, expect, it } from 'vitest';
import type { ChatMessage, Provider, ToolSpec } from '../../../../src/daemon/inference/contract.js';
import {
  ModelServer,
  type ModelServerOptions,
  type RequestBody,
  type ServerKind,
} from '../../../support/model-server.js';
import { asks, eventsOf, never, outcome, providerFor, textOf } from './support.js';

const kinds: ServerKind[] = ['ollama', 'openai', 'llama-server'];
const tool: ToolSpec = {
  name: 'search',
  description: 'Searches.',
  parameters: { type: 'object', properties: { query: { type: 'string' } } },
};

let server: ModelServer;
let provider: Provider;

async function begin(
  options: ModelServerOptions,
  more: Parameters<typeof providerFor>[1] = {},
): Promise<void> {
  server = await ModelServer.start(options);
  provider = providerFor(server, more);
}

afterEach(async () => {
  await provider.close();
  await server.close();
});

describe.each(kinds)('%s', (kind) => {
  it('streams an answer with its usage', async () => {
    await begin({ kind, reply: { tokens: ['Hel', 'lo'], usage: { prompt: 11, output: 2, cached: 7 } } });
    const events = await eventsOf(provider, asks('hello'));
    expect(events.slice(0, 2)).toEqual([
      { is: 'text', text: 'Hel' },
      { is: 'text', text: 'lo' },
    ]);
    expect(events[2]).toEqual({
      is: 'end',
      reason: 'stop',
      usage: { promptTokens: 11, outputTokens: 2, cachedTokens: kind === 'ollama' ? null : 7 },
    });
    expect(events).toHaveLength(3);
  });

  it('tells of an answer that was cut', async () => {
    await begin({ kind, reply: ['a', 'b', 'c', 'd'] });
    const events = await eventsOf(provider, asks('hello', { maxTokens: 2 }));
    expect(textOf(events)).toBe('ab');
    expect(events.at(-1)).toMatchObject({ is: 'end', reason: 'length' });
  });

  it('passes on stop texts', async () => {
    await begin({ kind, reply: ['a', '\n', 'b'] });
    for (const request of [
      asks('hello', { stop: ['\n'] }),
      { is: 'raw', prompt: 'x', stop: ['\n'] } as const,
    ]) {
      expect(textOf(await eventsOf(provider, request))).toBe('a');
    }
  });

  it("tells an end that is the model's own from one that is not", async () => {
    await begin({ kind, reply: { tokens: ['half'], reason: 'content_filter' } });
    expect((await eventsOf(provider, asks('hello'))).at(-1)).toMatchObject({
      is: 'end',
      reason: 'other',
      said: 'content_filter',
    });
    server.answer({ tokens: ['half'], reason: 'abort' });
    const texts: string[] = [];
    const reading = (async () => {
      const events = provider.generate('test-coder', asks('hello'), never);
      for await (const event of events) if (event.is === 'text') texts.push(event.text);
    })();
    await expect(reading).rejects.toMatchObject({
      kind: 'PROVIDER_UNREACHABLE',
      message: expect.stringContaining('"abort"'),
    });
    expect(texts).toEqual(['half']);
  });

  it('keeps what a model thinks apart', async () => {
    await begin({ kind, reply: { thinking: ['hm', 'm'], tokens: ['yes'] } });
    const events = await eventsOf(provider, asks('hello'));
    expect(events.filter(({ is }) => is === 'thinking')).toEqual([
      { is: 'thinking', text: 'hm' },
      { is: 'thinking', text: 'm' },
    ]);
    expect(textOf(events)).toBe('yes');
  });

  it('asks for tools', async () => {
    const args = { query: 'naïve "quotes"', limit: 3 };
    await begin({
      kind,
      reply: {
        tools: [
          { name: 'search', arguments: args },
          { name: 'read', arguments: {} },
        ],
      },
    });
    const events = await eventsOf(provider, asks('hello', { tools: [tool] }));
    const calls = events.flatMap((event) => (event.is === 'tool' ? [event.call] : []));
    expect(calls).toMatchObject([
      { name: 'search', arguments: args },
      { name: 'read', arguments: {} },
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    expect(events.at(-1)).toMatchObject({ is: 'end', reason: 'tools' });
    expect(server.generations[0]?.body.tools).toEqual([
      {
        type: 'function',
        function: { name: 'search', description: 'Searches.', parameters: tool.parameters },
      },
    ]);
  });

  it('gives the answers of tools back', async () => {
    await begin({ kind });
    const messages: ChatMessage[] = [
      { role: 'user', content: 'where?' },
      {
        role: 'assistant',
        content: '',
        toolCalls: [{ id: 'c1', name: 'search', arguments: { query: 'x' } }],
      },
      { role: 'tool', content: 'here', toolCallId: 'c1' },
    ];
    await eventsOf(provider, { is: 'chat', messages });
    const sent = server.generations[0]?.body.messages;
    if (kind === 'ollama') {
      expect(sent).toEqual([
        { role: 'user', content: 'where?' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ function: { name: 'search', arguments: { query: 'x' } } }],
        },
        { role: 'tool', content: 'here', tool_name: 'search' },
      ]);
    } else {
      expect(sent).toEqual([
        { role: 'user', content: 'where?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'search', arguments: '{"query":"x"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'here' },
      ]);
    }
  });

  it('sends a raw prompt as it is', async () => {
    await begin({ kind, reply: { tokens: ['x', 'y'], usage: { prompt: 5, output: 2 } } });
    const events = await eventsOf(provider, {
      is: 'raw',
      prompt: '<fim>a',
      maxTokens: 9,
      seed: 4,
      temperature: 0,
    });
    expect(textOf(events)).toBe('xy');
    expect(events.at(-1)).toMatchObject({
      is: 'end',
      reason: 'stop',
      usage: { promptTokens: 5, outputTokens: 2 },
    });
    const { path = '', body = {} as RequestBody } = server.generations[0] ?? {};
    const expected = {
      ollama: {
        path: '/api/generate',
        body: { raw: true, options: { num_predict: 9, seed: 4, temperature: 0 } },
      },
      openai: { path: '/v1/completions', body: { max_tokens: 9, seed: 4, temperature: 0 } },
      'llama-server': {
        path: '/completion',
        body: { n_predict: 9, seed: 4, temperature: 0, cache_prompt: true },
      },
    }[kind];
    expect({ path, body }).toMatchObject(expected);
    expect(body.prompt).toBe('<fim>a');
  });

  it('lets the server put prefix and suffix together', async () => {
    await begin({ kind, reply: ['middle'] });
    expect(textOf(await eventsOf(provider, { is: 'suffix', prefix: 'a(', suffix: ')' }))).toBe('middle');
    const { path = '', body = {} as RequestBody } = server.generations[0] ?? {};
    const expected = {
      ollama: { path: '/api/generate', body: { prompt: 'a(', suffix: ')' } },
      openai: { path: '/v1/completions', body: { prompt: 'a(', suffix: ')' } },
      'llama-server': { path: '/infill', body: { input_prefix: 'a(', input_suffix: ')', input_extra: [] } },
    }[kind];
    expect({ path, body }).toMatchObject(expected);
  });

  it('lists models and answers whether it is there', async () => {
    await begin({ kind, models: [{ name: 'a' }, { name: 'b', loaded: false }] });
    await provider.health(never);
    const models = await provider.models(never);
    expect(models.map(({ name }) => name)).toEqual(['a', 'b']);
    if (kind === 'ollama') {
      expect(models).toMatchObject([
        {
          loaded: true,
          architecture: 'qwen2',
          parameters: '1.5B',
          quantisation: 'Q4_K_M',
          bytes: 986_061_892,
        },
        { loaded: false },
      ]);
    }
  });

  it('says MODEL_UNKNOWN for a model that the server does not have', async () => {
    await begin({ kind });
    await expect(provider.capabilities('absent', never)).rejects.toMatchObject({ kind: 'MODEL_UNKNOWN' });
    // llama-server answers with the one that it has.
    if (kind === 'llama-server') return;
    const { error } = await outcome(provider, asks('hello'), { model: 'absent' });
    expect(error).toMatchObject({ kind: 'MODEL_UNKNOWN', message: expect.stringContaining('absent') });
    if (kind === 'ollama') expect(error).toMatchObject({ next: 'Run: ollama pull absent' });
  });

  it('finds a model when none is named', async () => {
    await begin({
      kind,
      models: [{ name: 'nomic-embed-text', chat: false, infill: false, embedding: true }, { name: 'coder' }],
    });
    expect((await provider.capabilities('', never)).model).toBe('coder');
    await eventsOf(provider, asks('hello'), { model: '' });
    if (kind !== 'llama-server') expect(server.generations[0]?.body.model).toBe('coder');
  });

  it('refuses lists that are none', async () => {
    await begin({ kind });
    server.failAll = { is: 'status', status: 200, message: 'surprise' };
    await expect(provider.models(never)).rejects.toMatchObject({ kind: 'PROVIDER_BAD_REPLY' });
    await expect(provider.capabilities('test-coder', never)).rejects.toMatchObject({
      kind: 'PROVIDER_BAD_REPLY',
    });
  });

  it('sends the key of the environment variable that is named', async () => {
    server = await ModelServer.start({ kind });
    provider = providerFor(server, { apiKeyEnv: 'TEST_KEY' }, { TEST_KEY: 'k1' });
    await provider.models(never);
    await eventsOf(provider, asks('hello'));
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(
      server.requests.map(() => 'Bearer k1'),
    );
  });

  it('sends code to other machines with leave only', async () => {
    await begin({ kind });
    expect(() => providerFor({ kind, url: 'http://192.0.2.1:80' })).toThrow(
      expect.objectContaining({ kind: 'CONFIG_INVALID', next: expect.stringContaining('allowRemote') }),
    );
    const remote = providerFor({ kind, url: 'http://192.0.2.1:8000/' }, { allowRemote: true });
    expect(remote.origin).toBe('http://192.0.2.1:8000');
    await remote.close();
  });

  it('has one origin for one server, however it is written', async () => {
    await begin({ kind });
    const other = providerFor({ kind, url: `http://localhost:${server.port}/v1/` });
    expect(other.origin).toBe(provider.origin);
    expect(textOf(await eventsOf(other, asks('hello')))).toBe('ok');
    await other.close();
  });
});

describe('capabilities', () => {
  it('of Ollama are what it says of the model', async () => {
    await begin({
      kind: 'ollama',
      models: [
        { name: 'coder', contextTokens: 16_384, template: '{{ .Prompt }}' },
        { name: 'plain', tools: false, infill: false, loaded: false },
        { name: 'embedder', chat: false, embedding: true },
      ],
    });
    expect(await provider.capabilities('coder', never)).toEqual({
      model: 'coder',
      contextTokens: 16_384,
      chat: true,
      suffix: true,
      infill: false,
      raw: true,
      tools: true,
      embedding: false,
      slots: null,
      template: '{{ .Prompt }}',
    });
    expect(await provider.capabilities('plain', never)).toMatchObject({
      suffix: false,
      tools: false,
      contextTokens: 4096,
    });
    expect(await provider.capabilities('embedder', never)).toMatchObject({ chat: false, embedding: true });
  });

  it('of Ollama: a configured context is what it is told to make room for', async () => {
    await begin({ kind: 'ollama' }, { contextTokens: 12_000, keepAlive: '-1' });
    expect((await provider.capabilities('test-coder', never)).contextTokens).toBe(12_000);
    await eventsOf(provider, asks('hello'));
    expect(server.generations[0]?.body).toMatchObject({ keep_alive: -1, options: { num_ctx: 12_000 } });
  });

  it.each([true, false])('of llama-server: infill is %s', async (infill) => {
    await begin({
      kind: 'llama-server',
      slots: 3,
      models: [{ name: 'm', infill, contextTokens: 2048, template: 'T' }],
    });
    expect(await provider.capabilities('', never)).toEqual({
      model: 'm',
      contextTokens: 2048,
      chat: true,
      suffix: infill,
      infill,
      raw: true,
      tools: true,
      embedding: false,
      slots: 3,
      template: 'T',
    });
    expect(server.generations).toHaveLength(0);
  });

  it('of others are those of any, with the context that the list tells of', async () => {
    await begin({ kind: 'openai', models: [{ name: 'm', contextTokens: 32_000 }] });
    expect(await provider.capabilities('m', never)).toMatchObject({
      contextTokens: 32_000,
      chat: true,
      raw: true,
      suffix: false,
      infill: false,
      tools: null,
    });
  });
});

describe('llama-server', () => {
  it('is given texts of other files for infill', async () => {
    await begin({
      kind: 'llama-server',
      reply: { tokens: ['x'], usage: { prompt: 9, output: 1, cached: 4 } },
    });
    const extra = [{ filename: 'a.ts', text: 'const a = 1;' }];
    const events = await eventsOf(provider, { is: 'infill', prefix: 'p', suffix: 's', extra, maxTokens: 8 });
    expect(events.at(-1)).toEqual({
      is: 'end',
      reason: 'stop',
      usage: { promptTokens: 9, outputTokens: 1, cachedTokens: 4 },
    });
    expect(server.generations[0]?.body).toMatchObject({
      input_prefix: 'p',
      input_suffix: 's',
      input_extra: extra,
      n_predict: 8,
      stream: true,
    });
  });

  it('refuses infill for a model that cannot', async () => {
    await begin({ kind: 'llama-server', models: [{ name: 'm', infill: false }] });
    const { error } = await outcome(provider, { is: 'infill', prefix: 'p', suffix: 's', extra: [] });
    expect(error).toMatchObject({ kind: 'PROVIDER_REFUSED', details: { status: 501 } });
  });

  it('is not there yet while it loads its model', async () => {
    await begin({ kind: 'llama-server' });
    server.failAll = { is: 'status', status: 503, message: 'Loading model' };
    await expect(provider.health(never)).rejects.toMatchObject({
      kind: 'PROVIDER_UNREACHABLE',
      message: expect.stringContaining('Loading model'),
    });
  });
});
