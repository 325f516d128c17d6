import type { ChatParams, ChatResult } from '../../protocol/chat.js';
import { LcadError } from '../../shared/errors.js';
import type { Cli } from '../cli.js';
import type { Connection } from '../connection.js';
import { exitCodes } from '../exit-codes.js';
import { contextText, sentText } from '../output/chat-view.js';
import { doneText } from '../output/edits-view.js';
import { asLcadError, errorText } from '../output/error-view.js';
import { printableLine } from '../output/printable.js';
import { ask } from './answer.js';
import { applyEdits } from './apply.js';
import { Lines } from './lines.js';

export interface ConversationOptions {
  /** What goes with every message. */
  readonly params: Omit<ChatParams, 'message' | 'session' | 'progressToken'>;
  /** Goes on with this conversation. */
  readonly session: string | null;
  /** Earlier questions, the oldest first. */
  readonly history: readonly string[];
}

const help = `Write a question, or:
  /context        what went with the last question (/context full: every message that was sent)
  /model [name]   show the models, or take this one for what follows (/model -: the configured one)
  /apply          apply the changes that the last answer proposes
  /undo           put the files back as they were before the last /apply
  /clear          begin a new conversation
  /help           this
  /quit           end; also Ctrl-D
Ctrl-C ends an answer under way.
`;

/** A conversation in the terminal, or of the lines of standard input: one line is one message. */
export class Conversation {
  readonly #cli: Cli;
  readonly #connection: Connection;
  readonly #params: ConversationOptions['params'];
  readonly #lines: Lines;
  readonly #asking: boolean;
  readonly #results: ChatResult[] = [];
  #session: string | null;
  #model: string | undefined;
  #last: ChatResult | null = null;
  /** Edits that were applied here and not undone, the oldest first. */
  readonly #applied: string[] = [];
  /** Of the answer under way. */
  #answering: AbortController | null = null;

  constructor(cli: Cli, connection: Connection, options: ConversationOptions) {
    this.#cli = cli;
    this.#connection = connection;
    this.#params = options.params;
    this.#session = options.session;
    this.#model = options.params.model;
    this.#asking = cli.terminal.canAsk;
    this.#lines = new Lines(cli, options.history, () => this.#interrupted());
  }

