import type { Writable } from 'node:stream';
import colors from 'picocolors';

/** The colour functions of picocolors; each returns its text unchanged where colours are off. */
export type Colors = ReturnType<typeof colors.createColors>;

/** Where a command writes, and what the place can show. */
export interface Terminal {
  /** Writes to standard output, as it is. */
  out(text: string): void;
  /** Writes to standard error, as it is. */
  err(text: string): void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** A person can be asked: standard input and error are a terminal. */
  readonly canAsk: boolean;
  /** Width of standard output in columns; Infinity where it is not a terminal. */
  readonly columns: number;
  readonly errColumns: number;
  readonly outColors: Colors;
  readonly errColors: Colors;
}

type Stream = Writable & { isTTY?: boolean; columns?: number };

/**
 * Whether a stream gets colours. `--no-color` and NO_COLOR (https://no-color.org) switch them off, FORCE_COLOR on;
 * otherwise only a terminal that is not "dumb" has them.
 */
export function wantsColor(env: NodeJS.ProcessEnv, isTerminal: boolean, flag: boolean): boolean {
  if (!flag || env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTerminal && env.TERM !== 'dumb';
}

/** The terminal of this process. @param color false: the user said --no-color */
export function processTerminal(color: boolean, env: NodeJS.ProcessEnv = process.env): Terminal {
  const { stdout, stderr, stdin }: { stdout: Stream; stderr: Stream; stdin: { isTTY?: boolean } } = process;
  const outIsTerminal = stdout.isTTY === true;
  const errIsTerminal = stderr.isTTY === true;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    outIsTerminal,
    errIsTerminal,
    canAsk: errIsTerminal && stdin.isTTY === true,
    get columns() {
      return outIsTerminal ? stdout.columns || 80 : Number.POSITIVE_INFINITY;
    },
    get errColumns() {
      return errIsTerminal ? stderr.columns || 80 : Number.POSITIVE_INFINITY;
    },
    outColors: colors.createColors(wantsColor(env, outIsTerminal, color)),
    errColors: colors.createColors(wantsColor(env, errIsTerminal, color)),
  };
}
