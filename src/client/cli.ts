import type { Command } from 'commander';
import { LcadError } from '../shared/errors.js';
import { type Places, placesOf } from '../shared/paths.js';
import { productVersion } from '../shared/versions.js';
import type { Connection } from './connection.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { asLcadError, errorDocument, errorText } from './output/error-view.js';
import { processTerminal, type Terminal } from './output/terminal.js';

/** What a command works with: where things are, where it writes, and when to give up. */
export interface Cli {
  readonly places: Places;
  readonly terminal: Terminal;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** The command was given --json. */
  readonly json: boolean;
  /** The current folder. @throws REPO_PATH_NOT_FOUND if it was deleted */
  cwd(): string;
  /**
   * A connection to the daemon, which is started if need be; closed when the command ends.
   * @throws DAEMON_NOT_RUNNING with `start: false`, DAEMON_START_FAILED, DAEMON_VERSION
   */
  connect(options?: { start?: boolean; onStarting?: () => void }): Promise<Connection>;
  /** Prints a result as JSON. */
  printJson(value: unknown): void;
  /** A sentence for the person on standard error; not with --json. */
  note(text: string): void;
}

/** Runs a command's action with its surroundings, reports what it throws and sets the exit code. */
export async function run(
  command: Command,
  action: (cli: Cli) => Promise<number | undefined>,
): Promise<void> {
  const flags: { json?: boolean; color?: boolean } = command.optsWithGlobals();
  const terminal = processTerminal(flags.color !== false);
  const interrupt = new AbortController();
  const stopListening = onInterrupt(interrupt);
  const connections: Connection[] = [];
  const cli = makeCli(terminal, flags.json === true, interrupt.signal, connections);
  try {
    process.exitCode = (await action(cli)) ?? exitCodes.ok.code;
  } catch (thrown) {
    process.exitCode = interrupt.signal.aborted ? exitCodes.interrupted.code : report(thrown, cli);
  } finally {
    stopListening();
    for (const connection of connections) connection.close();
  }
}

function makeCli(terminal: Terminal, json: boolean, signal: AbortSignal, connections: Connection[]): Cli {
  const places = placesOf();
  let warned = false;
  return {
    places,
    terminal,
    env: process.env,
    signal,
    json,
    cwd: currentFolder,
    async connect(options = {}) {
      // Only commands that talk to the daemon load what it takes.
      const [{ ensureDaemon }, { Connection }] = await Promise.all([
        import('./launch.js'),
        import('./connection.js'),
      ]);
      const connection = await Connection.open(await ensureDaemon(places, options));
      connections.push(connection);
      if (!warned) warnOfVersion(connection, terminal);
      warned = true;
      return connection;
    },
    printJson: (value) => terminal.out(`${JSON.stringify(value, null, 2)}\n`),
    note: (text) => {
      if (!json) terminal.err(`${text}\n`);
    },
  };
}

function warnOfVersion(connection: Connection, terminal: Terminal): void {
  const { version } = connection.server.serverInfo;
  if (version === productVersion) return;
  const text = `the daemon is lcad ${version}, this command ${productVersion}; \`lcad restart\` makes them one`;
  terminal.err(`${terminal.errColors.yellow('warning:')} ${text}\n`);
}

/** Prints what was thrown as the command's error. @returns the exit code */
export function report(thrown: unknown, cli: Pick<Cli, 'terminal' | 'json' | 'env'>): number {
  const error = asLcadError(thrown);
  const { terminal } = cli;
  if (cli.json) terminal.out(`${JSON.stringify(errorDocument(error), null, 2)}\n`);
  else terminal.err(errorText(error, terminal.errColors));
  if (cli.env.LCAD_DEBUG) {
    terminal.err(`${error.stack ?? ''}\n`);
    if (error.cause instanceof Error) terminal.err(`cause: ${error.cause.stack ?? error.cause.message}\n`);
  }
  return exitCodeOf(error.kind);
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new LcadError('REPO_PATH_NOT_FOUND', 'The current folder no longer exists.', {
      next: 'Change to a folder that exists.',
      cause,
    });
  }
}

/** Ctrl-C asks the command to end in order; a second one ends it at once. */
function onInterrupt(controller: AbortController): () => void {
  const listener = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted.code);
    controller.abort();
  };
  process.on('SIGINT', listener).on('SIGTERM', listener);
  return () => void process.off('SIGINT', listener).off('SIGTERM', listener);
}