  /**
   * Goes on until the end of the input, or `/quit`.
   * @returns the exit code
   * @throws what an answer ends with, where nobody is there to try again
   */
  async run(): Promise<number> {
    const cli = this.#cli;
    try {
      for (;;) {
        const line = await this.#lines.next(cli.terminal.errColors.bold('> '));
        if (line === null) {
          // What follows begins behind the prompt.
          if (this.#asking) cli.terminal.err('\n');
          break;
        }
        const text = line.trim();
        if (text === '') continue;
        if (text === '/quit' || text === '/exit') break;
        await this.#take(text);
      }
    } finally {
      this.#lines.close();
      if (this.#asking && this.#session)
        cli.note(`\`lcad chat --resume ${this.#session}\` goes on with this.`);
    }
    if (cli.json) cli.printJson({ session: this.#session, answers: this.#results });
    return cli.signal.aborted ? exitCodes.interrupted.code : exitCodes.ok.code;
  }

  async #take(text: string): Promise<void> {
    try {
      if (text.startsWith('/')) await this.#command(text);
      else await this.#ask(text);
    } catch (thrown) {
      if (!this.#asking || this.#cli.signal.aborted) throw thrown;
      const error = asLcadError(thrown);
      if (error.kind === 'CONNECTION_LOST' || error.kind === 'SHUTTING_DOWN') throw thrown;
      const ended = error.kind === 'REQUEST_CANCELLED';
      this.#cli.terminal.err(ended ? 'ended\n' : errorText(error, this.#cli.terminal.errColors));
    }
  }

  async #ask(message: string): Promise<void> {
    const answering = new AbortController();
    this.#answering = answering;
    const { model: _model, ...rest } = this.#params;
    const params: ChatParams = {
      ...rest,
      message,
      showSent: true,
      ...(this.#session === null ? {} : { session: this.#session }),
      ...(this.#model === undefined ? {} : { model: this.#model }),
    };
    let begun: string | null = null;
    try {
      const result = await ask(this.#cli, this.#connection, params, {
        signal: AbortSignal.any([answering.signal, this.#cli.signal]),
        onContext: (session) => {
          begun = session;
        },
      });
      this.#last = result;
      this.#session = result.session;
      if (this.#cli.json) this.#results.push({ ...result, sent: null });
    } catch (error) {
      if (this.#session === null && begun !== null) this.#session = await this.#kept(begun);
      throw error;
    } finally {
      this.#answering = null;
    }
  }

  /** Of an answer that was ended something may have been kept, and so the conversation. */
  async #kept(session: string): Promise<string | null> {
    if (this.#cli.signal.aborted) return null;
    try {
      return (await this.#connection.request('lcad/chat/get', { session })).id;
    } catch (error) {
      if (error instanceof LcadError) return null;
      throw error;
    }
  }

  async #command(text: string): Promise<void> {
    const [name = '', ...words] = text.slice(1).split(/\s+/);
    const { terminal } = this.#cli;
    if (name === 'help') this.#show(help);
    else if (name === 'context') this.#context(words[0] === 'full');
    else if (name === 'model') await this.#chooseModel(words[0]);
    else if (name === 'clear') {
      this.#session = null;
      this.#last = null;
      if (this.#asking) terminal.err('A new conversation begins.\n');
    } else if (name === 'apply') await this.#apply();
    else if (name === 'undo') await this.#undo();
    else throw new LcadError('USAGE', `There is no command /${printableLine(name)}.`, { next: 'See /help.' });
  }

  #context(full: boolean): void {
    const colors = this.#cli.terminal.outColors;
    if (!this.#last) this.#show('Nothing was sent yet.\n');
    else if (full) this.#show(sentText(this.#last.sent ?? [], colors));
    else this.#show(contextText(this.#last, colors));
  }

  async #chooseModel(name: string | undefined): Promise<void> {
    if (name !== undefined) {
      this.#model = name === '-' ? this.#params.model : name;
      this.#show(`Model: ${printableLine(this.#model ?? 'as configured')}\n`);
      return;
    }
    const { signal } = this.#cli;
    const { servers, uses } = await this.#connection.request('lcad/models', { refresh: false }, { signal });
    const now = this.#model ?? uses.chat?.model ?? 'as configured';
    const offered = servers.flatMap((server) => server.models.map((one) => `  ${one.name} (${server.name})`));
    this.#show(`Model: ${printableLine(now)}\n${offered.map((line) => `${printableLine(line)}\n`).join('')}`);
  }

  async #apply(): Promise<void> {
    const answer = this.#last;
    if (!answer) throw new LcadError('USAGE', 'There is no answer yet.', { next: 'Ask for a change first.' });
    const agree = async () => {
      const line = await this.#lines.next('Apply? [y/N] ');
      return line !== null && /^y(es)?$/i.test(line.trim());
    };
    const { text, id } = await applyEdits(this.#cli, this.#connection, answer.text, agree);
    if (id !== null) this.#applied.push(id);
    this.#show(text);
  }

  async #undo(): Promise<void> {
    const id = this.#applied.at(-1);
    if (id === undefined) {
      const next = '`lcad edits --undo` takes back what was applied elsewhere.';
      throw new LcadError('USAGE', 'No change was applied in this conversation.', { next });
    }
    const { signal, terminal } = this.#cli;
    const undone = await this.#connection.request('lcad/edits/undo', { id }, { signal });
    this.#applied.pop();
    this.#show(doneText(undone, 'undone', terminal.outColors));
  }

  #show(text: string): void {
    if (!this.#cli.json) this.#cli.terminal.out(text);
  }

  #interrupted(): void {
    if (this.#answering) this.#answering.abort();
    else this.#lines.close();
  }
}
