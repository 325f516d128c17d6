import { printable } from './printable.js';
import type { Terminal } from './terminal.js';

const eraseLine = '\r\x1b[2K';
const tickMs = 1000;

/** One line on standard error that the next one replaces, with how long it has been so; only on a terminal. */
export class StatusLine {
  readonly #terminal: Pick<Terminal, 'err' | 'errIsTerminal' | 'errColors' | 'errColumns'>;
  #text = '';
  /** When it was said first. */
  #since = 0;
  #ticking: NodeJS.Timeout | undefined;

  constructor(terminal: Pick<Terminal, 'err' | 'errIsTerminal' | 'errColors' | 'errColumns'>) {
    this.#terminal = terminal;
  }

  /** Shows a text in the place of the last one; an empty one leaves the line free. */
  say(text: string): void {
    if (!this.#terminal.errIsTerminal || text === this.#text) return;
    clearInterval(this.#ticking);
    if (this.#text !== '') this.#terminal.err(eraseLine);
    this.#text = text;
    if (text === '') return;
    this.#since = performance.now();
    this.#draw();
    this.#ticking = setInterval(() => {
      this.#terminal.err(eraseLine);
      this.#draw();
    }, tickMs).unref();
  }

  #draw(): void {
    const seconds = Math.floor((performance.now() - this.#since) / 1000);
    const time = seconds > 1 ? ` ${seconds} s` : '';
    const shown = printable(this.#text)
      .replace(/\s+/g, ' ')
      .slice(0, Math.max(10, this.#terminal.errColumns - 1 - time.length));
    this.#terminal.err(this.#terminal.errColors.dim(`${shown}${time}`));
  }
}
