import type { Command } from 'commander';
import { LcadError } from '../../shared/errors.js';
import { productVersion } from '../../shared/versions.js';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { selectorOf } from '../options.js';
import { repoText, statusText } from '../output/status-view.js';
import { watchStatus } from '../status-watch.js';

interface StatusOptions {
  watch?: boolean;
}

/** `lcad status` */
export function define(command: Command): void {
  command
    .argument('[repo]', 'everything on one repository: name, id or path')
    .option('-w, --watch', 'keep it up to date until q or Ctrl-C')
    .option('--json', 'print the StatusResult of PROTOCOL.md; with --watch one line per change')
    .addHelpText('after', help())
    .action((repo: string | undefined, options: StatusOptions) =>
      run(command, (cli) => status(cli, repo, options)),
    );
}

function help(): string {
  return `${examples([
    ['lcad status', 'the daemon and all repositories'],
    ['lcad status .', 'all about the repository around the current folder'],
    ['lcad status --watch', 'follow the indexing'],
    ['lcad status --json | jq ".repos[].pending"', 'for scripts'],
  ])}\nIt starts no daemon: where none runs it says so and ends with exit code ${exitCodes.daemon.code}.\n`;
}

async function status(cli: Cli, named: string | undefined, options: StatusOptions): Promise<number> {
  const repo = named === undefined ? undefined : selectorOf(named, cli.cwd());
  if (options.watch) return watchStatus(cli, repo);
  try {
    const connection = await cli.connect({ start: false });
    const result = await connection.request('lcad/status', repo ? { repo } : {}, { signal: cli.signal });
    if (cli.json) {
      cli.printJson(result);
      return exitCodes.ok.code;
    }
    const { terminal } = cli;
    const view = {
      columns: terminal.columns,
      colors: terminal.outColors,
      now: Date.now(),
      clientVersion: productVersion,
    };
    const [only] = result.repos;
    terminal.out(repo && only ? repoText(only, view) : statusText(result, view));
    return exitCodes.ok.code;
  } catch (thrown) {
    const stopped = thrown instanceof LcadError && thrown.kind === 'DAEMON_NOT_RUNNING';
    if (!stopped || cli.json) throw thrown;
    cli.terminal.out(`lcad is not running\n  ${thrown.next} Any command that needs it starts it, too.\n`);
    return exitCodes.daemon.code;
  }
}
