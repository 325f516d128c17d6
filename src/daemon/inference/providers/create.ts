import type { UpstreamConfig } from '../../../protocol/inference-config.js';
import type { Provider } from '../contract.js';
import { createLlamaProvider } from '../llama/provider.js';
import { LlamaServerProvider } from './llama-server.js';
import { OllamaProvider } from './ollama.js';
import { OpenAiProvider } from './openai.js';

/**
 * The provider for a configured model server. Does not connect.
 * @param env where `apiKeyEnv` is looked up
 * @throws CONFIG_INVALID if the url is none, or is remote without leave
 */
export function createProvider(config: UpstreamConfig, env: NodeJS.ProcessEnv = process.env): Provider {
  switch (config.kind) {
    case 'ollama':
      return new OllamaProvider(config, env);
    case 'openai':
      return new OpenAiProvider(config, env);
    case 'llama-server':
      return new LlamaServerProvider(config, env);
    case 'llama-cpp':
      return createLlamaProvider(config);
  }
}
