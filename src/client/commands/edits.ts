import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { EditsApplyResult, EditsPreviewResult } from '../../protocol/edits.js';
import { LcadError, messageOf, systemCode } from '../../shared/errors.js';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { selectorOf } from '../options.js';
import { doneText, editsText, problemsText } from '../output/edits-view.js';

interface Options {
  apply?: boolean;
  partial?: boolean;
  undo?: string | boolean;
  repo?: string;
}

const waitMs = 60_000;
const editsId = /^[0-9a-f]{12}$/;
const partially = '--apply --partial changes what can be changed';
const mostUnits = 4_000_000;

/** `lcad edits` */
export function define(command: Command): void {
  command
    .argument('[file]', "a model's answer with edits in it (default: standard input)")
    .option('--apply', 'change the files; without it, what would change is only shown')
    .option('--partial', 'with --apply: change what can be changed, although some edits cannot be done')
    .option('--undo [id]', 'put the files back as they were before the latest edits, or those of an id')
    .option(
      '-r, --repo <repo>',
      'the repository that paths are of: name, id or path (default: the one around)',
    )
    .option('--json', 'print the reply as JSON (EditsPreviewResult or EditsApplyResult of PROTOCOL.md)')
    .addHelpText(
      'after',
      `
The answer holds blocks of this form, one or more for a file, and unified diffs:
  path/of/file
  <<<<<<< SEARCH
  lines as they are
  =======
  lines to put in their place
  >>>>>>> REPLACE
${examples([
  ['lcad edits answer.md', 'what the edits in this answer would change'],
  ['lcad edits answer.md --apply', 'change the files, all of them or none'],
  ['git diff | lcad edits --apply -r ../other', 'apply a diff elsewhere'],
  ['lcad edits --undo', 'put the files back'],
])}`,
    )
    .action((file: string | undefined, options: Options) => run(command, (cli) => edits(cli, file, options)));
}

async function edits(cli: Cli, file: string | undefined, options: Options): Promise<number> {
  if (options.undo !== undefined) {
    if (file !== undefined || options.apply || options.partial || options.repo !== undefined) {
      throw new LcadError('USAGE', 'Give --undo alone, or with the id of edits.');
    }
    return undo(cli, options.undo);
  }
  if (options.partial && !options.apply) throw new LcadError('USAGE', '--partial goes with --apply.');
  const text = await readAnswer(cli, file);
  const connection = await cli.connect();
  const repo = options.repo === undefined ? await repoAround(cli) : selectorOf(options.repo, cli.cwd());
  const params = { text, ...(repo === undefined ? {} : { repo }) };
  const wait = { signal: cli.signal, deadlineMs: waitMs };
  const preview = await connection.request('lcad/edits/preview', params, wait);
  if (!options.apply) return showPreview(cli, preview);
  if (preview.files.length + preview.problems.length === 0) return showPreview(cli, preview);
  if (preview.problems.length > 0 && !cli.json) {
    cli.terminal.err(problemsText(preview, cli.terminal.errColors));
    if (!options.partial && preview.files.length > 0) cli.note(`note: ${partially}`);
  }
  const partial = options.partial ? { partial: true } : {};
  const result = await connection.request('lcad/edits/apply', { id: preview.id, ...partial }, wait);
  return showDone(cli, result, 'applied');
}

async function undo(cli: Cli, id: string | boolean): Promise<number> {
  if (typeof id === 'string' && !editsId.test(id)) {
    throw new LcadError('EDIT_UNKNOWN', `There are no edits "${id}".`, {
      next: 'Give the id that --apply told, or none for the latest edits.',
    });
  }
  const connection = await cli.connect();
  const params = typeof id === 'string' ? { id } : {};
  const result = await connection.request('lcad/edits/undo', params, {
    signal: cli.signal,
    deadlineMs: waitMs,
  });
  return showDone(cli, result, 'undone');
}

function showPreview(cli: Cli, preview: EditsPreviewResult): number {
  const { files, problems } = preview;
  const { terminal } = cli;
  const nothing = files.length + problems.length === 0;
  if (cli.json) cli.printJson(preview);
  else if (nothing) terminal.err('no edits found in the answer\n');
  else {
    terminal.out(editsText(preview, terminal.outColors));
    terminal.err(problemsText(preview, terminal.errColors));
    if (files.length > 0) {
      const how = problems.length === 0 ? '--apply changes the files' : partially;
      cli.note(`nothing is changed yet: ${how}`);
    }
  }
  if (nothing) return exitCodes.nothingFound.code;
  return problems.length > 0 ? exitCodes.failed.code : exitCodes.ok.code;
}

function showDone(cli: Cli, result: EditsApplyResult, what: 'applied' | 'undone'): number {
  if (cli.json) cli.printJson(result);
  else cli.terminal.out(doneText(result, what, cli.terminal.outColors));
  return exitCodes.ok.code;
}

/** The current folder if it is in a repository; elsewhere paths are looked for in all of them. */
async function repoAround(cli: Cli): Promise<string | undefined> {
  const cwd = cli.cwd();
  const connection = await cli.connect();
  const { repos } = await connection.request('lcad/repos/list', undefined, { signal: cli.signal });
  return repos.some(({ root }) => cwd === root || cwd.startsWith(`${root}/`)) ? cwd : undefined;
}

async function readAnswer(cli: Cli, file: string | undefined): Promise<string> {
  if (file === undefined && process.stdin.isTTY) {
    throw new LcadError('USAGE', 'Give a file with an answer, or the answer on standard input.');
  }
  const text =
    file === undefined || file === '-' ? await standardInput() : await readNamed(resolve(cli.cwd(), file));
  if (text.length <= mostUnits) return text;
  throw new LcadError('USAGE', `The answer is longer than ${mostUnits} characters.`);
}

async function readNamed(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const what = systemCode(cause) === 'ENOENT' ? 'There is no such file' : messageOf(cause);
    throw new LcadError('USAGE', `${path} cannot be read: ${what}.`, {
      next: 'Give a file that can be read.',
      cause,
    });
  }
}

async function standardInput(): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes > 4 * mostUnits) throw new LcadError('USAGE', 'The answer on standard input is too long.');
  }
  return Buffer.concat(parts).toString('utf8');
}
