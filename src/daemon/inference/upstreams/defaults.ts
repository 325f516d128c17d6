import { UpstreamConfig } from '../../../protocol/inference-config.js';

/** Where model servers usually are: looked at while none is configured. */
export const usualUpstreams: readonly UpstreamConfig[] = [
  UpstreamConfig.parse({ name: 'ollama', kind: 'ollama', url: 'http://127.0.0.1:11434' }),
  UpstreamConfig.parse({ name: 'llama-server', kind: 'llama-server', url: 'http://127.0.0.1:8080' }),
];

/** A small model that completes and chats, for who has none. */
const suggestedModel = 'qwen2.5-coder:1.5b';

/** What to do so that an upstream answers. */
export function howToStart(config: UpstreamConfig): string {
  const { kind, model, file } = config;
  if (kind === 'ollama') {
    const address = config.url && !isUsual(config.url) ? `OLLAMA_HOST=${hostOf(config.url)} ` : '';
    return `\`${address}ollama serve\`, then \`ollama pull ${model || suggestedModel}\` (Ollama: https://ollama.com)`;
  }
  if (kind === 'llama-server') {
    const port = portOf(config.url) ?? '8080';
    return `\`llama-server -m ${file || '<model>.gguf'} --port ${port}\` (llama.cpp: https://github.com/ggml-org/llama.cpp)`;
  }
  if (kind === 'llama-cpp') {
    return `\`npm install -g node-llama-cpp\`, and see that ${file || 'its `file`'} is there`;
  }
  return `start the server at ${config.url || 'http://127.0.0.1:8080'}, or correct its \`url\``;
}

/** What to do where no model server answers. */
export function howToStartAny(configs: readonly UpstreamConfig[]): string {
  const ways = (configs.length > 0 ? configs : usualUpstreams).map(
    (config) => `${config.name}: ${howToStart(config)}`,
  );
  return `Start ${ways.length > 1 ? 'one of these' : 'it'}. ${ways.join('; ')}.`;
}

function isUsual(url: string): boolean {
  return /^http:\/\/(127\.0\.0\.1|localhost):11434\/?$/.test(url);
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    // What is no url is told as it is written.
    return url;
  }
}

function portOf(url: string): string | null {
  try {
    return new URL(url).port || null;
  } catch {
    // Empty: the usual one.
    return null;
  }
}
