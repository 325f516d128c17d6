import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { GrepParams } from '../protocol/grep.js';
import type { Cli } from './cli.js';
import {
  aboutOutput,
  answer,
  askInScope,
  filterInput,
  filtersOf,
  freshnessData,
  readOnly,
} from './mcp-common.js';
import type { DaemonLink } from './mcp-daemon.js';
import { grepReply } from './mcp-text.js';

const description =
  'Finds every line that holds a text, or matches a regular expression, in the indexed code of this machine: what ' +
  'ripgrep finds, from the index and with what was saved just before. Use it for exact strings, error messages and ' +
  'all uses of a name; use search_code when you know what the code does but not how it is written. Patterns never ' +
  'match across lines. Returns path, line number and text, by file; the reply says if the limit has kept lines back.';

const input = {
  pattern: z.string().min(1).max(10_000).describe('Text to be found as it is, or a regular expression.'),
  regex: z
    .boolean()
    .optional()
    .describe("The pattern is a regular expression in ripgrep's syntax (default: text as it is)."),
  ignoreCase: z.boolean().optional().describe('Upper and lower case are the same.'),
  ...filterInput,
  limit: z.number().int().min(1).max(1000).optional().describe('Lines wanted (default 50).'),
  contextLines: z.number().int().min(0).max(20).optional().describe('Lines around each (default 0).'),
};
type Input = z.infer<z.ZodObject<typeof input>>;

const output = {
  files: z.array(
    z.object({
      path: z.string().describe('Absolute path.'),
      lines: z.array(z.object({ line: z.number(), text: z.string(), match: z.boolean() })),
    }),
  ),
  matches: z.number().describe('Matching lines in this reply.'),
  more: z
    .object({ lines: z.number(), files: z.number() })
    .nullable()
    .describe('At least so many further lines, and files, past the limit.'),
  ...aboutOutput,
};

const defaultLimit = 50;

/** Adds the tool `grep_code`. */
export function registerGrep(server: McpServer, cli: Cli, link: DaemonLink): void {
  server.registerTool(
    'grep_code',
    {
      title: 'Find text or patterns',
      description,
      inputSchema: input,
      outputSchema: output,
      annotations: readOnly,
    },
    (given, { signal }) => answer(() => grepCode(cli, link, given, signal)),
  );
}

async function grepCode(
  cli: Cli,
  link: DaemonLink,
  given: Input,
  signal: AbortSignal,
): Promise<CallToolResult> {
  const params: GrepParams = {
    pattern: given.pattern,
    syntax: given.regex ? 'regex' : 'literal',
    ...(given.ignoreCase ? { ignoreCase: true } : {}),
    ...filtersOf({ ...given, limit: given.limit ?? defaultLimit }),
    ...(given.contextLines ? { contextLines: given.contextLines } : {}),
  };
  const { result, notes } = await askInScope(cli, given.repo, (repos) =>
    link.read('lcad/grep', { ...params, ...repos }, signal),
  );
  const files = result.files.map(({ root, path, lines }) => ({
    path: `${root}/${path}`,
    lines: lines.map(({ line, text, spans }) => ({ line, text, match: spans !== null })),
  }));
  return {
    content: [{ type: 'text', text: grepReply(result, notes) }],
    structuredContent: {
      files,
      matches: result.matches,
      more: result.more,
      repositories: freshnessData(result),
      notes: [...notes, ...result.notes],
    },
  };
}
