import type { Command } from 'commander';
import { placesOf } from '../../shared/paths.js';
import { catalog, namedCommand } from '../catalog.js';
import { Connection } from '../connection.js';
import { chunkKinds, languageNames } from '../help.js';
import { ensureDaemon } from '../launch.js';
import { makeProgram } from '../program.js';
import { completionScripts } from './scripts.js';

/** One thing that may be typed next. */
interface Candidate {
  text: string;
  about: string;
}

/** What the shell should add by itself. */
type Also = 'none' | 'dirs' | 'files';

interface Answer {
  candidates: Candidate[];
  also: Also;
}

const none: Answer = { candidates: [], also: 'none' };
const daemonMs = 500;

/**
 * Completes a command line.
 * @param words what follows `lcad`, the word at the cursor last, even if empty
 * @returns a line "text<tab>description" per candidate, then ":none", ":dirs" or ":files": what the shell adds itself
 */
export async function complete(words: string[]): Promise<string> {
  const current = words.at(-1) ?? '';
  const { candidates, also } = await answerTo(words.slice(0, -1), current);
  const lines = candidates
    .filter((one) => one.text.startsWith(current) && !/[\t\n]/.test(one.text))
    .map((one) => `${one.text}\t${one.about.replace(/\s+/g, ' ')}\n`);
  return `${lines.join('')}:${also}\n`;
}

async function answerTo(before: string[], current: string): Promise<Answer> {
  if (before.includes('--')) return none;
  const entry = namedCommand(before);
  const program = await makeProgram(entry);
  if (before[0] === 'help') return of(catalog.map(({ name, summary }) => ({ text: name, about: summary })));
  const { command, rest } = innermost(program, before);
  const option = command.options.find((one) => one.required && [one.short, one.long].includes(before.at(-1)));
  if (option) return valuesOf(option.attributeName(), current);
  if (current.startsWith('-')) return of(optionsOf(program, command, current));
  if (command.commands.length > 0) return rest.length > 0 ? none : of(subcommandsOf(command));
  return argumentsOf([...pathOf(command), ...rest].join(' '), command.name());
}

const of = (candidates: Candidate[], also: Also = 'none'): Answer => ({ candidates, also });

/** The command that is being typed, and the words after its name. */
function innermost(program: Command, before: string[]): { command: Command; rest: string[] } {
  let command = program;
  let rest = before.filter((word) => !word.startsWith('-'));
  for (;;) {
    const [name] = rest;
    const next = command.commands.find((one) => one.name() === name || one.aliases().includes(name ?? ''));
    if (!next) return { command, rest };
    command = next;
    rest = rest.slice(1);
  }
}

function pathOf(command: Command): string[] {
  const { parent } = command;
  return parent?.parent ? [parent.name(), command.name()] : [command.name()];
}

function subcommandsOf(command: Command): Candidate[] {
  const own = command.commands.map((one) => ({
    text: one.name(),
    about: one.summary() || one.description(),
  }));
  return command.parent ? own : [...own, { text: 'help', about: 'show help for a command' }];
}

function optionsOf(program: Command, command: Command, current: string): Candidate[] {
  const general = program.options.filter((one) => command === program || one.long !== '--version');
  const options = [...new Set([...command.options, ...general])];
  const candidates = options.flatMap((one) => {
    const short = current === '-' && one.short ? [{ text: one.short, about: one.description }] : [];
    return one.long ? [{ text: one.long, about: one.description }, ...short] : short;
  });
  return [...candidates, { text: '--help', about: 'show help' }];
}

async function valuesOf(option: string, current: string): Promise<Answer> {
  if (option === 'repo') return of(await repoNames(), 'dirs');
  if (option === 'path') return of([], 'files');
  if (option === 'lang') return of(inList(languageNames, current));
  return option === 'kind' ? of(inList(chunkKinds, current)) : none;
}

/** Candidates for the last of several values that are separated by commas. */
function inList(names: readonly string[], current: string): Candidate[] {
  const before = current.slice(0, current.lastIndexOf(',') + 1);
  const taken = before.split(',');
  return names.filter((name) => !taken.includes(name)).map((name) => ({ text: before + name, about: '' }));
}

async function argumentsOf(path: string, name: string): Promise<Answer> {
  if (name === 'add') return of([], 'dirs');
  if (name === 'related') return of([], 'files');
  if (name === 'remove' || name === 'reindex' || name === 'status') return of(await repoNames(), 'dirs');
  if (path === 'completion') return of(Object.keys(completionScripts).map((text) => ({ text, about: '' })));
  if (path === 'config get' || path === 'config set' || path === 'config unset')
    return of(await configKeys());
  return path === 'rpc' ? of(await methodNames()) : none;
}

async function repoNames(): Promise<Candidate[]> {
  try {
    const socket = await ensureDaemon(placesOf(), { start: false, deadlineMs: daemonMs });
    const connection = await Connection.open(socket, { deadlineMs: daemonMs });
    try {
      const { repos } = await connection.request('lcad/repos/list', {}, { deadlineMs: daemonMs });
      return repos.map((repo) => ({ text: repo.name, about: repo.root }));
    } finally {
      connection.close();
    }
  } catch {
    // Completion is silent: without a daemon there are no names to offer.
    return [];
  }
}

async function configKeys(): Promise<Candidate[]> {
  const { configKeys } = await import('../../protocol/config-keys.js');
  return configKeys().map(({ key, description }) => ({ text: key, about: description }));
}

async function methodNames(): Promise<Candidate[]> {
  const { requests } = await import('../../protocol/methods.js');
  return Object.entries(requests).map(([text, { summary }]) => ({ text, about: summary }));
}
