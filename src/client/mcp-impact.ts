import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { ImpactParams, ImpactResult, ImpactVia } from '../protocol/impact.js';
import { LcadError } from '../shared/errors.js';
import type { Cli } from './cli.js';
import { aboutOutput, answer, askInScope, filterInput, freshnessData, readOnly } from './mcp-common.js';
import type { DaemonLink } from './mcp-daemon.js';
import { headOf } from './mcp-text.js';
import { selectorOf } from './options.js';
import { plural } from './output/human.js';
import { placeIn } from './place.js';

const freshness = { waitFresh: true, deadlineMs: 3000 };

const description =
  'Tells what a change can break: code that depends on a symbol, a file, or on what was changed in the working tree ' +
  '(diff), through several steps, and the tests to run. Use it before and after you change something. Each result ' +
  'has the chain that leads to the change, and the confidence of its weakest link.';

const input = {
  symbol: z.string().max(1000).optional().describe('A name, such as "Queue.drain"; or give file, or diff.'),
  file: z.string().max(4096).optional().describe('Path of a file: absolute, or from the current folder.'),
  line: z.number().int().min(1).optional().describe('A line of the file: what is defined around it.'),
  diff: z
    .string()
    .max(1000)
    .optional()
    .describe('"worktree" for uncommitted changes, "staged", a commit, or a range "A..B".'),
  depth: z.number().int().min(1).max(20).optional().describe('Most steps from the change (default 3).'),
  repo: filterInput.repo,
  limit: z.number().int().min(1).max(1000).optional().describe('Results wanted of each kind (default 40).'),
};
type Input = z.infer<z.ZodObject<typeof input>>;

const affected = {
  path: z.string().describe('Absolute path.'),
  distance: z.number(),
  confidence: z.string(),
  changes: z.number().describe('How many changed definitions it refers to itself.'),
  via: z.array(z.string()).describe('The chain to the change, its own step first.'),
};

/** Adds the tool `impact_of_change`. */
export function registerImpact(server: McpServer, cli: Cli, link: DaemonLink): void {
  server.registerTool(
    'impact_of_change',
    {
      title: 'What a change can break',
      description,
      inputSchema: input,
      outputSchema: {
        changed: z.array(
          z.object({ path: z.string(), change: z.string(), name: z.string(), line: z.number() }),
        ),
        symbols: z.array(z.object({ ...affected, name: z.string().nullable(), line: z.number() })),
        tests: z.array(z.object({ ...affected, tests: z.array(z.string()) })),
        total: z.object({ symbols: z.number(), files: z.number(), tests: z.number() }),
        ...aboutOutput,
      },
      annotations: readOnly,
    },
    (given, { signal }) => answer(() => impactOfChange(cli, link, given, signal)),
  );
}

async function impactOfChange(
  cli: Cli,
  link: DaemonLink,
  given: Input,
  signal: AbortSignal,
): Promise<CallToolResult> {
  const subject = subjectOf(given, cli.cwd());
  const where = given.repo ?? subject.file;
  const { result, notes } = await askInScope(cli, where, (repos) => {
    const [repo] = repos.repos ?? [];
    const { diff } = subject;
    const own = diff
      ? { diff: { ...diff, repo: given.repo === undefined || repo === undefined ? cli.cwd() : repo } }
      : {};
    const params = {
      ...subject,
      ...own,
      ...limitsOf(given),
      ...freshness,
      ...repos,
    };
    return link.read('lcad/impact', params, signal);
  });
  return {
    content: [{ type: 'text', text: impactReply(result, notes) }],
    structuredContent: {
      changed: (result.diff?.symbols ?? []).map(({ change, symbol }) => ({
        path: `${symbol.root}/${symbol.path}`,
        change,
        name: symbol.name,
        line: symbol.line,
      })),
      symbols: result.symbols.map((one) => ({
        ...affectedData(one),
        name: one.symbol?.name ?? null,
        line: one.symbol?.line ?? one.via[0]?.line ?? 1,
      })),
      tests: result.tests.map((one) => ({ ...affectedData(one), tests: one.tests.map(({ name }) => name) })),
      total: result.total,
      repositories: freshnessData(result),
      notes: [...notes, ...result.notes],
    },
  };
}

function limitsOf({ depth, limit }: Input): Pick<ImpactParams, 'depth' | 'limit'> {
  return { ...(depth === undefined ? {} : { depth }), ...(limit === undefined ? {} : { limit }) };
}

function subjectOf(
  { symbol, file, line, diff }: Input,
  cwd: string,
): Pick<ImpactParams, 'symbol' | 'file' | 'line' | 'diff'> {
  if ([symbol, file, diff].filter((one) => one !== undefined).length !== 1) {
    throw new LcadError('INVALID_PARAMS', 'Give one of symbol, file and diff.', {
      next: 'For example {"symbol": "Queue.drain"}, {"file": "src/main.ts"} or {"diff": "worktree"}.',
    });
  }
  if (symbol !== undefined) return { symbol };
  if (file !== undefined)
    return { file: selectorOf(placeIn(file, cwd), cwd), ...(line === undefined ? {} : { line }) };
  if (diff === 'worktree') return { diff: {} };
  return { diff: diff === 'staged' ? { staged: true } : { range: diff } };
}

function affectedData(one: {
  root: string;
  path: string;
  distance: number;
  confidence: string;
  changes: number;
  via: ImpactVia[];
}) {
  const { root, path, distance, confidence, changes, via } = one;
  return { path: `${root}/${path}`, distance, confidence, changes, via: via.map(stepText) };
}

function stepText({ link, kind, name, root, path, line }: ImpactVia): string {
  return `${link} of ${kind} ${name} at ${root}/${path}:${line}`;
}

/** Affected code for agents: compact text, no decoration. Pure. */
function impactReply(result: ImpactResult, notes: string[]): string {
  const { symbols, files, tests } = result.total;
  const found = `${plural(symbols, 'symbol')} of ${plural(files, 'file')}, ${plural(tests, 'test file')} affected`;
  const lines = headOf(found, result, notes);
  for (const { change, symbol } of result.diff?.symbols ?? []) {
    lines.push(`${change}: ${symbol.path}:${symbol.line} ${symbol.kind} ${symbol.name}`);
  }
  if (result.symbols.length > 0) lines.push('', 'Affected:');
  for (const { path, symbol, via, distance, confidence } of result.symbols) {
    const what = symbol
      ? `${symbol.line} ${symbol.kind} ${symbol.name}`
      : `${via[0]?.line ?? 1} top of the file`;
    lines.push(`${path}:${what} [${distance}, ${confidence}] ${viaReply(via)}`);
  }
  if (result.tests.length > 0) lines.push('', 'Tests:');
  for (const { path, tests: names, via, distance, confidence } of result.tests) {
    lines.push(
      `${path} [${distance}, ${confidence}] ${names.map(({ name }) => name).join(', ')} ${viaReply(via)}`,
    );
  }
  return lines.join('\n');
}

function viaReply(via: readonly ImpactVia[]): string {
  return via.map(({ link, name, line }) => `<- ${link} ${name} (line ${line})`).join(' ');
}
