import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Freshness } from '../protocol/common.js';
import type { SubjectParams } from '../protocol/symbols.js';
import { LcadError } from '../shared/errors.js';
import type { Cli } from './cli.js';
import { aboutOutput, answer, askInScope, filterInput, freshnessData, readOnly } from './mcp-common.js';
import type { DaemonLink } from './mcp-daemon.js';
import {
  definitionReply,
  dependenciesReply,
  referencesReply,
  relationsReply,
  symbolsReply,
} from './mcp-symbols-text.js';
import { placeIn } from './place.js';

/** An agent asks right after it wrote: worth a short wait for its own changes. */
const freshness = { waitFresh: true, deadlineMs: 3000 };

const limit = z.number().int().min(1).max(1000).optional().describe('Results wanted (default 50).');
const defaultLimit = 50;

const subject = {
  symbol: z
    .string()
    .max(1000)
    .optional()
    .describe('A name, such as "parseArgs" or "Queue.drain"; or give file and line.'),
  file: z.string().max(4096).optional().describe('Path of a file: absolute, or from the current folder.'),
  line: z.number().int().min(1).optional().describe('A line of it.'),
  column: z.number().int().min(1).optional().describe('A column of the line, from 1.'),
  repo: filterInput.repo,
  limit,
};
type Subject = z.infer<z.ZodObject<typeof subject>>;

const confidence = z.enum(['same-scope', 'imported', 'same-package', 'unique-name', 'ambiguous']);
const symbol = z.object({
  path: z.string().describe('Absolute path.'),
  line: z.number(),
  kind: z.string(),
  name: z.string(),
  scope: z.string(),
  signature: z.string(),
});

const how =
  'Each result says how it is known: same-scope, imported and same-package follow from the code; unique-name is the ' +
  'only definition of that name, ambiguous one of several: check those two.';

/** Adds the tools on symbols. */
export function registerSymbols(server: McpServer, cli: Cli, link: DaemonLink): void {
  registerNames(server, cli, link);
  registerPlaces(server, cli, link);
  registerFiles(server, cli, link);
}

function registerNames(server: McpServer, cli: Cli, link: DaemonLink): void {
  server.registerTool(
    'find_symbols',
    {
      title: 'Find definitions by name',
      description:
        'Finds functions, classes and other definitions by name or a part of it, with file, line and declaration. Use ' +
        'it when you know about what something is called.',
      inputSchema: {
        name: z.string().min(1).max(1000).describe('A name or a part of one; "Scope.name" looks in scopes.'),
        kind: filterInput.kind,
        language: filterInput.language,
        repo: filterInput.repo,
        limit,
      },
      outputSchema: { symbols: z.array(symbol), total: z.number(), ...aboutOutput },
      annotations: readOnly,
    },
    (input, { signal }) =>
      answer(async () => {
        const params = {
          name: input.name,
          limit: input.limit ?? defaultLimit,
          ...(input.kind ? { kinds: [input.kind] } : {}),
          ...(input.language ? { languages: [input.language] } : {}),
          ...freshness,
        };
        const { result, notes } = await askInScope(cli, input.repo, (repos) =>
          link.read('lcad/symbols', { ...params, ...repos }, signal),
        );
        const { symbols, total } = result;
        return reply(symbolsReply(result, notes), result, notes, { symbols: symbols.map(symbolData), total });
      }),
  );
}

