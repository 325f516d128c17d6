import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Cli } from './cli.js';
import { aboutOutput, answer, askInScope, filterInput, freshnessData, readOnly } from './mcp-common.js';
import type { DaemonLink } from './mcp-daemon.js';
import { headOf } from './mcp-text.js';
import { plural } from './output/human.js';

const freshness = { waitFresh: true, deadlineMs: 3000 };

const description =
  'A map of a repository: its most important files with the declarations of their most important symbols, ranked by ' +
  'what refers to them and fitted to a number of tokens. Use it first in a repository that you do not know; focus ' +
  'makes it about the files, symbols or words of a task.';

const input = {
  tokens: z.number().int().min(100).max(50_000).optional().describe('Most tokens of the map (default 2000).'),
  focus: z
    .array(z.string().min(1).max(1000))
    .max(50)
    .optional()
    .describe('Files, folders, symbols or words.'),
  paths: z
    .array(z.string().min(1).max(4096))
    .max(50)
    .optional()
    .describe('Only these files and folders, from the root.'),
  repo: filterInput.repo.describe(
    'Repository: folder name, id or path. Default: the one around the current folder.',
  ),
};
type Input = z.infer<z.ZodObject<typeof input>>;

/** Adds the tool `repository_map`. */
export function registerMap(server: McpServer, cli: Cli, link: DaemonLink): void {
  server.registerTool(
    'repository_map',
    {
      title: 'Map of a repository',
      description,
      inputSchema: input,
      outputSchema: {
        map: z.string(),
        tokens: z.number(),
        files: z.array(z.object({ path: z.string(), rank: z.number(), symbols: z.array(z.string()) })),
        ...aboutOutput,
      },
      annotations: readOnly,
    },
    (given, { signal }) => answer(() => repositoryMap(cli, link, given, signal)),
  );
}

async function repositoryMap(
  cli: Cli,
  link: DaemonLink,
  given: Input,
  signal: AbortSignal,
): Promise<CallToolResult> {
  const params = {
    ...(given.tokens === undefined ? {} : { tokens: given.tokens }),
    ...(given.focus === undefined ? {} : { focus: given.focus }),
    ...(given.paths === undefined ? {} : { paths: given.paths }),
    ...freshness,
  };
  const { result, notes } = await askInScope(cli, given.repo, ({ repos }) =>
    link.read('lcad/map', { ...params, ...(repos?.[0] === undefined ? {} : { repo: repos[0] }) }, signal),
  );
  const head = headOf(
    `${plural(result.files.length, 'file')} of ${plural(result.total.files, 'file')}`,
    result,
    notes,
  );
  return {
    content: [{ type: 'text', text: `${head.join('\n')}\n\n${result.text}`.trimEnd() }],
    structuredContent: {
      map: result.text,
      tokens: result.tokens,
      files: result.files.map(({ path, rank, symbols }) => ({
        path: `${result.root}/${path}`,
        rank,
        symbols: symbols.map(({ scope, name }) => (scope === '' ? name : `${scope}.${name}`)),
      })),
      repositories: freshnessData(result),
      notes: [...notes, ...result.notes],
    },
  };
}
