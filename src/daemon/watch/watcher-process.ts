import { type ChildProcess, fork } from 'node:child_process';
import { beatMs, type WatcherCommand, type WatcherReport } from '../../workers/watcher/messages.js';

const stderrTail = 1000;
const endDeadlineMs = 1000;

export interface ProcessOptions {
  /** The process's script. */
  entry: string;
  /** Without a report for so long the process is taken as hung and is killed. */
  silenceMs: number;
  onReport(report: WatcherReport): void;
  /** Called once, however it ended. @param hung it was killed for its silence */
  onEnd(why: string, hung: boolean): void;
}

/** One run of the watcher process, from its start to its certain end. */
export class WatcherProcess {
  readonly #options: ProcessOptions;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #tick: NodeJS.Timeout;
  #silentTicks = 0;
  #stderr = '';
  #hung = false;
  #over = false;

  constructor(options: ProcessOptions) {
    this.#options = options;
    const { NODE_OPTIONS: _unused, ...env } = process.env;
    this.#child = fork(options.entry, [], {
      env,
      execArgv: ['--max-old-space-size=96', '--max-semi-space-size=2'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.on('message', (message) => {
      this.#silentTicks = 0;
      if (!this.#over) options.onReport(message as WatcherReport);
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrTail);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        // Without a process id nothing was started, and there will be no exit.
        if (this.#child.pid === undefined) this.#end(error.message, resolve);
      });
      this.#child.once('exit', (code, signal) => this.#end(this.#cause(code, signal), resolve));
    });
    // Ticks are counted, not time: while this process itself is held up none pass, and reports wait unread.
    this.#tick = setInterval(() => this.#listen(), beatMs).unref();
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  send(command: WatcherCommand): void {
    // A process that ends meanwhile reports that itself.
    if (this.#child.connected) this.#child.send(command, () => undefined);
  }

  /** Ends the process without calling `onEnd`: by closing its channel, and by force if that does not do. */
  async end(): Promise<void> {
    this.#over = true;
    if (this.#child.connected) this.#child.disconnect();
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), endDeadlineMs);
    await this.#ended;
    clearTimeout(kill);
  }

  #listen(): void {
    this.#silentTicks += 1;
    if (this.#silentTicks * beatMs <= this.#options.silenceMs) return;
    this.#hung = true;
    this.#child.kill('SIGKILL');
  }

  #cause(code: number | null, signal: NodeJS.Signals | null): string {
    if (this.#hung) return `did not answer for ${this.#options.silenceMs / 1000} s`;
    const how = signal ? `was ended by ${signal}` : `exited with code ${code}`;
    return this.#stderr === '' ? how : `${how}: ${this.#stderr.trim()}`;
  }

  #end(why: string, resolve: () => void): void {
    clearInterval(this.#tick);
    resolve();
    if (this.#over) return;
    this.#over = true;
    this.#options.onEnd(why, this.#hung);
  }
}
