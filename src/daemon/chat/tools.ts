import { z } from 'zod';
import { LcadError, messageOf } from '../../shared/errors.js';
import type { ToolCall, ToolSpec } from '../inference/contract.js';
import { orAborted } from '../or-aborted.js';
import type { ChatTools, Lines } from './contract.js';

export interface ToolLimits {
  /** Longest time for all tools of one question (ms). */
  readonly ms: number;
  /** Calls of one round; further ones are refused. */
  readonly calls: number;
  /** Longest answer of one call (characters). */
  readonly characters: number;
}

/** One call of a tool, for the reply. */
export interface ToolStep {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Null, or what was wrong, as the model was told. */
  readonly error: string | null;
  readonly tookMs: number;
}

const mostLines = 400;
const mostHits = 20;
const longestArguments = 4000;

interface Tool {
  readonly spec: ToolSpec;
  run(
    tools: ChatTools,
    given: unknown,
    signal: AbortSignal,
  ): Promise<{ text: string; places: readonly Lines[] }>;
}

function tool<S extends z.ZodType>(
  name: string,
  description: string,
  schema: S,
  run: (tools: ChatTools, args: z.output<S>, signal: AbortSignal) => ReturnType<Tool['run']>,
): Tool {
  const { $schema: _dialect, ...parameters } = z.toJSONSchema(schema, { io: 'input' });
  return {
    spec: { name, description, parameters },
    run: (tools, given, signal) => {
      const parsed = schema.safeParse(given);
      if (!parsed.success)
        throw new LcadError('INVALID_PARAMS', `Wrong arguments: ${z.prettifyError(parsed.error)}`);
      return run(tools, parsed.data, signal);
    },
  };
}

const symbolName = z
  .string()
  .min(1)
  .max(1000)
  .describe('Name of a function, class, method …; `Scope.name` is possible.');

const all: readonly Tool[] = [
  tool(
    'search_code',
    'Searches the code of the registered repositories by words or identifiers; gives places with their lines.',
    z.object({
      query: z.string().min(1).max(1000).describe('Plain words, identifiers, or both.'),
      limit: z.int().min(1).max(mostHits).optional().describe('Results wanted, 8 if it is left out.'),
    }),
    (tools, { query, limit = 8 }, signal) => tools.searchCode({ query, limit }, signal),
  ),
  tool(
    'read_lines',
    `Shows lines of a file of a registered repository, at most ${mostLines} at a time.`,
    z.object({
      path: z.string().min(1).max(4096).describe('Path from the root of the repository, or absolute.'),
      startLine: z.int().min(1).optional().describe('First line, from 1; 1 if it is left out.'),
      endLine: z.int().min(1).optional().describe('Last line; 100 after the first if it is left out.'),
    }),
    (tools, { path, startLine = 1, endLine = startLine + 100 }, signal) => {
      if (endLine < startLine) throw new LcadError('INVALID_PARAMS', 'endLine is before startLine.');
      const last = Math.min(endLine, startLine + mostLines - 1);
      return tools.readLines({ path, startLine, endLine: last }, signal);
    },
  ),
  tool(
    'definition',
    'Tells where a symbol is defined.',
    z.object({ name: symbolName }),
    (tools, args, signal) => tools.definition(args, signal),
  ),
  tool(
    'callers',
    'Lists what calls a function or method, with the lines.',
    z.object({ name: symbolName }),
    (tools, args, signal) => tools.callers(args, signal),
  ),
];

/** The tools as models are told of them. */
export const toolSpecs: readonly ToolSpec[] = all.map(({ spec }) => spec);

/** Runs the tools of one question; what goes wrong is an answer to the model, and never ends the question. */
export class ToolRun {
  readonly #tools: ChatTools;
  readonly #limits: ToolLimits;
  #usedMs = 0;
  /** Lines that the tools showed. */
  readonly places: Lines[] = [];
  readonly steps: ToolStep[] = [];

  constructor(tools: ChatTools, limits: ToolLimits) {
    this.#tools = tools;
    this.#limits = limits;
  }

  /** Whether there is time left. */
  get mayGoOn(): boolean {
    return this.#usedMs < this.#limits.ms;
  }

  /**
   * Answers the calls of one round, in their order.
   * @throws the signal's reason
   */
  async round(calls: readonly ToolCall[], signal: AbortSignal): Promise<string[]> {
    const from = performance.now();
    const late = AbortSignal.timeout(Math.max(1, Math.ceil(this.#limits.ms - this.#usedMs)));
    const either = AbortSignal.any([signal, late]);
    try {
      return await Promise.all(calls.map((call, at) => this.#call(call, at, either, signal)));
    } finally {
      this.#usedMs += performance.now() - from;
    }
  }

  async #call(call: ToolCall, at: number, either: AbortSignal, signal: AbortSignal): Promise<string> {
    const from = performance.now();
    try {
      if (at >= this.#limits.calls)
        throw new LcadError('INVALID_PARAMS', `Only ${this.#limits.calls} calls at a time are answered.`);
      const { text, places } = await this.#answer(call, either);
      this.places.push(...places);
      this.#note(call, null, from);
      return bounded(text, this.#limits.characters);
    } catch (error) {
      signal.throwIfAborted();
      const what = either.aborted
        ? 'The time for tools is used up: answer from what you have.'
        : messageOf(error);
      this.#note(call, what, from);
      return `Error: ${bounded(what, this.#limits.characters)}`;
    }
  }

  #note(call: ToolCall, error: string | null, from: number): void {
    const long = JSON.stringify(call.arguments).length > longestArguments;
    const tookMs = performance.now() - from;
    this.steps.push({ tool: call.name, arguments: long ? {} : call.arguments, error, tookMs });
  }

  #answer(call: ToolCall, either: AbortSignal): ReturnType<Tool['run']> {
    const found = all.find(({ spec }) => spec.name === call.name);
    if (!found) {
      const names = toolSpecs.map(({ name }) => name).join(', ');
      throw new LcadError(
        'INVALID_PARAMS',
        `There is no tool ${JSON.stringify(call.name)}; there are ${names}.`,
      );
    }
    return orAborted(found.run(this.#tools, call.arguments, either), either);
  }
}

function bounded(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const end = text.lastIndexOf('\n', characters);
  return `${text.slice(0, end > characters / 2 ? end : characters)}\n[…cut: ask for less]`;
}
