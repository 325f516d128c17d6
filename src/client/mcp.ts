import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { SearchParams, SearchResult } from '../protocol/search.js';
import { LcadError } from '../shared/errors.js';
import { productVersion } from '../shared/versions.js';
import { checkoutAround } from './checkout.js';
import type { Cli } from './cli.js';
import { exitCodes } from './exit-codes.js';
import { DaemonLink } from './mcp-daemon.js';
import { searchReply, statusReply } from './mcp-text.js';
import { selectorOf } from './options.js';
import { asLcadError } from './output/error-view.js';

const instructions =
  'lcad keeps a live full-text and symbol index of the code on this machine. Use search_code to find where ' +
  'something is defined or done before reading or grepping files; results give path, lines, kind and the code.';

const searchDescription =
  'Searches the indexed code of this machine by meaning-bearing words, identifiers, or both. Use it to find where ' +
  'something is defined, implemented or handled when the exact file is not known; use a plain file read when it is. ' +
  'The query is words, not a regular expression: "retry delay of the http client", "parseArgs", "UserService login". ' +
  'Returns the best chunks (functions, methods, classes, sections) with path, line range and matching lines. Changes ' +
  'saved before the call are seen; the reply says so, or how many files are pending.';

const statusDescription =
  'Tells which repositories are indexed, whether their index is complete and up to date, and what is wrong. Use it ' +
  'when search_code says that a repository is not registered or results seem to be missing.';

const searchInput = {
  query: z.string().min(1).max(10_000).describe('Words and identifiers; not a regular expression.'),
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
  limit: z.number().int().min(1).max(100).optional().describe('Results wanted (default 10).'),
};
type SearchInput = z.infer<z.ZodObject<typeof searchInput>>;

const freshness = z.object({
  name: z.string(),
  root: z.string(),
  state: z.string(),
  head: z.string().nullable(),
  branch: z.string().nullable(),
  pending: z.number(),
  fresh: z.boolean(),
});

const searchOutput = {
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
  repositories: z.array(freshness).describe('What was searched, and how fresh it is.'),
  notes: z.array(z.string()),
};

const statusOutput = {
  repositories: z.array(
    z.object({
      name: z.string(),
      root: z.string(),
      state: z.string(),
      files: z.number(),
      chunks: z.number(),
      pending: z.number(),
      head: z.string().nullable(),
      branch: z.string().nullable(),
      lastChange: z.string().nullable(),
      degraded: z.array(z.object({ kind: z.string(), message: z.string(), next: z.string() })),
    }),
  ),
};

const readOnly = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };
/** An agent searches right after it wrote: worth a short wait for its own changes. */
const freshMs = 3000;

/** Serves MCP on standard input and output until the client closes it. */
export async function serveMcp(cli: Cli): Promise<number> {
  const server = new McpServer({ name: 'lcad', version: productVersion }, { instructions });
  const link = new DaemonLink(cli);
  server.registerTool(
    'search_code',
    {
      title: 'Search code',
      description: searchDescription,
      inputSchema: searchInput,
      outputSchema: searchOutput,
      annotations: readOnly,
    },
    (input, { signal }) => answer(() => searchCode(cli, link, input, signal)),
  );
  server.registerTool(
    'index_status',
    {
      title: 'State of the index',
      description: statusDescription,
      inputSchema: { repo: z.string().optional().describe('Only this repository: folder name, id or path.') },
      outputSchema: statusOutput,
      annotations: readOnly,
    },
    ({ repo }, { signal }) => answer(() => indexStatus(cli, link, repo, signal)),
  );
  await server.connect(new StdioServerTransport());
  await ended(cli.signal);
  await server.close();
  return exitCodes.ok.code;
}

/** Errors become results that say what to do: an agent reads those, and rarely a protocol error. */
async function answer(work: () => Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await work();
  } catch (thrown) {
    const error = asLcadError(thrown);
    return { isError: true, content: [{ type: 'text', text: `${error.message}\n${error.next}` }] };
  }
}

async function searchCode(
  cli: Cli,
  link: DaemonLink,
  input: SearchInput,
  signal: AbortSignal,
): Promise<CallToolResult> {
  const params: SearchParams = {
    query: input.query,
    ...(input.path ? { paths: [input.path] } : {}),
    ...(input.language ? { languages: [input.language] } : {}),
    ...(input.kind ? { kinds: [input.kind] } : {}),
    ...(input.limit ? { limit: input.limit } : {}),
    waitFresh: true,
    deadlineMs: freshMs,
  };
  const { result, notes } = await searchScope(cli, link, params, input.repo, signal);
  const results = result.hits.map(
    ({ root, path, startLine, endLine, language, kind, name, scope, score, snippet }) => ({
      path: `${root}/${path}`,
      startLine,
      endLine,
      language,
      kind,
      name,
      scope,
      score,
      snippet,
    }),
  );
  const repositories = result.freshness.map(({ name, root, state, head, branch, pending, fresh }) => ({
    name,
    root,
    state,
    head,
    branch,
    pending,
    fresh,
  }));
  return {
    content: [{ type: 'text', text: searchReply(result, notes) }],
    structuredContent: { results, repositories, notes: [...notes, ...result.notes] },
  };
}

/** Without a repository: the one around the current folder, or all where that one is not registered. */
async function searchScope(
  cli: Cli,
  link: DaemonLink,
  params: SearchParams,
  repo: string | undefined,
  signal: AbortSignal,
): Promise<{ result: SearchResult; notes: string[] }> {
  const cwd = cli.cwd();
  const search = (repos?: string[]) =>
    link.read('lcad/search', repos ? { ...params, repos } : params, signal);
  if (repo === '*') return { result: ensureAny(await search()), notes: [] };
  if (repo) return { result: await search([selectorOf(repo, cwd)]), notes: [] };
  try {
    return { result: await search([cwd]), notes: [] };
  } catch (thrown) {
    if (!(thrown instanceof LcadError) || thrown.kind !== 'REPO_NOT_REGISTERED') throw thrown;
  }
  const checkout = checkoutAround(cwd);
  const note = `The current checkout ${checkout?.root} is not registered: run \`lcad add ${checkout?.root}\` in a shell. These results are from other repositories.`;
  return { result: ensureAny(await search()), notes: checkout ? [note] : [] };
}

function ensureAny(result: SearchResult): SearchResult {
  if (result.freshness.length > 0) return result;
  throw new LcadError('REPO_NOT_REGISTERED', 'No repository is registered yet.', {
    next: 'Register one in a shell with: lcad add <path>',
  });
}

async function indexStatus(
  cli: Cli,
  link: DaemonLink,
  repo: string | undefined,
  signal: AbortSignal,
): Promise<CallToolResult> {
  const params = repo ? { repo: selectorOf(repo, cli.cwd()) } : {};
  const status = await link.read('lcad/status', params, signal);
  const repositories = status.repos.map(
    ({ name, root, state, files, chunks, pending, head, branch, lastChange, degraded }) => ({
      name,
      root,
      state,
      files,
      chunks,
      pending,
      head,
      branch,
      lastChange,
      degraded,
    }),
  );
  return {
    content: [{ type: 'text', text: statusReply(status, Date.now()) }],
    structuredContent: { repositories },
  };
}

/** Resolves when the client closed our standard input, or on Ctrl-C. */
function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.once('end', resolve).once('close', resolve);
    signal.addEventListener('abort', () => resolve());
  });
}
