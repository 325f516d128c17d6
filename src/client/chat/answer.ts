import type { ChatParams, ChatProgress, ChatResult } from '../../protocol/chat.js';
import type { Cli } from '../cli.js';
import type { Connection } from '../connection.js';
import { answerEnd, toolText } from '../output/chat-view.js';
import { count, plural } from '../output/human.js';
import { printable } from '../output/printable.js';
import { StatusLine } from '../output/status-line.js';

/** The daemon has deadlines of its own, an hour at most; this one is only for a daemon that is stuck. */
const deadlineMs = 3_700_000;

/**
 * Asks the daemon, shows the answer while it is written, then what it cites; with --json nothing.
 * @throws LcadError what `lcad/chat` throws
 */
export async function ask(
  cli: Cli,
  connection: Connection,
  params: ChatParams,
  options: { signal: AbortSignal; onContext?: (session: string | null) => void },
): Promise<ChatResult> {
  const { signal, onContext } = options;
  const view = cli.json ? null : new AnswerView(cli);
  const onProgress = (progress: ChatProgress) => {
    if (progress.kind === 'context') onContext?.(progress.session);
    view?.take(progress);
  };
  try {
    view?.begin();
    const result = await connection.request('lcad/chat', params, { signal, onProgress, deadlineMs });
    view?.end(result);
    return result;
  } finally {
    view?.stop();
  }
}

/** Shows an answer as it comes: on a terminal with a line that tells what is waited for. */
class AnswerView {
  readonly #cli: Cli;
  readonly #status: StatusLine;
  /** The last character written, so that what follows begins on a line of its own. */
  #last = '\n';

  constructor(cli: Cli) {
    this.#cli = cli;
    this.#status = new StatusLine(cli.terminal);
  }

  begin(): void {
    this.#say('collecting code …');
  }

  take(progress: ChatProgress): void {
    if (progress.kind === 'context') {
      const { snippets, tokens } = progress;
      const code =
        snippets === 0 ? 'no code' : `${plural(snippets, 'snippet')}, about ${count(tokens)} tokens`;
      this.#say(`${code}; waiting for the model …`);
    } else if (progress.kind === 'begin') this.#say(`${progress.model} writes …`);
    else if (progress.kind === 'thinking') this.#say('thinking …');
    else if (progress.kind === 'tool') this.#tool(progress);
    else this.#text(progress.text);
  }

  end(result: ChatResult): void {
    this.stop();
    const { terminal } = this.#cli;
    const { out, err } = answerEnd(result, terminal);
    terminal.out(out);
    terminal.err(err);
  }

  /** Ends the line that was being written. */
  stop(): void {
    this.#say('');
    if (this.#last !== '\n') this.#write('\n');
  }

  #text(text: string): void {
    this.#say('');
    const { terminal } = this.#cli;
    this.#write(terminal.outIsTerminal ? printable(text) : text);
  }

  #tool({ name, summary }: { name: string; summary: string }): void {
    const { terminal } = this.#cli;
    if (!terminal.errIsTerminal) return;
    this.stop();
    terminal.err(toolText(name, summary, terminal.errColors));
    this.#say('looking it up …');
  }

  #write(text: string): void {
    if (text === '') return;
    this.#cli.terminal.out(text);
    this.#last = text.at(-1) ?? '';
  }

  #say(text: string): void {
    // In the middle of an answer there is no room for it.
    if (text === '' || this.#last === '\n') this.#status.say(text);
  }
}
