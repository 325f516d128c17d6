import { createHash } from 'node:crypto';
import type { Reply, RequestBody, SeenRequest, ToolReply } from './model-protocol.js';

/** What a model says to a request: its tokens within the request's limit and before its stop texts. */
export interface Said {
  readonly tokens: readonly string[];
  readonly text: string;
  readonly thinking: readonly string[];
  readonly tools: readonly ToolReply[];
  readonly reason: string;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
}

/** Applies a request's limits to a reply. */
export function said(seen: SeenRequest, reply: Reply, limits: { most: unknown; stop: unknown }): Said {
  const all = reply.tokens ?? (reply.tools ? [] : ['ok']);
  const most = typeof limits.most === 'number' && limits.most >= 0 ? limits.most : Number.POSITIVE_INFINITY;
  const stops = Array.isArray(limits.stop)
    ? (limits.stop as string[])
    : limits.stop
      ? [String(limits.stop)]
      : [];
  const { tokens, stopped } = beforeStop(all.slice(0, most), stops);
  const tools = reply.tools ?? [];
  const cut = all.length > most && !stopped ? 'length' : 'stop';
  return {
    tokens,
    text: tokens.join(''),
    thinking: reply.thinking ?? [],
    tools,
    reason: reply.reason ?? (tools.length > 0 ? 'tools' : cut),
    promptTokens: reply.usage?.prompt ?? Math.ceil(JSON.stringify(seen.body).length / 4),
    outputTokens: reply.usage?.output ?? tokens.length,
    cachedTokens: reply.usage?.cached ?? 0,
  };
}

function beforeStop(
  tokens: readonly string[],
  stops: readonly string[],
): { tokens: string[]; stopped: boolean } {
  const text = tokens.join('');
  const places = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  if (places.length === 0) return { tokens: [...tokens], stopped: false };
  let left = Math.min(...places);
  const kept: string[] = [];
  for (const token of tokens) {
    if (left <= 0) break;
    kept.push(token.slice(0, left));
    left -= token.length;
  }
  return { tokens: kept, stopped: true };
}

/** The texts of an embedding request. */
export function inputsOf(body: RequestBody): string[] {
  return Array.isArray(body.input) ? body.input.map(String) : [String(body.input ?? '')];
}

/** A vector that depends on the text alone, of length 1. */
export function vectorOf(text: string, dimensions: number): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < dimensions; at++) {
    numbers.push(createHash('sha256').update(`${at} ${text}`).digest().readInt16LE(0) / 32_768);
  }
  const length = Math.hypot(...numbers) || 1;
  return numbers.map((value) => value / length);
}
