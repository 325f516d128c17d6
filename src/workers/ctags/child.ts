import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { messageOf } from '../../shared/errors.js';
import { noteChild } from './children.js';
import { ctagsMaps } from './languages.js';
import type { CtagsProgram } from './program.js';
import { type CtagsLine, readCtagsLine, type Tag } from './tags.js';

/** What the program made of a text, or why it made nothing of it. */
export type Answer = { tags: Tag[] } | { failure: string };

/** More output for one text is no honest answer: some hundred bytes a tag. */
const mostOutputBytes = 64 << 20;
const mostTags = 50_000;
const lineFeed = 0x0a;

/**
 * Arguments of the interactive mode. No option file is read, neither the user's nor one of the folder. Of the fields only
 * those that are read: without the pattern, that is half of the output.
 */
function interactiveArguments(program: Pick<CtagsProgram, 'sandbox' | 'languages'>): string[] {
  return [
    '--options=NONE',
    program.sandbox ? '--_interactive=sandbox' : '--_interactive',
    '--output-format=json',
    '--sort=no',
    '--fields=-P+neKsZS',
    ...ctagsMaps(program),
  ];
}

/** All that the program is told of where it runs. */
export const ctagsEnvironment: NodeJS.ProcessEnv = { LC_ALL: 'C' };

interface Waiting {
  tags: Tag[];
  settle: (answer: Answer) => void;
}

/**
 * A running Universal Ctags in its interactive mode: a request is a line of JSON and the text's bytes, the answer is
 * lines of JSON up to `completed`. One request at a time. Once a request has failed the process is gone.
 */
export class CtagsChild {
  readonly #child: ChildProcess;
  readonly #forget: () => void;
  readonly #expected: string;
  #waiting: Waiting | null = null;
  #rest: Buffer[] = [];
  /** Read since the last request began. */
  #bytes = 0;
  #over: string | null = null;

  constructor(program: Pick<CtagsProgram, 'path' | 'version' | 'sandbox' | 'languages'>) {
    this.#expected = program.version;
    this.#child = spawn(program.path, interactiveArguments(program), {
      cwd: '/',
      env: ctagsEnvironment,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const { pid, stdin, stdout } = this.#child;
    this.#forget = pid === undefined ? () => undefined : noteChild(pid);
    this.#child.once('error', (error) => this.#fail(`ctags cannot be started: ${messageOf(error)}`));
    this.#child.once('exit', (code, signal) => {
      this.#forget();
      this.#fail(`ctags ended (${signal ?? `exit code ${code}`})`);
    });
    // Its end is told by 'exit'.
    stdin?.on('error', () => undefined);
    stdout?.on('error', () => undefined);
    stdout?.on('data', (part: Buffer) => this.#read(part));
    this.#hold(false);
  }

  get isOver(): boolean {
    return this.#over !== null;
  }

  /** Has the program tag a text. Never rejects; a failure or a deadline that passes ends the process. */
  request(file: string, text: Buffer, deadlineMs: number): Promise<Answer> {
    if (this.#over !== null) return Promise.resolve({ failure: this.#over });
    return new Promise((resolve) => {
      const timer = setTimeout(
        () => this.#fail(`ctags took longer than ${Math.round(deadlineMs)} ms`),
        deadlineMs,
      );
      const settle = (answer: Answer) => {
        clearTimeout(timer);
        this.#waiting = null;
        this.#hold(false);
        resolve(answer);
      };
      this.#waiting = { tags: [], settle };
      this.#bytes = 0;
      this.#hold(true);
      const { stdin } = this.#child;
      const request = { command: 'generate-tags', filename: file, size: text.length };
      stdin?.write(`${JSON.stringify(request)}\n`);
      stdin?.write(text);
    });
  }

  /** Ends the process, whatever it is doing. */
  end(): void {
    this.#fail('ctags was ended');
  }

  /** A process that waits for work keeps nothing alive. */
  #hold(busy: boolean): void {
    const handles = [this.#child, this.#child.stdin as Socket | null, this.#child.stdout as Socket | null];
    for (const handle of handles) {
      if (busy) handle?.ref();
      else handle?.unref();
    }
  }

  #read(part: Buffer): void {
    this.#bytes += part.length;
    if (this.#bytes > mostOutputBytes) {
      this.#fail('ctags printed too much');
      return;
    }
    let from = 0;
    for (let at = part.indexOf(lineFeed); at >= 0; at = part.indexOf(lineFeed, from)) {
      const line = Buffer.concat([...this.#rest, part.subarray(from, at)]);
      this.#rest = [];
      from = at + 1;
      this.#readLine(line.toString('utf8'));
      if (this.#over !== null) return;
    }
    if (from < part.length) this.#rest.push(part.subarray(from));
  }

  #readLine(text: string): void {
    let line: CtagsLine;
    try {
      line = readCtagsLine(text);
    } catch (error) {
      this.#fail(`ctags said what is no answer: ${messageOf(error)}`);
      return;
    }
    switch (line?.type) {
      case 'program':
        if (line.version !== this.#expected) this.#fail(`ctags is now ${line.version}: \`lcad restart\``);
        return;
      case 'fatal':
        this.#fail(`ctags: ${line.message}`);
        return;
      case 'completed': {
        const waiting = this.#waiting;
        waiting?.settle({ tags: waiting.tags });
        return;
      }
      case 'tag':
        if (this.#waiting && this.#waiting.tags.length < mostTags) this.#waiting.tags.push(line.tag);
    }
  }

  #fail(why: string): void {
    if (this.#over !== null) return;
    this.#over = why;
    const { stdin, stdout } = this.#child;
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    stdin?.destroy();
    stdout?.destroy();
    this.#rest = [];
    this.#waiting?.settle({ failure: why });
  }
}
