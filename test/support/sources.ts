import { basename } from 'node:path';
import type { CollectOptions, SourceRepo } from '../../src/daemon/sources/contract.js';
import { createSources, type SourceSettings } from '../../src/daemon/sources/sources.js';
import { Config, type ContextProvider } from '../../src/protocol/config.js';

/** A repository as sources see it. @param paths what its index knows */
export function sourceRepo(root: string, paths: readonly string[] = []): SourceRepo {
  const files = new Map(paths.map((path) => [path, { key: `key of ${path}`, language: 'text' }]));
  return { id: `id-${basename(root)}`, name: basename(root), root, files };
}

/** Sources with the settings of an empty configuration but for what is given. */
export function makeSources(settings: Partial<SourceSettings> = {}) {
  const all = { providers: [], includeSecrets: false, maxFileBytes: 1 << 20, ...settings };
  return createSources(() => all);
}

/** Providers as the configuration reads them. */
export function providersOf(...given: (Partial<ContextProvider> & { command: string[] })[]) {
  const named = given.map((one, index) => ({ name: `p${index}`, ...one }));
  return Config.parse({ context: { providers: named } }).context.providers;
}

/** What a request for sources says besides them. */
export function collectOptions(repos: readonly SourceRepo[], more: Partial<CollectOptions> = {}) {
  return {
    repos,
    repo: repos[0] ?? null,
    maxChars: 20_000,
    query: 'a question',
    file: null,
    signal: new AbortController().signal,
    ...more,
  } satisfies CollectOptions;
}
