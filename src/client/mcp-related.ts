import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { RelatedParams } from '../protocol/related.js';
import type { Cli } from './cli.js';
import {
  answer,
  filterInput,
  filtersOf,
  freshnessData,
  hitsData,
  hitsOutput,
  readOnly,
} from './mcp-common.js';
import type { DaemonLink } from './mcp-daemon.js';
import { relatedReply } from './mcp-text.js';
import { selectorOf } from './options.js';
import { placeIn } from './place.js';

const description =
  'Finds code that is like the function, class or section around a line of a file, or like a whole file: other ' +
  'implementations, callers written alike, tests and copies with changes. Use it before you change something that may ' +
  'exist in several variants, or to find an example to follow. Returns the best chunk of each file with path, line ' +
  'range and code, most alike first; the place itself and identical copies are left out.';

const { repo, ...filters } = filterInput;
const input = {
  file: z.string().min(1).max(4096).describe('Path of the file: absolute, or from the current folder.'),
  line: z.number().int().min(1).optional().describe('A line of it; without one the whole file is compared.'),
  repo: repo.describe('Where to look: folder name, id or path; "*" for all. Default: where the file is.'),
  ...filters,
  limit: z.number().int().min(1).max(100).optional().describe('Results wanted (default 10).'),
};
type Input = z.infer<z.ZodObject<typeof input>>;

/** Adds the tool `related_code`. */
export function registerRelated(server: McpServer, cli: Cli, link: DaemonLink): void {
  server.registerTool(
    'related_code',
    {
      title: 'Find similar code',
      description,
      inputSchema: input,
      outputSchema: hitsOutput,
      annotations: readOnly,
    },
    (given, { signal }) => answer(() => relatedCode(cli, link, given, signal)),
  );
}

async function relatedCode(
  cli: Cli,
  link: DaemonLink,
  given: Input,
  signal: AbortSignal,
): Promise<CallToolResult> {
  const params: RelatedParams = {
    file: placeIn(given.file, cli.cwd()),
    ...(given.line === undefined ? {} : { line: given.line }),
    ...(await reposOf(cli, link, given.repo, signal)),
    ...filtersOf(given),
  };
  const result = await link.read('lcad/related', params, signal);
  return {
    content: [{ type: 'text', text: relatedReply(result) }],
    structuredContent: {
      results: hitsData(result),
      repositories: freshnessData(result),
      notes: result.notes,
    },
  };
}

async function reposOf(
  cli: Cli,
  link: DaemonLink,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<{ repos?: string[] }> {
  if (wanted === undefined) return {};
  if (wanted !== '*') return { repos: [selectorOf(wanted, cli.cwd())] };
  const { repos } = await link.read('lcad/repos/list', {}, signal);
  return { repos: repos.map(({ id }) => id) };
}
