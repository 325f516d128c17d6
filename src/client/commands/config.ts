import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import type { ConfigReloadResult } from '../../protocol/config.js';
import { LcadError } from '../../shared/errors.js';
import { type Cli, run } from '../cli.js';
import {
  type ConfigEdit,
  configEntries,
  configGet,
  configInit,
  configSet,
  configUnset,
} from '../config-file.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { configTable, valueText } from '../output/config-view.js';
import { printableLine } from '../output/printable.js';

/** `lcad config` */
export function define(command: Command): void {
  const sub = (usage: string, summary: string, json: string) =>
    command.command(usage).summary(summary).description(`${summary}.`).option('--json', `print ${json}`);
  sub('list', 'Show every key with its value and meaning', '{"file", "entries": [{"key", "value", …}]}')
    .option('--changed', 'only keys that differ from their default')
    .action((options: { changed?: boolean }, self: Command) => run(self, async (cli) => list(cli, options)));
  sub('get <key>', 'Print the value of a key', 'the value as JSON').action(
    (key: string, _: object, self: Command) => run(self, async (cli) => get(cli, key)),
  );
  sub('set <key> <value>', 'Set a key', '{"key", "before", "after", "reload"}').action(
    (key: string, value: string, _: object, self: Command) =>
      run(self, (cli) => edited(cli, configSet(cli.places.configFile, key, value))),
  );
  sub('unset <key>', 'Put a key back to its default', '{"key", "before", "after", "reload"}').action(
    (key: string, _: object, self: Command) =>
      run(self, (cli) => edited(cli, configUnset(cli.places.configFile, key))),
  );
  sub('path', 'Print where the file is', '{"file"}').action((_: object, self: Command) =>
    run(self, async (cli) => path(cli)),
  );
  sub('init', 'Write a file with every key as a comment', '{"file", "created"}').action(
    (_: object, self: Command) => run(self, async (cli) => init(cli)),
  );
  sub('edit', 'Open the file in $VISUAL or $EDITOR', '{"reload"}').action((_: object, self: Command) =>
    run(self, edit),
  );
  sub('reload', 'Have the daemon read the file again', '{"changed", "restartNeeded"}').action(
    (_: object, self: Command) => run(self, reload),
  );
  command.addHelpText('after', help());
}

function help(): string {
  return `${examples([
    ['lcad config list', 'every key, its value and meaning'],
    ['lcad config set index.maxFileKib 2048', 'change a value'],
    [`lcad config set index.ignore '["vendor/", "*.snap"]'`, 'a list'],
    ['lcad config unset index.maxFileKib', 'back to the default'],
  ])}\nA running daemon takes changes over at once, but for keys that are said to need \`lcad restart\`.\n`;
}

function list(cli: Cli, { changed }: { changed?: boolean }): number {
  const file = cli.places.configFile;
  const entries = configEntries(file).filter((entry) => !changed || entry.changed);
  const { terminal } = cli;
  if (cli.json) cli.printJson({ file, entries: entries.map(({ table: _t, name: _n, ...entry }) => entry) });
  else if (entries.length === 0) cli.note('Every key has its default.');
  else terminal.out(configTable(entries, terminal.columns, terminal.outColors));
  return exitCodes.ok.code;
}

function get(cli: Cli, key: string): number {
  const { value } = configGet(cli.places.configFile, key);
  if (cli.json) cli.printJson(value);
  else cli.terminal.out(`${printableLine(typeof value === 'string' ? value : valueText(value))}\n`);
  return exitCodes.ok.code;
}

async function edited(cli: Cli, edit: ConfigEdit): Promise<number> {
  const reloaded = await tellDaemon(cli);
  if (cli.json) cli.printJson({ ...edit, reload: reloaded });
  else {
    const change = `${valueText(edit.before)} -> ${valueText(edit.after)}`;
    const same = JSON.stringify(edit.before) === JSON.stringify(edit.after);
    cli.terminal.out(printableLine(`${edit.key}: ${same ? `${valueText(edit.after)}, as before` : change}`));
    cli.terminal.out('\n');
    noteRestart(cli, reloaded);
  }
  return exitCodes.ok.code;
}

/** Has a running daemon read the file; null where none runs. */
async function tellDaemon(cli: Cli): Promise<ConfigReloadResult | null> {
  try {
    const connection = await cli.connect({ start: false });
    return await connection.request('lcad/config/reload', {}, { signal: cli.signal });
  } catch (thrown) {
    if (thrown instanceof LcadError && thrown.kind === 'DAEMON_NOT_RUNNING') return null;
    throw thrown;
  }
}

function noteRestart(cli: Cli, reloaded: ConfigReloadResult | null): void {
  if (!reloaded || reloaded.restartNeeded.length === 0) return;
  cli.note(`takes effect after \`lcad restart\`: ${reloaded.restartNeeded.join(', ')}`);
}

function path(cli: Cli): number {
  const file = cli.places.configFile;
  if (cli.json) cli.printJson({ file });
  else cli.terminal.out(`${file}\n`);
  return exitCodes.ok.code;
}

function init(cli: Cli): number {
  const file = cli.places.configFile;
  const created = configInit(file);
  if (cli.json) cli.printJson({ file, created });
  else cli.terminal.out(created ? `wrote ${file}\n` : `${file} is there already; it stays as it is\n`);
  return exitCodes.ok.code;
}

async function edit(cli: Cli): Promise<number> {
  const file = cli.places.configFile;
  configInit(file);
  const editor = cli.env.VISUAL || cli.env.EDITOR || 'vi';
  // The variable may hold arguments ("code --wait"): the shell splits them, and the file goes as its own word.
  const child = spawn('sh', ['-c', `${editor} "$1"`, 'sh', file], { stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) {
    throw new LcadError('USAGE', `The editor ${JSON.stringify(editor)} failed.`, {
      next: 'Set EDITOR to one that is installed.',
    });
  }
  configEntries(file);
  const reloaded = await tellDaemon(cli);
  if (cli.json) cli.printJson({ reload: reloaded });
  else noteRestart(cli, reloaded);
  return exitCodes.ok.code;
}

async function reload(cli: Cli): Promise<number> {
  const connection = await cli.connect({ start: false });
  const result = await connection.request('lcad/config/reload', {}, { signal: cli.signal });
  if (cli.json) cli.printJson(result);
  else {
    cli.terminal.out(
      result.changed.length > 0 ? `changed: ${result.changed.join(', ')}\n` : 'nothing changed\n',
    );
    noteRestart(cli, result);
  }
  return exitCodes.ok.code;
}
