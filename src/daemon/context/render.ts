import { placeholder } from '../../protocol/context-template.js';
import type { Why } from './regions.js';

/** A snippet as the prompt shows it. */
export interface Shown {
  index: number;
  /** Name of the repository where several take part, or null. */
  repo: string | null;
  path: string;
  startLine: number;
  endLine: number;
  /** What it is a part of, where the lines do not say so themselves; or empty. */
  name: string;
  score: number;
  why: readonly Why[];
  stale: boolean;
  unsaved: boolean;
  trusted: boolean;
  text: string;
}

/** An earlier turn of the conversation. */
export interface Turn {
  role: 'user' | 'assistant';
  text: string;
}

/** Digits are cut into tokens three by three, so that every mark takes as many tokens as any other. */
const nonceDigits = 12;
/** One more than the largest mark. */
export const nonces = 10 ** nonceDigits;

/**
 * A mark that no text of a request holds: 12 digits, made after all of the texts were written.
 * @param random a cryptographically secure number from 0 to `nonces` - 1
 */
export function makeNonce(texts: readonly string[], random: () => number): string {
  for (;;) {
    const nonce = String(random()).padStart(nonceDigits, '0');
    if (!texts.some((text) => text.includes(nonce))) return nonce;
  }
}

/** One snippet with its tags. The text is as it is in the file. Pure. */
export function renderSnippet(snippet: Shown, nonce: string): string {
  const { index, repo, path, startLine, endLine, name, score, why, text } = snippet;
  const reasons = why.filter(({ reason }) => reason !== 'retrieved').map(sayWhy);
  const attributes = [
    ['index', String(index)],
    ['score', score.toFixed(2)],
    ...(repo === null ? [] : [['repo', repo]]),
    ['path', path],
    ...(startLine > 0 ? [['lines', `${startLine}-${endLine}`]] : []),
    ...(name === '' ? [] : [['in', name]]),
    ...(reasons.length === 0 ? [] : [['why', reasons.join('; ')]]),
    ...(snippet.unsaved ? [['text', 'unsaved']] : []),
    ...(snippet.stale ? [['text', 'saved; the open file differs']] : []),
    ...(snippet.trusted ? [] : [['trusted', 'no']]),
  ];
  const tag = attributes.map(([key, value]) => ` ${key}="${attribute(value ?? '')}"`).join('');
  return `<retrieved_snippet-${nonce}${tag}>\n${text}\n</retrieved_snippet-${nonce}>\n`;
}

function sayWhy({ reason, of }: Why): string {
  if (reason === 'called') return `called by ${of}`;
  if (reason === 'encloses') return `encloses ${of}`;
  if (reason === 'imports') return `imports of ${of}`;
  return of === '' ? reason : `${reason}: ${of}`;
}

/** Earlier turns with their tags, or nothing. Pure. */
export function renderTurns(turns: readonly Turn[], nonce: string): string {
  if (turns.length === 0) return '';
  const shown = turns.map(({ role, text }) => `<turn-${nonce} role="${role}">\n${text}\n</turn-${nonce}>\n`);
  return `<conversation-${nonce}>\n${shown.join('')}</conversation-${nonce}>\n`;
}

/** Fills a template in one pass: what is filled in is not looked at again. Pure. */
export function renderPrompt(template: string, parts: Readonly<Record<string, string>>): string {
  return template.replaceAll(placeholder, (whole, name: string) => parts[name] ?? whole);
}

function attribute(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\p{Cc}/gu, ' ');
}
