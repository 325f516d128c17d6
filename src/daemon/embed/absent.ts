import { LcadError } from '../../shared/errors.js';
import type { EmbeddingConfig, EmbeddingModel } from './contract.js';

/**
 * Stands where no model can embed: none is configured, or the built-in one is being loaded, cannot be loaded, or is of
 * another version than vectors that are still there.
 */
export class AbsentModel implements EmbeddingModel {
  readonly kind = 'builtin';
  readonly name = null;
  readonly dimensions = null;
  readonly batchSize = 1;
  readonly usable = false;
  readonly waitMs = 0;
  readonly inMemory = null;

  constructor(
    readonly config: EmbeddingConfig,
    readonly state: 'off' | 'building' | 'unavailable',
    readonly message: string | null = null,
    readonly id: string = config.provider,
  ) {}

  embed(): Promise<never> {
    return Promise.reject(new LcadError('MODEL_UNREADABLE', this.message ?? 'There is no embedding model.'));
  }

  embedQuery(): Promise<null> {
    return Promise.resolve(null);
  }
}
