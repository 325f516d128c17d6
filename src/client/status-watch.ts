import { LcadError } from '../shared/errors.js';
import { productVersion } from '../shared/versions.js';
import type { Cli } from './cli.js';
import type { Connection } from './connection.js';
import { exitCodes } from './exit-codes.js';
import { statusText } from './output/status-view.js';
import { cut } from './output/width.js';

const intervalMs = 1000;
/** A change of the index redraws sooner than the interval, yet not more often than this. */
const soonestMs = 200;

/**
 * Shows the status until the user ends it: on a terminal in place on the alternate screen, with --json as one line
 * per change. A daemon that stops and starts again is found again.
 */
export async function watchStatus(cli: Cli, repo: string | undefined): Promise<number> {
  if (!cli.json && !cli.terminal.outIsTerminal) {
    throw new LcadError('USAGE', '--watch needs a terminal, or --json.', {
      next: 'Leave --watch out, or add --json for one line per change.',
    });
  }
  const end = new AbortController();
  cli.signal.addEventListener('abort', () => end.abort());
  const release = cli.json ? () => {} : takeScreen(cli, () => end.abort());
  try {
    await loop(cli, repo, end.signal);
  } finally {
    release();
  }
  return cli.signal.aborted && cli.json ? exitCodes.interrupted.code : exitCodes.ok.code;
}

async function loop(cli: Cli, repo: string | undefined, end: AbortSignal): Promise<void> {
  let connection: Connection | null = null;
  let last = '';
  let changed = () => {};
  while (!end.aborted) {
    const startedAt = performance.now();
    const wake = new Promise<void>((resolve) => {
      changed = resolve;
    });
    try {
      connection ??= await open(cli, () => changed());
      last = await showOnce(cli, connection, repo, last, end);
    } catch (thrown) {
      if (end.aborted) return;
      if (!isConnectionError(thrown)) throw thrown;
      connection?.close();
      connection = null;
      last = showStopped(cli, thrown, last);
    }
    await pause(wake, intervalMs, end);
    await pause(null, soonestMs - (performance.now() - startedAt), end);
  }
}

async function open(cli: Cli, onChange: () => void): Promise<Connection> {
  const connection = await cli.connect({ start: false });
  connection.on('lcad/index/changed', onChange);
  await connection.request('lcad/index/subscribe', {});
  return connection;
}

async function showOnce(
  cli: Cli,
  connection: Connection,
  repo: string | undefined,
  last: string,
  signal: AbortSignal,
): Promise<string> {
  const result = await connection.request('lcad/status', repo ? { repo } : {}, { signal });
  const { terminal } = cli;
  if (cli.json) {
    const line = JSON.stringify(result);
    // Uptime and memory change all the time; a change is one of the repositories.
    const now = JSON.stringify(result.repos);
    if (now !== last) terminal.out(`${line}\n`);
    return now;
  }
  const view = {
    columns: terminal.columns,
    colors: terminal.outColors,
    now: Date.now(),
    clientVersion: productVersion,
  };
  draw(cli, statusText(result, view));
  return '';
}

function showStopped(cli: Cli, thrown: LcadError, last: string): string {
  const text = `lcad is not running\n  ${thrown.next}\n`;
  if (!cli.json) draw(cli, text);
  return last;
}

function isConnectionError(thrown: unknown): thrown is LcadError {
  const kinds = ['DAEMON_NOT_RUNNING', 'CONNECTION_LOST', 'SHUTTING_DOWN', 'DAEMON_START_FAILED'];
  return thrown instanceof LcadError && kinds.includes(thrown.kind);
}

/** Draws from the top; each line clears what was behind it, so that nothing flickers. */
function draw(cli: Cli, text: string): void {
  const rows = process.stdout.rows || 24;
  const lines = text.trimEnd().split('\n');
  const room = rows - 2;
  const more =
    lines.length > room ? [`… ${lines.length - room + 1} more lines; \`lcad status\` shows all`] : [];
  const shown = more.length > 0 ? [...lines.slice(0, room - 1), ...more] : lines;
  const footer = cli.terminal.outColors.dim(cut('q ends', cli.terminal.columns));
  cli.terminal.out(`\x1b[H${[...shown, '', footer].map((line) => `${line}\x1b[K`).join('\n')}\x1b[J`);
}

/** Switches to the alternate screen and listens to keys. @returns what undoes both */
function takeScreen(cli: Cli, onQuit: () => void): () => void {
  // Lines that are too long must not wrap, or the screen would scroll: autowrap (mode 7) is off meanwhile.
  cli.terminal.out('\x1b[?1049h\x1b[?25l\x1b[?7l');
  const { stdin } = process;
  const onKey = (key: Buffer) => {
    if (['q', 'Q', '\x03', '\x1b'].includes(key.toString())) onQuit();
  };
  if (stdin.isTTY) {
    stdin.setRawMode(true);
    stdin.on('data', onKey);
    stdin.resume();
  }
  return () => {
    if (stdin.isTTY) {
      stdin.off('data', onKey);
      stdin.setRawMode(false);
      stdin.pause();
    }
    cli.terminal.out('\x1b[?7h\x1b[?25h\x1b[?1049l');
  };
}

/** Resolves after a time, when `wake` does, or at the end. */
function pause(wake: Promise<void> | null, ms: number, end: AbortSignal): Promise<void> {
  if (ms <= 0 || end.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      end.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    end.addEventListener('abort', done);
    void wake?.then(done);
  });
}
