import { totalmem } from 'node:os';
import type { Config } from '../../../protocol/config.js';
import type { UpstreamRole } from '../../../protocol/inference.js';
import type { ModelServer, ModelsResult, ModelUse } from '../../../protocol/models.js';
import { modelAdvice } from '../../inference/advice.js';
import type { Capabilities, Inference } from '../../inference/contract.js';
import type { UpstreamStatus } from '../../inference/inference.js';
import { howToStartAny } from '../../inference/upstreams/defaults.js';
import type { DaemonHandlers } from '../options.js';

/** Servers that are slower to tell what they have are told of as they are known. */
const refreshMs = 4000;
const abilities = ['chat', 'raw', 'suffix', 'infill', 'tools', 'embedding'] as const;

/** What is asked about the model servers. */
export interface ModelServers extends Pick<Inference, 'targetFor'> {
  status(): readonly UpstreamStatus[];
  refresh(signal: AbortSignal): Promise<void>;
}

/** Handler of `lcad/models`. @param config the one in force */
export function modelsHandlers(
  servers: ModelServers,
  config: () => Config,
): Pick<DaemonHandlers, 'lcad/models'> {
  return {
    'lcad/models': async ({ refresh = true }, { signal }) => {
      if (refresh) await refreshed(servers, signal);
      const { inference, embedding, rerank } = config();
      const known = servers.status();
      const ready = known.some(({ state }) => state === 'ready');
      return {
        servers: known.map((status) => serverOf(status, inference.upstreams.length > 0)),
        uses: {
          chat: useOf(servers, 'chat'),
          completion: useOf(servers, 'completion'),
          embedding: embeddingUse(embedding),
          rerank: rerank.provider === 'builtin' ? builtin('ranking') : outside(rerank),
        },
        advice: modelAdvice(usableMemory()),
        next: ready ? null : howToStartAny(inference.upstreams),
      } satisfies ModelsResult;
    },
  };
}

/** @throws the signal's reason */
async function refreshed(servers: ModelServers, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.timeout(refreshMs);
  try {
    await servers.refresh(AbortSignal.any([signal, late]));
  } catch (error) {
    if (!late.aborted) throw error;
  }
  signal.throwIfAborted();
}

function serverOf(status: UpstreamStatus, configured: boolean): ModelServer {
  const { name, kind, origin, roles, state, capabilities, models } = status;
  return {
    name,
    kind,
    origin,
    roles: [...roles],
    configured,
    state,
    model: capabilities?.model || status.model || null,
    contextTokens: capabilities?.contextTokens ?? null,
    can: abilities.filter((ability) => canDo(capabilities, ability)),
    models: models.map((model) => ({ ...model })),
    running: status.running,
    queued: status.queued,
    concurrency: status.concurrency,
    message: status.message,
    next: status.next,
  };
}

function canDo(capabilities: Capabilities | null, ability: (typeof abilities)[number]): boolean {
  return capabilities?.[ability] === true;
}

function useOf(servers: ModelServers, role: UpstreamRole): ModelUse | null {
  const target = servers.targetFor(role);
  return target && { upstream: target.upstream, model: target.capabilities.model };
}

function embeddingUse(embedding: Config['embedding']): ModelUse | null {
  if (embedding.provider === 'none') return null;
  return embedding.provider === 'builtin' ? builtin('lcad-code-1') : outside(embedding);
}

function builtin(model: string): ModelUse {
  return { upstream: 'builtin', model };
}

/** A server of another table than `inference`. */
function outside({ provider, url, model }: { provider: string; url: string; model: string }): ModelUse {
  return { upstream: url === '' ? provider : url, model };
}

/** Memory that the daemon may use: a container may have less than its machine. */
function usableMemory(): number {
  const limit = process.constrainedMemory();
  const all = totalmem();
  return limit > 0 && limit < all ? limit : all;
}
