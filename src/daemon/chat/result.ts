import type { ChatResult } from '../../protocol/chat.js';
import type { ContextResult } from '../../protocol/context.js';
import { LcadError } from '../../shared/errors.js';
import { countTokens } from '../context/tokens.js';
import { endNotes, generationResult } from '../inference/collect.js';
import type { ChatMessage } from '../inference/contract.js';
import { type Cited, citationsIn } from './citations.js';
import type { ChatSurroundings, Lines } from './contract.js';
import type { Made } from './questions.js';
import type { Answered } from './rounds.js';
import type { StoredTurn } from './session-file.js';
import type { ToolRun } from './tools.js';

/** What a conversation keeps of an answer of a tool. */
const mostKeptOfTool = 4000;

/** The places that an answer names and the model was shown: now, or before in the conversation. */
export function citedIn(
  text: string,
  context: ContextResult | null,
  tools: ToolRun | null,
  before: readonly StoredTurn[],
  surroundings: ChatSurroundings,
): Cited {
  const inContext = (context?.snippets ?? []).flatMap(({ repo, root, path, startLine, endLine }): Lines[] =>
    repo === null || root === null || startLine < 1 ? [] : [{ repo, root, path, startLine, endLine }],
  );
  const earlier = before
    .flatMap(({ citations }) => citations)
    .filter(({ repo, path }) => surroundings.has(repo, path));
  const seen = [...inContext, ...(tools?.places ?? []), ...earlier];
  const names = new Map(seen.map(({ repo, root }) => [repo, root.slice(root.lastIndexOf('/') + 1)]));
  return citationsIn(text, seen, names);
}

/** A message as a conversation keeps it. Pure. */
function keptOf({ role, content, toolCalls, toolCallId }: ChatMessage): StoredTurn['messages'] {
  if (role === 'system') return [];
  const long = role === 'tool' && content.length > mostKeptOfTool;
  return [
    {
      role,
      content: long ? `${content.slice(0, mostKeptOfTool)}\n[…]` : content,
      ...(toolCalls ? { toolCalls: toolCalls.map((call) => ({ ...call })) } : {}),
      ...(toolCallId === undefined ? {} : { toolCallId }),
    },
  ];
}

/** A turn as it is kept. Pure. @param said what was said after the question */
export function turnOf(
  question: string,
  said: readonly ChatMessage[],
  { model, upstream }: { model: string; upstream: string },
  { citations }: Cited,
  interrupted: boolean,
): StoredTurn {
  const messages = [{ role: 'user' as const, content: question }, ...said.flatMap(keptOf)];
  return { is: 'turn', at: new Date().toISOString(), messages, model, upstream, citations, interrupted };
}

type Result = Omit<ChatResult, 'session' | 'sent'>;

/** What is told of an answer, but for the conversation. */
export function resultOf(answered: Answered, made: Made, cited: Cited, tools: ToolRun | null): Result {
  const { rounds, window, room, text } = answered;
  const last = rounds.at(-1);
  if (!last) throw new LcadError('INTERNAL_ERROR', 'A question was answered without a round.');
  const result = generationResult(last);
  const timings = rounds.map(({ end }) => end.timings);
  return {
    ...result,
    text,
    usage: {
      promptTokens: sum(rounds.map(({ end }) => end.usage.promptTokens)),
      outputTokens: sum(rounds.map(({ end }) => end.usage.outputTokens)),
      cachedTokens: sum(rounds.map(({ end }) => end.usage.cachedTokens)),
    },
    timings: {
      ...result.timings,
      queueMs: timings.reduce((all, { queueMs }) => all + queueMs, 0),
      firstTokenMs: timings[0]?.firstTokenMs ?? null,
      totalMs: timings.reduce((all, { totalMs }) => all + totalMs, 0),
    },
    notes: [...made.notes, ...notesOf(answered, cited)],
    citations: cited.citations.map((one) => ({ ...one })),
    contextTokens: countTokens(made.message.content),
    context: contextOf(made.context),
    steps: (tools?.steps ?? []).map((step) => ({ ...step, arguments: { ...step.arguments } })),
    window: {
      tokens: window.tokens,
      budget: room.budget,
      turns: 0,
      droppedTurns: window.dropped,
      shortened: window.shortened,
    },
  };
}

function contextOf(context: ContextResult | null): ChatResult['context'] {
  return (context?.snippets ?? []).flatMap(({ repo, root, path, startLine, endLine, tokens, score }) =>
    repo === null || root === null || startLine < 1
      ? []
      : [{ repo, root, path, startLine, endLine, tokens, score }],
  );
}

function notesOf({ rounds, window, text }: Answered, { unknown }: Cited): string[] {
  const end = rounds.at(-1)?.end;
  return [
    ...(text.trim() === '' ? ['The model answered nothing.'] : []),
    ...(end ? endNotes(end) : []),
    ...((rounds.at(-1)?.toolCalls.length ?? 0) > 0
      ? ['The model asked for more tools than it may use for one question.']
      : []),
    ...(window.dropped > 0 ? [`${window.dropped} of the earlier turns did not fit and were left out.`] : []),
    ...(unknown.length > 0
      ? [`Named in the answer, but not among what the model was shown: ${unknown.join(', ')}`]
      : []),
  ];
}

/** Null as soon as one of them is not known. */
function sum(values: readonly (number | null)[]): number | null {
  return values.reduce((all, value) => (all === null || value === null ? null : all + value), 0);
}
