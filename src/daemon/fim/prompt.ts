import type { CompleteParams } from '../../protocol/complete.js';
import type {
  CompletionContextParams,
  CompletionContextResult,
  CompletionItem,
} from '../../protocol/completion-context.js';
import type { CompleteConfig } from '../../protocol/inference-config.js';
import type { Overlay } from '../overlay/contract.js';
import type { FimInput } from './families.js';
import { linesWanted, type SyntaxAround } from './lines.js';
import { steadySelection } from './selection.js';
import { type Around, steadyPrefix } from './typed.js';

/** Who asks. */
export interface FimClient {
  /** The connection's id. */
  readonly id: string;
  readonly overlay: Overlay;
}

/** Where prompts get what they are made of. */
export interface PromptSources {
  readonly settings: () => CompleteConfig;
  /** As `lcad/completionContext`. */
  readonly context: (
    params: CompletionContextParams,
    client: FimClient,
    signal: AbortSignal,
  ) => Promise<CompletionContextResult>;
  /** What the syntax tree says of a cursor; null: not known in time. */
  readonly syntax?: (at: {
    language: string;
    prefix: string;
    suffix: string;
  }) => Promise<SyntaxAround | null>;
}

/** A request with its signal. */
export interface Asking {
  readonly params: CompleteParams;
  readonly client: FimClient;
  readonly signal: AbortSignal;
}

/** The text around a cursor, and what else is known of the place. */
export interface Windows extends Around {
  readonly found: CompletionContextResult;
}

/** What a prompt is made of, and how long making it took. */
export interface Made {
  readonly input: FimInput;
  readonly lines: 'single' | 'multiple';
  readonly items: readonly CompletionItem[];
  readonly notes: readonly string[];
  readonly contextMs: number;
}

/**
 * The text around the cursor alone: soon there, and all that it takes to see whether an earlier completion is still good.
 * @throws what the context throws
 */
export async function windowsOf(
  sources: PromptSources,
  { params, client, signal }: Asking,
): Promise<Windows> {
  const { prefixTokens, suffixTokens } = sources.settings();
  const { file, line, column, text } = params;
  const wanted = { file, line, column, prefixTokens, suffixTokens, contextTokens: 0 };
  const given = text === undefined ? wanted : { ...wanted, text };
  const found = await sources.context(given, client, signal);
  const { prefix, suffix } = found;
  const { startLine, whole } = prefix;
  return { prefix: prefix.text, startLine, whole, suffix: suffix.text, found };
}

/**
 * All that goes into the prompt.
 * @param before the context items of the request before, for the same document
 * @throws what the context throws
 */
export async function madeOf(
  sources: PromptSources,
  { params, client, signal }: Asking,
  windows: Windows,
  before: readonly CompletionItem[],
): Promise<Made> {
  const from = performance.now();
  const { contextTokens, prefixTokens, suffixTokens, lines: usual } = sources.settings();
  const { useContext = true, file, line, column, text, patienceMs, lines: wanted = usual } = params;
  const place = { language: windows.found.language, prefix: windows.prefix, suffix: windows.suffix };
  const syntax = wanted === 'auto' ? sources.syntax?.(place) : undefined;
  const asked = { file, line, column, contextTokens, prefixTokens, suffixTokens };
  const context =
    !useContext || contextTokens === 0
      ? windows.found
      : await sources.context(
          {
            ...asked,
            ...(text === undefined ? {} : { text }),
            ...(patienceMs === undefined ? {} : { patienceMs }),
          },
          client,
          signal,
        );
  const items = useContext ? steadySelection(context.items, before, context.path) : [];
  const lines = wanted === 'auto' ? linesWanted(place, (await syntax) ?? null) : wanted;
  const input: FimInput = {
    repo: context.root === null ? '' : baseName(context.root),
    path: context.repo === null ? baseName(context.path) : context.path,
    language: context.language,
    prefix: steadyPrefix(windows),
    suffix: windows.suffix,
    files: items.map(({ path, text, score }) => ({ path, text, score })),
  };
  return { input, lines, items, notes: context.notes, contextMs: performance.now() - from };
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
