import type { UpstreamRole } from '../../../protocol/inference.js';
import type { InferenceConfig, UpstreamConfig } from '../../../protocol/inference-config.js';
import type { Capabilities, Provider } from '../contract.js';
import { usualUpstreams } from './defaults.js';
import { ModelUpstream } from './upstream.js';

/** The model servers in the order of the configuration; the usual ones where none is configured. */
export class Upstreams {
  readonly #createProvider: (config: UpstreamConfig) => Provider;
  readonly #onCapabilities: () => void;
  #all: readonly ModelUpstream[] = [];
  #configured: readonly UpstreamConfig[] = [];

  constructor(
    config: InferenceConfig,
    options: { createProvider: (config: UpstreamConfig) => Provider; onCapabilities: () => void },
  ) {
    this.#createProvider = options.createProvider;
    this.#onCapabilities = options.onCapabilities;
    this.configure(config);
  }

  get all(): readonly ModelUpstream[] {
    return this.#all;
  }

  /** What the user configured: empty while the usual servers are looked for. */
  get configured(): readonly UpstreamConfig[] {
    return this.#configured;
  }

  /** Servers whose settings are as before stay as they are, with what is known of them. */
  configure({ upstreams }: InferenceConfig): void {
    const before = new Map(this.#all.map((upstream) => [JSON.stringify(upstream.config), upstream]));
    this.#configured = upstreams;
    const isGuess = upstreams.length === 0;
    this.#all = (isGuess ? usualUpstreams : upstreams).map((config) => {
      const key = JSON.stringify(config);
      const kept = before.get(key);
      before.delete(key);
      if (kept) return kept;
      const options = { createProvider: this.#createProvider, isGuess, onCapabilities: this.#onCapabilities };
      return new ModelUpstream(config, options);
    });
    for (const gone of before.values()) void gone.retire();
  }

  named(name: string): ModelUpstream | undefined {
    return this.#all.find((upstream) => upstream.name === name);
  }

  /** Those of a role in the order in which to try them: first those that are not known to be down. */
  of(role: UpstreamRole): ModelUpstream[] {
    const all = this.#all.filter(({ config }) => config.roles.includes(role));
    return [...all.filter(({ isDown }) => !isDown), ...all.filter(({ isDown }) => isDown)];
  }

  /** How many requests each server is given at a time, by origin. */
  concurrency(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { provider, origin, concurrency } of this.#all) {
      if (provider) counts.set(origin, Math.max(counts.get(origin) ?? 0, concurrency));
    }
    return counts;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((upstream) => upstream.close()));
  }
}

/** Whether a model can do what a role needs. */
export function fits(role: UpstreamRole, { chat, suffix, infill, raw }: Capabilities): boolean {
  return role === 'chat' ? chat : suffix || infill || raw;
}
