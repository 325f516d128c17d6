import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { packagePath } from '../../src/shared/package-root.js';

/** The launcher of the built command line (`npm run build` first). */
export const cliProgram = packagePath('bin', 'lcad.js');

export interface CliOptions {
  cwd?: string;
  /** Added to the environment; undefined removes a variable. */
  env?: NodeJS.ProcessEnv;
  /** Written to standard input, which is then closed. */
  input?: string;
}

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `lcad` with its streams connected to pipes. */
export function runCli(words: string[], options: CliOptions = {}): Promise<CliResult> {
  return finished(startCli(words, options), options.input);
}

/** Starts `lcad` and leaves it to the caller. */
export function startCli(words: string[], options: CliOptions = {}): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [cliProgram, ...words], { cwd: options.cwd, env: cleanEnv(options.env) });
}

/** Runs a line of bash, in which `lcad` is this project's. */
export function runBash(line: string, options: CliOptions = {}): Promise<CliResult> {
  const script = `lcad() { ${quoted(process.execPath)} ${quoted(cliProgram)} "$@"; }\n${line}`;
  const child = spawn('bash', ['--norc', '-c', script], { cwd: options.cwd, env: cleanEnv(options.env) });
  return finished(child, options.input);
}

/** `lcad` on a pseudo-terminal. */
export interface TerminalRun {
  /** What the terminal has received so far, standard output and error together. */
  output(): string;
  /** Types keys. */
  type(keys: string): void;
  /** Waits until the output contains a text or matches a pattern. */
  shows(what: string | RegExp): Promise<void>;
  /** Waits for the end. @returns the exit code */
  ended(): Promise<number | null>;
  /** Ends it, if it runs still. */
  kill(): void;
}

/** Runs `lcad` on a pseudo-terminal of 100 columns and 40 rows, made by script(1) of util-linux. */
export function runInTerminal(words: string[], options: CliOptions & { columns?: number } = {}): TerminalRun {
  const command = [process.execPath, cliProgram, ...words].map(quoted).join(' ');
  const line = `stty cols ${options.columns ?? 100} rows 40; exec ${command}`;
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    cwd: options.cwd,
    env: cleanEnv({ TERM: 'xterm-256color', SHELL: '/bin/sh', ...options.env }),
  });
  let output = '';
  const listeners = new Set<() => void>();
  const take = (part: string) => {
    output += part;
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  const end = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    output: () => output,
    type: (keys) => void child.stdin.write(keys),
    shows: (what) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (typeof what === 'string' ? !output.includes(what) : !what.test(output)) return;
          listeners.delete(check);
          resolve();
        };
        listeners.add(check);
        check();
        void end.then(() => reject(new Error(`Ended without showing ${what}:\n${output}`)));
      }),
    ended: () => end,
    kill: () => void child.kill(),
  };
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean, what: string, deadlineMs = 10_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Waited ${deadlineMs} ms for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits for the end of a program. @param input written to its standard input, which is then closed */
export function finished(child: ChildProcessWithoutNullStreams, input = ''): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (part) => {
      stdout += part;
    });
    child.stderr.setEncoding('utf8').on('data', (part) => {
      stderr += part;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

/** The environment of the test without what would change colours or places. */
function cleanEnv(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { NO_COLOR: _no, FORCE_COLOR: _force, LCAD_DEBUG: _debug, ...rest } = process.env;
  return { ...rest, ...changes };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
