import colors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { modelsText } from '../../../src/client/output/models-view.js';
import type { ModelServer, ModelsResult, OfferedModel } from '../../../src/protocol/models.js';

const plain = colors.createColors(false);
const painted = colors.createColors(true);

const offered = (name: string, more: Partial<OfferedModel> = {}): OfferedModel => ({
  name,
  loaded: null,
  bytes: null,
  architecture: null,
  parameters: null,
  quantisation: null,
  ...more,
});

const server = (more: Partial<ModelServer> = {}): ModelServer => ({
  name: 'ollama',
  kind: 'ollama',
  origin: 'http://127.0.0.1:11434',
  roles: ['chat', 'completion'],
  configured: true,
  state: 'ready',
  model: 'qwen2.5-coder:7b',
  contextTokens: 32_768,
  can: ['chat', 'suffix'],
  models: [],
  running: 0,
  queued: 0,
  concurrency: 2,
  message: null,
  next: null,
  ...more,
});

const result = (servers: ModelServer[], more: Partial<ModelsResult> = {}): ModelsResult => ({
  servers,
  uses: {
    chat: { upstream: 'ollama', model: 'qwen2.5-coder:7b' },
    completion: { upstream: 'llama', model: '' },
    embedding: { upstream: 'builtin', model: 'lcad-code-1' },
    rerank: null,
  },
  advice: { memoryBytes: 16e9, chat: 'a', completion: 'b', text: 'With 16 GB: a and b.' },
  next: null,
  ...more,
});

const textOf = (of: ModelsResult, { columns = Number.POSITIVE_INFINITY, paint = plain } = {}) =>
  modelsText(of, { columns, colors: paint });

describe('what lcad models tells a person', () => {
  it('begins with what is used for what', () => {
    const [chat, completion, embedding, rerank] = textOf(result([server()])).split('\n');
    expect(chat).toBe('chat        qwen2.5-coder:7b (ollama)');
    expect(completion).toBe('completion  the loaded model (llama)');
    expect(embedding).toBe('embedding   lcad-code-1 (builtin)');
    expect(rerank).toBe('rerank      none');
  });

  it('has each server with its models, what is loaded, and how large they are', () => {
    const models = [
      offered('qwen2.5-coder:7b', { loaded: true, bytes: 4.7e9, architecture: 'qwen2', parameters: '7.6B' }),
      offered('x', { loaded: false }),
    ];
    const text = textOf(result([server({ models })]));
    expect(text).toContain('ollama  ollama at http://127.0.0.1:11434  ready\n');
    expect(text).toContain('  qwen2.5-coder:7b for chat, completion, 32,768 tokens; can chat, suffix\n');
    expect(text).toMatch(/ {2}model +size {2}kind\n/);
    expect(text).toMatch(/ {2}qwen2\.5-coder:7b {2}loaded {2}4\.7 GB {2}qwen2 7\.6B\n {2}x\n/);
    const many = Array.from({ length: 23 }, (_, n) => offered(`m${n}`));
    expect(textOf(result([server({ models: many })]))).toContain('  and 3 more models\n');
  });

  it('says what is wrong and what to do where no server is ready', () => {
    const down = server({
      configured: false,
      state: 'unreachable',
      model: null,
      contextTokens: null,
      message: 'Nothing answers at http://127.0.0.1:11434.',
      next: 'Start it with: ollama serve',
    });
    const text = textOf(result([down], { next: 'Install Ollama.' }));
    expect(text).toContain('unreachable  (looked for by default)\n  for chat, completion\n  Nothing answers');
    expect(text).toContain('  Start it with: ollama serve\n');
    expect(text).not.toContain('Install Ollama.');
    expect(text.endsWith('serve\n\nWith 16 GB: a and b.\n')).toBe(true);
    const silent = textOf(result([{ ...down, next: null }], { next: 'Install Ollama.' }));
    expect(silent.endsWith('Install Ollama.\n\nWith 16 GB: a and b.\n')).toBe(true);
    expect(textOf(result([down, down], { next: 'Install Ollama.' }))).toContain(
      '\nNo model server is ready: ',
    );
    expect(textOf(result([]))).toContain('With 16 GB');
  });

  it('has colours only where they are wanted, lines that fit, and nothing that steers a terminal', () => {
    const strange = server({ name: 'a\x1b]0;b\x07', models: [offered(`${'long '.repeat(30)}\x1b[2J`)] });
    const text = textOf(result([strange]), { columns: 60 });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
    for (const line of text.split('\n').slice(6)) expect(line.length).toBeLessThanOrEqual(60);
    expect(textOf(result([server()]), { paint: painted })).toContain('\x1b[32mready\x1b[39m');
    expect(textOf(result([server({ state: 'refused' })]), { paint: painted })).toContain('\x1b[31mrefused');
  });
});
