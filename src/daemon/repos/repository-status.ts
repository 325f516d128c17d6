import type { EmbeddingStatus, RepoStatus } from '../../protocol/status.js';
import type { StoreStats } from '../store/contract.js';
import type { Repository } from './repository.js';

const noEmbedding: EmbeddingStatus = {
  provider: 'none',
  model: null,
  dimensions: null,
  state: 'off',
  embedded: 0,
  total: 0,
  message: null,
};

/** Everything `lcad status` shows of a repository. Pure. */
export function statusOf(
  repo: Repository,
  stats: StoreStats | null,
  embedding: EmbeddingStatus | null,
): RepoStatus {
  const chunksOf = (key: string) => repo.family.store.keys.get(key) ?? 0;
  const languages = repo.live.languages(chunksOf);
  const { head, operation } = repo.checkout;
  const vectors = embedding ?? noEmbedding;
  return {
    ...repo.summary,
    epoch: repo.epoch,
    generation: repo.generation,
    ...head,
    gitOperation: operation,
    files: languages.reduce((sum, { files }) => sum + files, 0),
    chunks: languages.reduce((sum, { chunks }) => sum + chunks, 0),
    languages,
    pending: repo.pending,
    progress: repo.progress,
    lastChange: repo.lastChange,
    skipped: repo.skipped,
    quarantined: repo.quarantined.map(({ path, reason }) => ({ path, reason })),
    watching: repo.watching,
    diskBytes: stats?.bytes ?? 0,
    embedding: vectors,
    degraded: [...repo.problems, ...repo.family.degradations(), ...embeddingProblem(vectors)],
  };
}

function embeddingProblem({ state, message, provider }: EmbeddingStatus): RepoStatus['degraded'] {
  if (state === 'unavailable') {
    return [
      {
        kind: 'embedding',
        message: message ?? 'The built-in embedding model cannot be loaded.',
        next: 'Search works without vectors meanwhile; `lcad restart` tries again.',
      },
    ];
  }
  if (state !== 'unreachable' && state !== 'refused') return [];
  return [
    {
      kind: 'embedding',
      message: message ?? `The embedding provider ${provider} does not answer.`,
      next: 'Search works without vectors meanwhile; it is tried again by itself.',
    },
  ];
}
