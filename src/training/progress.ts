const redrawMs = 200;
/** Where there is no terminal, a line is printed this often. */
const lineMs = 15_000;

/** Progress of a step on standard error: one line that is redrawn on a terminal, else a line now and then. */
export class Progress {
  readonly #startedAt = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #terminal = process.stderr.isTTY === true;
  #done = 0;
  #note = '';

  /** @param label what the step does @param total how many units there are */
  constructor(
    private readonly label: string,
    private readonly total: number,
  ) {
    this.#timer = setInterval(() => this.#draw(), this.#terminal ? redrawMs : lineMs);
    this.#timer.unref();
  }

  /** @param done units done so far @param note what is at work, or figures */
  update(done: number, note = this.#note): void {
    this.#done = done;
    this.#note = note;
  }

  /** Prints a line that stays. */
  print(line: string): void {
    process.stderr.write(this.#terminal ? `\r\x1b[2K${line}\n` : `${line}\n`);
  }

  /** Ends the display; its last state stays. */
  stop(): void {
    clearInterval(this.#timer);
    this.#draw();
    if (this.#terminal) process.stderr.write('\n');
  }

  #draw(): void {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const left = this.#done > 0 ? (seconds / this.#done) * (this.total - this.#done) : 0;
    const parts = [`${this.label} ${this.#done} of ${this.total}`, this.#note, `${Math.round(seconds)} s`];
    if (left >= 1) parts.push(`about ${Math.round(left)} s left`);
    const line = parts.filter((part) => part !== '').join(' · ');
    const columns = (process.stderr.columns ?? 0) - 1;
    if (this.#terminal) process.stderr.write(`\r\x1b[2K${columns > 0 ? line.slice(0, columns) : line}`);
    else process.stderr.write(`${line}\n`);
  }
}
