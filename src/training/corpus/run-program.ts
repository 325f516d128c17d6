import { execFile } from 'node:child_process';
import { LcadError, systemCode } from '../../shared/errors.js';

const maxOutputBytes = 64 * 1024 * 1024;

/**
 * Runs a program to its end.
 *
 * @returns what it wrote to standard output
 * @throws INTERNAL_ERROR if it is missing, fails, or takes longer than `deadlineMs`; with the end of what it said
 */
export function runProgram(
  program: string,
  words: readonly string[],
  options: { cwd: string; deadlineMs: number; env?: NodeJS.ProcessEnv },
): Promise<string> {
  const { cwd, deadlineMs, env = process.env } = options;
  return new Promise((resolve, reject) => {
    execFile(
      program,
      words,
      { cwd, env, timeout: deadlineMs, maxBuffer: maxOutputBytes, killSignal: 'SIGKILL' },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(failure(program, error, `${stdout}\n${stderr}`, deadlineMs));
      },
    );
  });
}

function failure(
  program: string,
  error: Error & { killed?: boolean },
  said: string,
  deadlineMs: number,
): LcadError {
  if (systemCode(error) === 'ENOENT') {
    return new LcadError('INTERNAL_ERROR', `${program} is not installed`, {
      next: `Install ${program} and try again.`,
    });
  }
  if (error.killed) {
    const message = `${program} took longer than ${deadlineMs / 1000} s`;
    return new LcadError('DEADLINE_EXCEEDED', message, { next: 'Try again.', cause: error });
  }
  const last = said.trim().split('\n').slice(-3).join(' ').slice(-400);
  return new LcadError('INTERNAL_ERROR', `${program} failed: ${last || error.message}`, {
    next: 'Mend what it says and try again; finished packages are kept.',
    cause: error,
  });
}

/** Runs something again after a failure, waiting longer each time. @throws what the last try threw */
export async function withRetries<T>(tries: number, run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt >= tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * attempt));
    }
  }
}
