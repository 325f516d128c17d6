import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { SearchParams } from '../protocol/search.js';
import { productVersion } from '../shared/versions.js';
import type { Cli } from './cli.js';
import { exitCodes } from './exit-codes.js';
import {
  answer,
  askInScope,
  filterInput,
  filtersOf,
  freshnessData,
  hitsData,
  hitsOutput,
  readOnly,
} from './mcp-common.js';
import { registerContext } from './mcp-context.js';
import { DaemonLink } from './mcp-daemon.js';
import { registerGrep } from './mcp-grep.js';
import { registerImpact } from './mcp-impact.js';
import { registerMap } from './mcp-map.js';
import { registerRelated } from './mcp-related.js';
import { registerSymbols } from './mcp-symbols.js';
import { searchReply, statusReply } from './mcp-text.js';
import { selectorOf } from './options.js';

const instructions =
  'lcad keeps a live index of the code on this machine: of meaning, words and definitions. Use search_code to find ' +
  'where something is defined or done before reading or grepping files; results give path, lines, kind and the code. ' +
  'code_context collects the code that answers a question, within a budget of tokens; grep_code finds every line with a text or regular expression, related_code what is like a place in a file; ' +
  'find_symbols, symbol_definition, find_references, find_callers, find_callees and file_dependencies follow names; ' +
  'impact_of_change tells what a change can break, repository_map what a repository consists of.';

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
  ...filterInput,
  limit: z.number().int().min(1).max(100).optional().describe('Results wanted (default 10).'),
  all: z.boolean().optional().describe('All matching parts of a file, not only its best.'),
};
type SearchInput = z.infer<z.ZodObject<typeof searchInput>>;

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
      outputSchema: hitsOutput,
      annotations: readOnly,
    },
    (input, { signal }) => answer(() => searchCode(cli, link, input, signal)),
  );
  registerContext(server, cli, link);
  registerGrep(server, cli, link);
  registerRelated(server, cli, link);
  registerSymbols(server, cli, link);
  registerImpact(server, cli, link);
  registerMap(server, cli, link);
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

async function searchCode(
  cli: Cli,
  link: DaemonLink,
  input: SearchInput,
  signal: AbortSignal,
): Promise<CallToolResult> {
  const params: SearchParams = {
    query: input.query,
    ...filtersOf(input),
    ...(input.all ? { all: true } : {}),
  };
  const { result, notes } = await askInScope(cli, input.repo, (repos) =>
    link.read('lcad/search', { ...params, ...repos }, signal),
  );
  return {
    content: [{ type: 'text', text: searchReply(result, notes) }],
    structuredContent: {
      results: hitsData(result),
      repositories: freshnessData(result),
      notes: [...notes, ...result.notes],
    },
  };
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
