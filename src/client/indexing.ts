import { createInterface } from 'node:readline/promises';
import type { IndexProgress, ReposAddResult, ReposReindexResult } from '../protocol/repos.js';
import type { Cli } from './cli.js';
import type { Connection, RequestOptions } from './connection.js';
import { ProgressDisplay } from './output/progress.js';

/** Longest time without any progress before indexing is given up on. */
const quietestMs = 600_000;

/** Registers a folder; with `wait` until its first index is complete, with a progress display. */
export async function addRepo(
  cli: Cli,
  connection: Connection,
  params: { path: string; exact?: boolean; wait: boolean },
): Promise<ReposAddResult> {
  return withProgress(cli, params.path.split('/').at(-1) || params.path, params.wait, (options) =>
    connection.request('lcad/repos/add', params, options),
  );
}

/** Indexes a repository again, with a progress display if `wait`. */
export async function reindexRepo(
  cli: Cli,
  connection: Connection,
  params: { repo: string; full: boolean; wait: boolean },
): Promise<ReposReindexResult> {
  return withProgress(cli, params.repo.split('/').at(-1) || params.repo, params.wait, (options) =>
    connection.request('lcad/repos/reindex', params, options),
  );
}

async function withProgress<T>(
  cli: Cli,
  label: string,
  wait: boolean,
  work: (options: RequestOptions<IndexProgress>) => Promise<T>,
): Promise<T> {
  const { signal } = cli;
  if (!wait) return work({ signal });
  const display = new ProgressDisplay(cli.terminal, label);
  const onProgress = (progress: IndexProgress) => display.update(progress);
  try {
    return await work({ signal, onProgress, deadlineMs: quietestMs });
  } catch (thrown) {
    if (cli.signal.aborted) {
      display.stop();
      cli.note('Indexing goes on in the background; `lcad status --watch` follows it.');
    }
    throw thrown;
  } finally {
    display.stop();
  }
}

/** Asks a yes-or-no question on standard error. @returns false for anything but yes, the end of input included */
export async function ask(cli: Cli, question: string): Promise<boolean> {
  // The terminal keeps its own line editing, so that Ctrl-C stays a signal.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal: cli.signal }), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
