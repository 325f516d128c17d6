import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Freshness } from '../protocol/common.js';
import type { SearchParams, SearchResult } from '../protocol/search.js';
import { LcadError } from '../shared/errors.js';
import { checkoutAround } from './checkout.js';
import type { Cli } from './cli.js';
import { selectorOf } from './options.js';
import { asLcadError } from './output/error-view.js';

/** What the tools of `lcad mcp` share. */

/** An agent searches right after it wrote: worth a short wait for its own changes. */
const freshMs = 3000;

export const readOnly = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };

/** Input that says where to search. */
export const filterInput = {
  repo: z
    .string()
    .optional()
    .describe(
      'Repository: folder name, id or path; "*" for all. Default: the one around the current folder.',
    ),
  path: z
    .string()
    .optional()
    .describe('Glob on paths from the root, such as "src/**/*.ts"; "!" in front excludes.'),
  language: z.string().optional().describe('Language, such as "typescript" or "python".'),
  kind: z.string().optional().describe('Kind of definition, such as "function", "method" or "class".'),
};

const freshness = z.object({
  name: z.string(),
  root: z.string(),
  state: z.string(),
  head: z.string().nullable(),
  branch: z.string().nullable(),
  pending: z.number(),
  fresh: z.boolean(),
});

/** Output of every tool that searches, besides what it found. */
export const aboutOutput = {
  repositories: z.array(freshness).describe('What was searched, and how fresh it is.'),
  notes: z.array(z.string()),
};

/** Output of tools that find chunks. */
export const hitsOutput = {
  results: z.array(
    z.object({
      path: z.string().describe('Absolute path.'),
      startLine: z.number(),
      endLine: z.number(),
      language: z.string(),
      kind: z.string(),
      name: z.string(),
      scope: z.string(),
      score: z.number(),
      snippet: z.object({ startLine: z.number(), text: z.string() }).nullable(),
    }),
  ),
  ...aboutOutput,
};

/** Params of a request from such input. */
export function filtersOf(input: {
  path?: string | undefined;
  language?: string | undefined;
  kind?: string | undefined;
  limit?: number | undefined;
}): Pick<SearchParams, 'paths' | 'languages' | 'kinds' | 'limit' | 'waitFresh' | 'deadlineMs'> {
  return {
    ...(input.path ? { paths: [input.path] } : {}),
    ...(input.language ? { languages: [input.language] } : {}),
    ...(input.kind ? { kinds: [input.kind] } : {}),
    ...(input.limit ? { limit: input.limit } : {}),
    waitFresh: true,
    deadlineMs: freshMs,
  };
}

/** Errors become results that say what to do: an agent reads those, and rarely a protocol error. */
export async function answer(work: () => Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await work();
  } catch (thrown) {
    const error = asLcadError(thrown);
    return { isError: true, content: [{ type: 'text', text: `${error.message}\n${error.next}` }] };
  }
}

/**
 * Asks where the input says; without a repository, in the one around the current folder, or in all where that one is
 * not registered.
 */
export async function askInScope<R extends { freshness: Freshness[] }>(
  cli: Cli,
  repo: string | undefined,
  ask: (repos: { repos?: string[] }) => Promise<R>,
): Promise<{ result: R; notes: string[] }> {
  const cwd = cli.cwd();
  if (repo === '*') return { result: ensureAny(await ask({})), notes: [] };
  if (repo) return { result: await ask({ repos: [selectorOf(repo, cwd)] }), notes: [] };
  try {
    return { result: await ask({ repos: [cwd] }), notes: [] };
  } catch (thrown) {
    if (!(thrown instanceof LcadError) || thrown.kind !== 'REPO_NOT_REGISTERED') throw thrown;
  }
  const checkout = checkoutAround(cwd);
  const note = `The current checkout ${checkout?.root} is not registered: run \`lcad add ${checkout?.root}\` in a shell. These results are from other repositories.`;
  return { result: ensureAny(await ask({})), notes: checkout ? [note] : [] };
}

function ensureAny<R extends { freshness: Freshness[] }>(result: R): R {
  if (result.freshness.length > 0) return result;
  throw new LcadError('REPO_NOT_REGISTERED', 'No repository is registered yet.', {
    next: 'Register one in a shell with: lcad add <path>',
  });
}

/** Results as data. */
export function hitsData({ hits }: Pick<SearchResult, 'hits'>) {
  return hits.map(({ root, path, startLine, endLine, language, kind, name, scope, score, snippet }) => ({
    path: `${root}/${path}`,
    startLine,
    endLine,
    language,
    kind,
    name,
    scope,
    score,
    snippet,
  }));
}

/** Freshness as data. */
export function freshnessData({ freshness: all }: { freshness: Freshness[] }) {
  return all.map(({ name, root, state, head, branch, pending, fresh }) => ({
    name,
    root,
    state,
    head,
    branch,
    pending,
    fresh,
  }));
}
