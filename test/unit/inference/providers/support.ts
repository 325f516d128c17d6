import type {
  ChatRequest,
  Provider,
  ProviderEvent,
  ProviderRequest,
} from '../../../../src/daemon/inference/contract.js';
import { createProvider } from '../../../../src/daemon/inference/providers/create.js';
import { UpstreamConfig } from '../../../../src/protocol/inference-config.js';
import type { ServerKind } from '../../../support/model-server.js';

/** A signal that nobody aborts. */
export const never = new AbortController().signal;

/** A provider for a server, without an environment unless one is given. */
export function providerFor(
  server: { kind: ServerKind; url: string },
  more: Partial<UpstreamConfig> = {},
  env: NodeJS.ProcessEnv = {},
): Provider {
  return createProvider(
    UpstreamConfig.parse({ name: 'test', kind: server.kind, url: server.url, ...more }),
    env,
  );
}

/** A question of one message. */
export function asks(content: string, more: Partial<ChatRequest> = {}): ChatRequest {
  return { is: 'chat', messages: [{ role: 'user', content }], ...more };
}

/** All events of a generation. */
export async function eventsOf(
  provider: Provider,
  request: ProviderRequest,
  { model = 'test-coder', signal = never }: { model?: string; signal?: AbortSignal } = {},
): Promise<ProviderEvent[]> {
  const events: ProviderEvent[] = [];
  for await (const event of provider.generate(model, request, signal)) events.push(event);
  return events;
}

/** The text of events. */
export function textOf(events: readonly ProviderEvent[]): string {
  return events.map((event) => (event.is === 'text' ? event.text : '')).join('');
}

/** What came of a generation: the text before it ended, and the error that ended it. */
export async function outcome(
  provider: Provider,
  request: ProviderRequest,
  { model = 'test-coder', signal = never }: { model?: string; signal?: AbortSignal } = {},
): Promise<{ text: string; ended: boolean; error: unknown }> {
  let text = '';
  let ended = false;
  try {
    for await (const event of provider.generate(model, request, signal)) {
      if (event.is === 'text') text += event.text;
      if (event.is === 'end') ended = true;
    }
    return { text, ended, error: null };
  } catch (error) {
    return { text, ended, error };
  }
}
