import type { ChatGetResult, ChatResult, ChatSession, Citation } from '../../protocol/chat.js';
import { ago, count, milliseconds, plural } from './human.js';
import { printable, printableLine } from './printable.js';
import type { Colors, Terminal } from './terminal.js';

/** What follows an answer: the lines it cites on standard output, the rest on standard error. */
export function answerEnd(
  result: ChatResult,
  terminal: Pick<Terminal, 'outColors' | 'errColors' | 'errIsTerminal'>,
): { out: string; err: string } {
  const { outColors, errColors } = terminal;
  const cited = citationLines(result.citations).map((line) => `${outColors.cyan(line)}\n`);
  const notes = result.notes.map((note) => `${errColors.yellow('note:')} ${printableLine(note)}\n`);
  const footer = terminal.errIsTerminal ? [`${errColors.dim(answerFooter(result))}\n`] : [];
  return { out: cited.length > 0 ? `\n${cited.join('')}` : '', err: [...notes, ...footer].join('') };
}

/** `path:10-20`, with the repository's name before it where several are cited. */
function citationLines(citations: readonly Citation[]): string[] {
  const several = new Set(citations.map(({ repo }) => repo)).size > 1;
  return citations.map((one) => {
    const name = several ? `${one.root.slice(one.root.lastIndexOf('/') + 1)}/` : '';
    return printableLine(`${name}${placeText(one)}`);
  });
}

function placeText({ path, startLine, endLine }: Citation): string {
  return `${path}:${startLine}${endLine > startLine ? `-${endLine}` : ''}`;
}

/** "qwen2.5-coder:7b on ollama · about 3,950 tokens asked · 412 tokens answered · 31 tokens/s · 14 s" */
function answerFooter({ model, upstream, contextTokens, usage, timings, steps }: ChatResult): string {
  const parts = [
    printableLine(`${model} on ${upstream}`),
    `about ${count(contextTokens)} tokens asked`,
    ...(steps.length > 0 ? [plural(steps.length, 'look-up')] : []),
    ...(usage.outputTokens === null ? [] : [`${plural(usage.outputTokens, 'token')} answered`]),
    ...(timings.tokensPerSecond === null ? [] : [`${count(timings.tokensPerSecond)} tokens/s`]),
    milliseconds(timings.totalMs),
  ];
  return parts.join(' · ');
}

/** A tool that the model calls, on a line. */
export function toolText(name: string, summary: string, colors: Colors): string {
  return `${colors.dim(`· ${printableLine(name)} ${printableLine(summary)}`)}\n`;
}

/** What went with a question, and what the model looked up. */
export function contextText(result: ChatResult, colors: Colors): string {
  const { context, window, steps } = result;
  const places = context.map(
    (one) => `${colors.bold(printableLine(placeText(one)))} ${colors.dim(`${one.tokens} tokens`)}\n`,
  );
  const looked = steps.map(({ tool, arguments: given, error, tookMs }) => {
    const what = `${tool} ${JSON.stringify(given)}`;
    const end = error === null ? milliseconds(tookMs) : `failed: ${error}`;
    return `${colors.bold(printableLine(what))} ${colors.dim(printableLine(end))}\n`;
  });
  const dropped = window.droppedTurns > 0 ? `, ${count(window.droppedTurns)} more did not fit` : '';
  const whole = `${plural(context.length, 'snippet')}, ${plural(window.turns, 'earlier turn')}${dropped}; about ${count(window.tokens)} of ${count(window.budget)} tokens`;
  return [...places, ...looked, `${colors.dim(whole)}\n`].join('');
}

/** The messages as the model got them. */
export function sentText(sent: NonNullable<ChatResult['sent']>, colors: Colors): string {
  return sent.map(({ role, content }) => `${colors.bold(`[${role}]`)}\n${printable(content)}\n`).join('\n');
}

/** A line for each conversation. */
export function sessionsText(sessions: readonly ChatSession[], colors: Colors): string {
  return sessions
    .map(({ id, usedAt, turns, title }) => {
      const about = `${ago(usedAt)}, ${plural(turns, 'turn')}`;
      return `${colors.bold(printableLine(id))}  ${colors.dim(about)}  ${printableLine(title)}\n`;
    })
    .join('');
}

/** A conversation to be read. */
export function sessionText({ turns }: ChatGetResult, colors: Colors): string {
  return turns
    .map(({ question, answer, citations, interrupted }) => {
      const cited = citationLines(citations).map((line) => `${colors.cyan(line)}\n`);
      const end = interrupted ? `${colors.dim('(ended before its end)')}\n` : '';
      return `${colors.bold('>')} ${printable(question)}\n${printable(answer)}\n${end}${cited.join('')}`;
    })
    .join('\n');
}
