import type { ContextResult, ContextSnippet } from '../../protocol/context.js';
import { count, milliseconds, plural } from './human.js';
import { printable, printableLine } from './printable.js';
import { warningTexts } from './search-view.js';
import type { Colors } from './terminal.js';

/** The prompt; on a terminal, without what could steer it. */
export function promptText({ prompt }: ContextResult, onTerminal: boolean): string {
  return onTerminal ? printable(prompt) : prompt;
}

/** The snippets, to be read by a person. */
export function snippetsText({ snippets }: ContextResult, colors: Colors): string {
  return snippets.map((one) => `${headOf(one, colors)}\n${printable(one.text)}\n`).join('\n');
}

function headOf(one: ContextSnippet, colors: Colors): string {
  const { path, startLine, endLine, why, score } = one;
  const lines = startLine > 0 ? `:${startLine}-${endLine}` : '';
  const reasons = why.map(({ reason, of }) => (of === '' ? reason : `${reason}: ${of}`)).join(', ');
  const name = one.name === '' ? '' : ` ${one.name}`;
  const about = `${score.toFixed(2)} ${reasons}${name}${one.stale ? ', saved text' : ''}${one.unsaved ? ', unsaved text' : ''}`;
  return `${colors.bold(printableLine(path) + lines)} ${colors.dim(printableLine(about))}`;
}

/** What a reply lacks, in sentences. */
export function contextNotes(result: ContextResult, waited: boolean): string[] {
  const { omittedSources, reranked, omittedTurns } = result;
  return [
    ...warningTexts(result, waited),
    ...omittedSources.map(({ source, reason }) => `${printableLine(source)}: ${printableLine(reason)}`),
    ...(reranked && !reranked.used ? [`Not reranked: ${printableLine(reranked.by)}`] : []),
    ...(omittedTurns > 0 ? [`${plural(omittedTurns, 'earlier turn')} did not fit.`] : []),
  ];
}

/** One line on the whole: "3,950 of 4,000 tokens · 21 snippets of 14 files · 12 left out · 23 ms". */
export function contextFooter({ tokens, snippets, omittedTotal, tookMs }: ContextResult): string {
  const files = new Set(snippets.map(({ root, path }) => `${root}/${path}`)).size;
  const parts = [
    `about ${count(tokens.prompt)} of ${count(tokens.budget)} tokens`,
    `${plural(snippets.length, 'snippet')} of ${plural(files, 'file')}`,
    ...(omittedTotal > 0 ? [`${count(omittedTotal)} left out`] : []),
    milliseconds(tookMs),
  ];
  return parts.join(' · ');
}
