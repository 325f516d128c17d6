import { messageOf } from '../../shared/errors.js';
import { type Answer, CtagsChild } from './child.js';
import { ctagsFile } from './languages.js';
import type { CtagsProgram } from './program.js';

/** A process without work is ended after this, well before the pool ends a thread without any. */
const idleMs = 5000;
/** After so many texts in a row that it made nothing of, the program is not asked for a while. */
const mostFailures = 3;
const restMs = 60_000;

/** What may differ in tests. */
export interface TaggerTimes {
  idleMs?: number;
  restMs?: number;
}

/**
 * Asks a Universal Ctags for tags, one text after the other, in a process that it starts when there is work, starts
 * again when it hangs or dies, and ends when there is none.
 */
export class Tagger {
  readonly #program: CtagsProgram;
  readonly #times: Required<TaggerTimes>;
  #child: CtagsChild | null = null;
  #idle: NodeJS.Timeout | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #failures = 0;
  #restUntil = 0;

  constructor(program: CtagsProgram, times: TaggerTimes = {}) {
    this.#program = program;
    this.#times = { idleMs, restMs, ...times };
  }

  /**
   * The tags of a text. One that the program hangs or dies of is tried once more in a new process.
   *
   * @param language id of language-table.ts that the program serves
   * @param text with "\n" as line ends
   * @param deadlineMs time for both tries together
   */
  tagsOf(language: string, text: string, deadlineMs: number): Promise<Answer> {
    const answer = this.#turn.then(() => this.#ask(language, text, deadlineMs));
    this.#turn = answer;
    return answer;
  }

  /** Ends the process if there is one. */
  end(): void {
    if (this.#idle) clearTimeout(this.#idle);
    this.#idle = null;
    this.#child?.end();
    this.#child = null;
  }

  async #ask(language: string, text: string, deadlineMs: number): Promise<Answer> {
    if (performance.now() < this.#restUntil) return { failure: 'ctags failed too often just now' };
    if (this.#idle) clearTimeout(this.#idle);
    const until = performance.now() + deadlineMs;
    // It takes a lone "\r" for a line end where a text has many of them.
    const bytes = Buffer.from(text.includes('\r') ? text.replaceAll('\r', ' ') : text);
    let answer: Answer = { failure: '' };
    for (const share of [0.5, 1]) {
      const left = Math.max(1, (until - performance.now()) * share);
      answer = await this.#request(language, bytes, left);
      if ('tags' in answer) break;
    }
    this.#note('tags' in answer);
    this.#idle = setTimeout(() => this.end(), this.#times.idleMs).unref();
    return answer;
  }

  async #request(language: string, bytes: Buffer, deadlineMs: number): Promise<Answer> {
    try {
      if (this.#child === null || this.#child.isOver) this.#child = new CtagsChild(this.#program);
      return await this.#child.request(ctagsFile(language), bytes, deadlineMs);
    } catch (error) {
      return { failure: `ctags cannot be started: ${messageOf(error)}` };
    }
  }

  #note(isGood: boolean): void {
    this.#failures = isGood ? 0 : this.#failures + 1;
    if (this.#failures < mostFailures) return;
    this.#failures = 0;
    this.#restUntil = performance.now() + this.#times.restMs;
  }
}

let current: { program: CtagsProgram; tagger: Tagger } | null = null;

/** The one tagger of this thread. */
export function taggerFor(program: CtagsProgram): Tagger {
  if (current?.program.path !== program.path || current.program.build !== program.build) {
    current?.tagger.end();
    current = { program, tagger: new Tagger(program) };
  }
  return current.tagger;
}
