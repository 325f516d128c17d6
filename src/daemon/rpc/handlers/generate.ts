import type { GenerateParams } from '../../../protocol/generate.js';
import { generationResult } from '../../inference/collect.js';
import type { ChatMessage, Inference, ProviderRequest, Sampling, Target } from '../../inference/contract.js';
import type { DaemonHandlers } from '../options.js';
import { streamed } from '../streaming.js';

/** Handler of `lcad/generate`. */
export function generateHandlers(inference: Inference): Pick<DaemonHandlers, 'lcad/generate'> {
  return {
    'lcad/generate': async (params, { signal, connection, progress }) => {
      const { class: urgency = 'chat', upstream, model, progressToken } = params;
      const events = inference.run(
        {
          role: urgency,
          class: urgency,
          client: connection,
          upstream,
          model,
          make: (target) => requestOf(params, target),
        },
        signal,
      );
      return generationResult(await streamed(events, progress(progressToken)));
    },
  };
}

/** A server without a template for conversations gets a lone prompt as it is. Pure. */
function requestOf(params: GenerateParams, { capabilities }: Target): ProviderRequest {
  const { prompt, messages, system, raw, maxTokens, temperature, topP, seed, stop } = params;
  const sampling: Sampling = { maxTokens, temperature, topP, seed, stop };
  const plain = !capabilities.chat && capabilities.raw && system === undefined;
  if (prompt !== undefined && (raw || plain)) return { is: 'raw', prompt, ...sampling };
  const before: ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }];
  const said: readonly ChatMessage[] = messages ?? [{ role: 'user', content: prompt ?? '' }];
  return { is: 'chat', messages: [...before, ...said], ...sampling };
}
