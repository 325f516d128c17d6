import type { Protocol, ServerKind } from './model-protocol.js';
import { llamaServer } from './model-protocol-llama.js';
import { ollama } from './model-protocol-ollama.js';
import { openai } from './model-protocol-openai.js';

/** The wire protocol of a kind of server. */
export function protocolOf(kind: ServerKind): Protocol {
  return { ollama, openai, 'llama-server': llamaServer }[kind];
}
