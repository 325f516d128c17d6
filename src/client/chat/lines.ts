import { createInterface, type Interface } from 'node:readline/promises';
import type { Cli } from '../cli.js';

/** Reads what a person types, or the lines of standard input where that is no terminal. */
export class Lines {
  readonly #interface: Interface;
  readonly #lines: AsyncIterator<string>;
  readonly #terminal: boolean;
  #closed = false;

  /**
   * @param history earlier lines for the up arrow, the oldest first
   * @param onInterrupt Ctrl-C on a terminal
   */
  constructor(cli: Cli, history: readonly string[], onInterrupt: () => void) {
    this.#terminal = cli.terminal.canAsk;
    this.#interface = createInterface({
      input: process.stdin,
      output: process.stderr,
      terminal: this.#terminal,
      history: history.map((line) => line.replace(/\s+/g, ' ')).reverse(),
    });
    this.#lines = this.#interface[Symbol.asyncIterator]();
    this.#interface.on('SIGINT', onInterrupt);
    this.#interface.once('close', () => {
      this.#closed = true;
    });
    cli.signal.addEventListener('abort', () => this.close(), { once: true });
  }

  /** The next line; null at the end. @param prompt shown on a terminal */
  async next(prompt: string): Promise<string | null> {
    // To prompt would open standard input again.
    if (this.#terminal && !this.#closed) {
      this.#interface.setPrompt(prompt);
      this.#interface.prompt();
    }
    const { done, value } = await this.#lines.next();
    return done ? null : value;
  }

  close(): void {
    this.#interface.close();
  }
}
