import { providerUrl } from '../embed/http.js';
import type { RerankConfig } from './contract.js';

/** A wire format at an address. */
export interface Attempt {
  readonly style: 'jina' | 'tei' | 'openai' | 'ollama';
  readonly url: string;
}

const defaultUrl = 'http://127.0.0.1:8080';
const ollamaUrl = 'http://127.0.0.1:11434';

/**
 * What to try, in this order, until a server understands: one wire format if the configuration names it. Paths are
 * those that are documented: `/v1/rerank` (Jina, llama-server, vLLM), `/rerank` (TEI, Infinity, llama-server),
 * `/v1/chat/completions` (OpenAI), `/api/chat` (Ollama). Pure.
 *
 * @throws CONFIG_INVALID if the url is none, is remote without leave, or the style is of another provider
 */
export function attemptsOf(config: RerankConfig): Attempt[] {
  const { provider, style, url, allowRemote } = config;
  const fallback = style === 'ollama' ? ollamaUrl : defaultUrl;
  const base = providerUrl(url, fallback, allowRemote, 'rerank');
  const all = provider === 'chat' ? chatAttempts(base) : endpointAttempts(base);
  if (style === 'auto') return all;
  return all.filter((attempt) => attempt.style === style);
}

function endpointAttempts(base: string): Attempt[] {
  if (/\/rerank(ing)?$/.test(base)) {
    return [
      { style: 'jina', url: base },
      { style: 'tei', url: base },
    ];
  }
  const { root, version } = split(base);
  return [
    { style: 'jina', url: `${root}${version}/rerank` },
    { style: 'tei', url: `${root}/rerank` },
    { style: 'jina', url: `${root}/rerank` },
  ];
}

function chatAttempts(base: string): Attempt[] {
  if (base.endsWith('/chat/completions')) return [{ style: 'openai', url: base }];
  if (base.endsWith('/api/chat')) return [{ style: 'ollama', url: base }];
  const { root, version } = split(base);
  const ollama: Attempt = { style: 'ollama', url: `${root.replace(/\/api$/, '')}/api/chat` };
  const openai: Attempt = { style: 'openai', url: `${root}${version}/chat/completions` };
  const isOllama = root.endsWith('/api') || (new URL(base).port === '11434' && !base.endsWith('/v1'));
  return isOllama ? [ollama, openai] : [openai, ollama];
}

function split(base: string): { root: string; version: string } {
  const version = /\/v\d+$/.exec(base)?.[0];
  return version === undefined
    ? { root: base, version: '/v1' }
    : { root: base.slice(0, -version.length), version };
}
