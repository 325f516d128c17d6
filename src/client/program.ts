import { Command } from 'commander';
import { productVersion } from '../shared/versions.js';
import { type CatalogEntry, catalog } from './catalog.js';
import { exitCodes } from './exit-codes.js';
import { examples } from './help.js';

/**
 * The command line. Of all commands only `wanted` gets its definition; the others are there by name and summary.
 * @param wanted the command whose definition is needed
 * @param quiet errors of usage are only thrown, not printed
 */
export async function makeProgram(wanted: CatalogEntry | undefined, quiet = false): Promise<Command> {
  const program = new Command('lcad')
    .description('One live index of all your code: search it from here, from editors and from agents.')
    .version(`lcad ${productVersion}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .commandsGroup('Set-up:')
    .helpCommand('help [command]', 'show help for a command')
    .option('--no-color', 'no colours (also NO_COLOR; FORCE_COLOR forces them)')
    .configureHelp({ subcommandTerm: (command) => command.name(), showGlobalOptions: false })
    .showSuggestionAfterError(true)
    .showHelpAfterError('  Run `lcad --help`.')
    .exitOverride()
    .addHelpText('after', () => programHelp());
  if (quiet) program.configureOutput({ outputError: () => {}, writeErr: () => {} });
  for (const entry of catalog) program.addCommand(await subcommand(program, entry, entry === wanted));
  return program;
}

async function subcommand(program: Command, entry: CatalogEntry, wanted: boolean): Promise<Command> {
  const command = new Command(entry.name)
    .copyInheritedSettings(program)
    .summary(entry.summary)
    .description(sentence(entry.summary))
    .helpGroup(entry.group)
    .helpOption('-h, --help', 'show help')
    .showHelpAfterError(`  Run \`lcad ${entry.name} --help\`.`);
  if (entry.alias) command.alias(entry.alias);
  if (wanted) (await entry.load()).define(command);
  return command;
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function programHelp(): string {
  const codes = Object.values(exitCodes).map(
    ({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}\n`,
  );
  const shown = examples([
    ['lcad search --add "where are passwords checked"', 'index this checkout, then search it'],
    ['lcad search parseArgs --kind function', 'find a definition'],
    ['lcad related src/login.ts:42', 'find code like the code at a line'],
    ['lcad status --watch', 'watch the indexing'],
    ['lcad <command> --help', 'options and examples of a command'],
  ]);
  return `${shown}\nExit codes:\n${codes.join('')}`;
}
