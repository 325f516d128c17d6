import type { Target } from '../inference/contract.js';

/** How the tokens that a model takes are shared out. */
export interface Room {
  /** The longest answer. */
  readonly answer: number;
  /** All messages. */
  readonly budget: number;
  /** Of that, the question with its code. */
  readonly code: number;
}

/** Of a model whose server does not say. */
const usualContext = 8192;
/** The rest is kept back: tokens are estimated, and models with few words in them count more. */
const sure = 0.92;
/** What code may take of what is sent; the rest is for the conversation and what tools answer. */
const codeShare = 0.75;

/**
 * Pure.
 * @param target null: not known yet
 * @param maxTokens longest answer that is wanted
 * @param fixed what is sent in any case: the system text, the question
 * @param tools what the descriptions of tools take, which are no part of the messages
 */
export function roomOf(
  target: Pick<Target, 'config' | 'capabilities'> | null,
  maxTokens: number,
  fixed: number,
  tools = 0,
): Room {
  const whole = target?.config.contextTokens || target?.capabilities.contextTokens || usualContext;
  const answer = Math.max(1, Math.min(maxTokens, Math.floor(whole / 2)));
  const budget = Math.floor((whole - answer) * sure) - tools;
  return { answer, budget, code: Math.max(0, Math.floor((budget - fixed) * codeShare)) };
}