function registerPlaces(server: McpServer, cli: Cli, link: DaemonLink): void {
  server.registerTool(
    'symbol_definition',
    {
      title: 'Go to a definition',
      description: `Tells where what stands at a place of a file, or has a name, is defined. ${how}`,
      inputSchema: subject,
      outputSchema: { definitions: z.array(symbol), confidence: confidence.nullable(), ...aboutOutput },
      annotations: readOnly,
    },
    (input, { signal }) =>
      answer(async () => {
        const { result, notes } = await ask(cli, input, (params) =>
          link.read('lcad/definition', params, signal),
        );
        const data = { definitions: result.symbols.map(symbolData), confidence: result.confidence };
        return reply(definitionReply(result, notes), result, notes, data);
      }),
  );
  server.registerTool(
    'find_references',
    {
      title: 'Find references',
      description: `Lists every place that refers to a symbol: calls, types, imports. Use it before you change or remove something. ${how}`,
      inputSchema: subject,
      outputSchema: {
        references: z.array(
          z.object({ path: z.string(), line: z.number(), kind: z.string(), text: z.string(), confidence }),
        ),
        total: z.number(),
        ...aboutOutput,
      },
      annotations: readOnly,
    },
    (input, { signal }) =>
      answer(async () => {
        const { result, notes } = await ask(cli, input, (params) =>
          link.read('lcad/references', params, signal),
        );
        const references = result.references.map(({ root, path, line, kind, text, confidence: sure }) => {
          return { path: `${root}/${path}`, line, kind, text, confidence: sure };
        });
        return reply(referencesReply(result, notes), result, notes, { references, total: result.total });
      }),
  );
  for (const [tool, method, title, what] of [
    [
      'find_callers',
      'lcad/callers',
      'Find callers',
      'Lists the functions that call a symbol, with the lines that do.',
    ],
    ['find_callees', 'lcad/callees', 'Find callees', 'Lists what a function calls, with the lines that do.'],
  ] as const) {
    server.registerTool(
      tool,
      {
        title,
        description: `${what} ${how}`,
        inputSchema: subject,
        outputSchema: {
          results: z.array(
            z.object({ path: z.string(), symbol: symbol.nullable(), confidence, lines: z.array(z.number()) }),
          ),
          total: z.number(),
          ...aboutOutput,
        },
        annotations: readOnly,
      },
      (input, { signal }) =>
        answer(async () => {
          const { result, notes } = await ask(cli, input, (params) => link.read(method, params, signal));
          const results = result.relations.map(({ root, path, symbol: one, confidence: sure, calls }) => ({
            path: `${root}/${path}`,
            symbol: one && symbolData(one),
            confidence: sure,
            lines: calls.map(({ line }) => line),
          }));
          return reply(relationsReply(result, notes), result, notes, { results, total: result.total });
        }),
    );
  }
}

function registerFiles(server: McpServer, cli: Cli, link: DaemonLink): void {
  server.registerTool(
    'file_dependencies',
    {
      title: 'Imports of a file',
      description:
        'Tells which files and packages a file imports, and which files import it. Use it to see what a file rests on ' +
        'and what may break when it changes.',
      inputSchema: {
        file: z.string().min(1).max(4096).describe('Path of the file: absolute, or from the current folder.'),
        limit,
      },
      outputSchema: {
        imports: z.array(
          z.object({
            line: z.number(),
            specifier: z.string(),
            target: z.string(),
            paths: z.array(z.string()),
          }),
        ),
        importedBy: z.array(z.object({ path: z.string(), line: z.number() })),
        ...aboutOutput,
      },
      annotations: readOnly,
    },
    (input, { signal }) =>
      answer(async () => {
        const params = {
          file: placeIn(input.file, cli.cwd()),
          limit: input.limit ?? defaultLimit,
          ...freshness,
        };
        const result = await link.read('lcad/dependencies', params, signal);
        const data = {
          imports: result.imports.map(({ line, specifier, target, files, external }) => ({
            line,
            specifier,
            target: external ?? target,
            paths: files.map(({ root, path }) => `${root}/${path}`),
          })),
          importedBy: result.importedBy.map(({ root, path, line }) => ({ path: `${root}/${path}`, line })),
        };
        return reply(dependenciesReply(result), result, [], data);
      }),
  );
}

/** Asks about a place where its file is, unless the input says otherwise, or about a name. */
async function ask<R extends { freshness: Freshness[] }>(
  cli: Cli,
  input: Subject,
  read: (params: SubjectParams) => Promise<R>,
): Promise<{ result: R; notes: string[] }> {
  const about = { limit: input.limit ?? defaultLimit, ...freshness };
  if (input.symbol !== undefined && input.file === undefined) {
    const { symbol: name } = input;
    return askInScope(cli, input.repo, (repos) => read({ symbol: name, ...about, ...repos }));
  }
  if (input.file === undefined || input.line === undefined || input.symbol !== undefined) {
    throw new LcadError('INVALID_PARAMS', 'Give either a symbol, or file and line.', {
      next: 'For example {"symbol": "Queue.drain"}, or {"file": "src/main.ts", "line": 12}.',
    });
  }
  const file = placeIn(input.file, cli.cwd());
  const place = { file, line: input.line, ...(input.column === undefined ? {} : { column: input.column }) };
  return askInScope(cli, input.repo ?? file, (repos) => read({ ...place, ...about, ...repos }));
}

function symbolData(one: { root: string; path: string } & Omit<z.infer<typeof symbol>, 'path'>) {
  const { root, path, line, kind, name, scope, signature } = one;
  return { path: `${root}/${path}`, line, kind, name, scope, signature };
}

function reply(
  text: string,
  result: { freshness: Freshness[]; notes: string[] },
  notes: readonly string[],
  data: Record<string, unknown>,
): CallToolResult {
  return {
    content: [{ type: 'text', text }],
    structuredContent: {
      ...data,
      repositories: freshnessData(result),
      notes: [...notes, ...result.notes],
    },
  };
}
