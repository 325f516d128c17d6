import { type ChildProcess, fork } from 'node:child_process';
import { LcadError } from '../../../shared/errors.js';
import type {
  LlamaCommand,
  LlamaFailure,
  LlamaLoad,
  LlamaPrompt,
  LlamaReport,
  LlamaSampling,
} from '../../../workers/llama/messages.js';
import type { ProviderEvent } from '../contract.js';

const stderrTail = 1000;

interface Request {
  readonly reports: Exclude<LlamaReport, { type: 'ready' | 'failed' }>[];
  wake(): void;
}

const nextSteps: Record<LlamaFailure, string> = {
  absent: 'Install it beside lcad: `npm install -g node-llama-cpp`.',
  binary: 'Run a llama-server yourself, and configure it as an upstream of the kind llama-server.',
  file: 'Check `file` of the upstream; it may be damaged, or of a kind that this version of llama.cpp does not know.',
  memory: 'Choose a smaller model, or set `contextTokens` or `concurrency` of the upstream lower.',
};

const failures: Record<LlamaFailure, string> = {
  absent: 'llama.cpp is not there: the package node-llama-cpp is not installed',
  binary: 'llama.cpp cannot be run on this machine',
  file: 'llama.cpp cannot load',
  memory: 'There is not enough memory for',
};

/** One run of the process that holds a model, from its start to its certain end. */
export class LlamaProcess {
  readonly #file: string;
  readonly #child: ChildProcess;
  readonly #requests = new Map<number, Request>();
  readonly #onEnd: (error: LcadError) => void;
  /** Resolves when the model is loaded. @throws PROVIDER_REFUSED, PROVIDER_UNREACHABLE */
  readonly ready: Promise<void>;
  readonly #exited: Promise<void>;
  #settle: (error: LcadError | null) => void = () => undefined;
  #error: LcadError | null = null;
  #stderr = '';
  #lastId = 0;

  /**
   * @param startMs longest time to load the model
   * @param onEnd called once when it cannot be used any more, with the reason
   */
  constructor(entry: string, load: LlamaLoad, startMs: number, onEnd: (error: LcadError) => void) {
    this.#file = load.file;
    this.#onEnd = onEnd;
    const { NODE_OPTIONS: _unused, ...env } = process.env;
    this.#child = fork(entry, [], {
      env,
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const late = setTimeout(
      () => this.#end(unreachable(`${load.file} was not loaded within ${startMs / 1000} s`)),
      startMs,
    );
    this.ready = new Promise((resolve, reject) => {
      this.#settle = (error) => {
        clearTimeout(late);
        if (error === null) resolve();
        else reject(error);
      };
    });
    // Whoever waits is told; with nobody waiting the failure is told to the next.
    this.ready.catch(() => undefined);
    this.#child.on('message', (message) => this.#obey(message as LlamaReport));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrTail);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#end(unreachable(`llama.cpp could not be started: ${error.message}`));
        // Without a process id nothing was started, and there will be no exit.
        if (this.#child.pid === undefined) resolve();
      });
      this.#child.once('exit', (code, signal) => {
        const how = signal ? `was ended by ${signal}` : `exited with code ${code}`;
        const said = this.#stderr.trim();
        this.#end(unreachable(`llama.cpp ${how}${said === '' ? '' : `: ${said}`}`));
        resolve();
      });
    });
    this.#send(load);
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /** Why it is over; null while it is not. */
  get error(): LcadError | null {
    return this.#error;
  }

  /** @throws PROVIDER_REFUSED, PROVIDER_UNREACHABLE, the signal's reason */
  async *generate(
    prompt: LlamaPrompt,
    sampling: LlamaSampling,
    signal: AbortSignal,
  ): AsyncGenerator<ProviderEvent, void, undefined> {
    signal.throwIfAborted();
    const id = ++this.#lastId;
    let wake: () => void = () => undefined;
    const request: Request = { reports: [], wake: () => wake() };
    this.#requests.set(id, request);
    signal.addEventListener('abort', request.wake);
    let over = false;
    try {
      this.#send({ type: 'generate', id, prompt, sampling });
      while (!over) {
        signal.throwIfAborted();
        const report = request.reports.shift();
        if (report === undefined) {
          if (this.#error !== null) throw this.#error;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        over = report.type === 'end' || report.type === 'error';
        yield this.#event(report);
      }
    } finally {
      signal.removeEventListener('abort', request.wake);
      this.#requests.delete(id);
      if (!over) this.#send({ type: 'cancel', id });
    }
  }

  /** Ends the process. It keeps nothing that it would have to save. */
  async close(): Promise<void> {
    this.#end(unreachable('llama.cpp was ended'));
    await this.#exited;
  }

  #event(report: Request['reports'][number]): ProviderEvent {
    if (report.type === 'end') {
      const { reason, promptTokens, outputTokens, cachedTokens } = report;
      return { is: 'end', reason, usage: { promptTokens, outputTokens, cachedTokens } };
    }
    if (report.type === 'error') {
      const kind = report.refused ? 'PROVIDER_REFUSED' : 'PROVIDER_UNREACHABLE';
      const next = report.refused
        ? 'Give less context, or set `contextTokens` of the upstream higher.'
        : again;
      throw new LcadError(kind, `llama.cpp did not answer: ${report.message}`, { next });
    }
    this.#send({ type: 'taken', id: report.id, chars: report.text.length });
    return { is: report.type, text: report.text };
  }

  #obey(report: LlamaReport): void {
    if (report.type === 'ready') this.#settle(null);
    else if (report.type === 'failed') this.#end(loadError(report.why, report.message, this.#file));
    else {
      const request = this.#requests.get(report.id);
      request?.reports.push(report);
      request?.wake();
    }
  }

  #send(command: LlamaCommand): void {
    // A process that ends meanwhile reports that itself.
    if (this.#child.connected) this.#child.send(command, () => undefined);
  }

  #end(error: LcadError): void {
    if (this.#error !== null) return;
    this.#error = error;
    this.#child.kill('SIGKILL');
    this.#settle(error);
    for (const request of this.#requests.values()) request.wake();
    this.#onEnd(error);
  }
}

const again = 'Ask again: it is started anew.';

function unreachable(message: string): LcadError {
  return new LcadError('PROVIDER_UNREACHABLE', message, { next: again });
}

function loadError(why: LlamaFailure, message: string, file: string): LcadError {
  const what = why === 'file' || why === 'memory' ? `${failures[why]} ${file}` : failures[why];
  return new LcadError('PROVIDER_REFUSED', why === 'absent' ? what : `${what}: ${message.slice(0, 500)}`, {
    next: nextSteps[why],
    details: { reason: why },
  });
}
