import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
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
import { placeIn } from './place.js';

const description =
  'Collects the code that answers a question, within a budget of tokens: the best parts of many files, the heads of ' +
  'what they call, and the imports they use, each with path and lines and the reason why it is there. Use it in place ' +
  'of several searches and file reads when you need to understand how something works across files. What did not fit ' +
  'is named, so that it can be read.';

const defaultTokens = 4000;

/** Adds the tool that makes contexts. */
export function registerContext(server: McpServer, cli: Cli, link: DaemonLink): void {
  server.registerTool(
    'code_context',
    {
      title: 'Collect code for a question',
      description,
      inputSchema: {
        question: z.string().min(1).max(20_000).describe('The question, in words and identifiers.'),
        variants: z.array(z.string().max(20_000)).max(8).optional().describe('The question in other words.'),
        tokens: z.number().int().min(200).max(100_000).optional().describe('Most tokens (default 4000).'),
        file: z
          .string()
          .max(4096)
          .optional()
          .describe('The file that is worked on: absolute, or from the current folder.'),
        line: z.number().int().min(1).optional().describe('A line of it to look around.'),
        repo: filterInput.repo,
        path: filterInput.path,
        language: filterInput.language,
      },
      outputSchema: {
        snippets: z.array(
          z.object({
            path: z.string().describe('Absolute path.'),
            startLine: z.number(),
            endLine: z.number(),
            score: z.number(),
            why: z.string(),
          }),
        ),
        leftOut: z.array(z.object({ path: z.string(), startLine: z.number(), endLine: z.number() })),
        tokens: z.number(),
        ...aboutOutput,
      },
      annotations: readOnly,
    },
    (input, { signal }) =>
      answer(async () => {
        const file = input.file === undefined ? undefined : placeIn(input.file, cli.cwd());
        const params = {
          question: input.question,
          tokens: input.tokens ?? defaultTokens,
          ...(input.variants ? { variants: input.variants } : {}),
          ...(file === undefined ? {} : { file }),
          ...(input.line === undefined ? {} : { line: input.line }),
          ...filtersOf({ path: input.path, language: input.language }),
        };
        const { result, notes } = await askInScope(cli, input.repo ?? file, (repos) =>
          link.read('lcad/context', { ...params, ...repos }, signal),
        );
        const about = [...notes, ...result.notes].map((note) => `note: ${note}\n`).join('');
        return {
          content: [{ type: 'text', text: `${result.prompt}${about}` }],
          structuredContent: {
            snippets: result.snippets.map(({ root, path, startLine, endLine, score, why }) => ({
              path: root === null ? path : `${root}/${path}`,
              startLine,
              endLine,
              score,
              why: why.map(({ reason, of }) => (of === '' ? reason : `${reason}: ${of}`)).join(', '),
            })),
            leftOut: result.omitted.map(({ root, path, startLine, endLine }) => ({
              path: root === null ? path : `${root}/${path}`,
              startLine,
              endLine,
            })),
            tokens: result.tokens.prompt,
            repositories: freshnessData(result),
            notes: [...notes, ...result.notes],
          },
        };
      }),
  );
}
