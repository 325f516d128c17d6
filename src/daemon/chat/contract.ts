import type { ContextResult } from '../../protocol/context.js';

/** Lines of a file of a registered repository, from 1, both included. */
export interface Lines {
  /** Id of the repository. */
  readonly repo: string;
  /** Absolute path of its root. */
  readonly root: string;
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
}

/** What a tool answers a model, and the lines of code that this shows. */
export interface ToolAnswer {
  readonly text: string;
  readonly places: readonly Lines[];
}

/** Where a conversation looks for code, and what it is about. */
export interface ChatScope {
  /** Repositories as clients name them; undefined: all. */
  readonly repos: readonly string[] | undefined;
  /** Absolute path of the file that is worked on. */
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/**
 * What models may look up; nothing here changes anything. Each throws an LcadError, whose message the model is told, or
 * the signal's reason.
 */
export interface ChatTools {
  searchCode(args: { query: string; limit: number }, signal: AbortSignal): Promise<ToolAnswer>;
  readLines(
    args: { path: string; startLine: number; endLine: number },
    signal: AbortSignal,
  ): Promise<ToolAnswer>;
  definition(args: { name: string }, signal: AbortSignal): Promise<ToolAnswer>;
  callers(args: { name: string }, signal: AbortSignal): Promise<ToolAnswer>;
}

/** The prompt for a question and the code in it; see `lcad/context`. */
type MakeContext = (
  question: string,
  options: ChatScope & {
    /** Most tokens of the whole prompt. */
    readonly tokens: number;
    /** The question before, which this one may go on with; empty: none. */
    readonly before: string;
  },
  signal: AbortSignal,
) => Promise<ContextResult>;

/** What one question does with its surroundings. */
export interface ChatSurroundings {
  readonly context: MakeContext;
  readonly tools: ChatTools;
  /** Whether a file is still in the index of a registered repository. */
  has(repo: string, path: string): boolean;
}
