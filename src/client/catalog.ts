import type { Command } from 'commander';

/** What a file of commands/ exports: it gives a command its arguments, options, help and action. */
interface CommandModule {
  define(command: Command): void;
}

export interface CatalogEntry {
  name: string;
  alias?: string;
  /** One line for the list of commands. */
  summary: string;
  group: string;
  /** Most often needs no daemon. */
  local?: true;
  load: () => Promise<CommandModule>;
}

const search = 'Search:';
const symbols = 'Symbols:';
const models = 'Models:';
const repositories = 'Repositories:';
const daemon = 'Daemon:';
const setup = 'Set-up:';
const programs = 'For programs:';

/** Every command. Only the one that is run is loaded: that keeps the start short. */
export const catalog: readonly CatalogEntry[] = [
  {
    name: 'search',
    summary: 'search the code by words, exact text or regular expression',
    group: search,
    load: () => import('./commands/search.js'),
  },
  {
    name: 'related',
    summary: 'find code like a file, or like the part of it around a line',
    group: search,
    load: () => import('./commands/related.js'),
  },
  {
    name: 'context',
    summary: 'collect the code for a question into a prompt that fits a budget of tokens',
    group: search,
    load: () => import('./commands/context.js'),
  },
  {
    name: 'status',
    summary: 'show the daemon, the repositories and how fresh they are',
    group: search,
    load: () => import('./commands/status.js'),
  },
  {
    name: 'symbols',
    summary: 'find definitions by their names',
    group: symbols,
    load: () => import('./commands/symbols.js'),
  },
  {
    name: 'def',
    summary: 'show where something is defined',
    group: symbols,
    load: () => import('./commands/def.js'),
  },
  {
    name: 'refs',
    summary: 'list everything that refers to something',
    group: symbols,
    load: () => import('./commands/refs.js'),
  },
  {
    name: 'callers',
    summary: 'list what calls something',
    group: symbols,
    load: () => import('./commands/callers.js'),
  },
  {
    name: 'callees',
    summary: 'list what something calls',
    group: symbols,
    load: () => import('./commands/callees.js'),
  },
  {
    name: 'deps',
    summary: 'show what a file imports, and what imports it',
    group: symbols,
    load: () => import('./commands/deps.js'),
  },
  {
    name: 'complete',
    summary: 'have a model complete code at a place',
    group: models,
    load: () => import('./commands/complete.js'),
  },
  {
    name: 'completion-context',
    summary: 'show what an editor would give a model to complete code at a place',
    group: symbols,
    load: () => import('./commands/completion-context.js'),
  },
  {
    name: 'impact',
    summary: 'list what a change can break: of a symbol, a file, or what was changed',
    group: symbols,
    load: () => import('./commands/impact.js'),
  },
  {
    name: 'map',
    summary: 'show the most important symbols of a repository within a budget of tokens',
    group: symbols,
    load: () => import('./commands/map.js'),
  },
  {
    name: 'edits',
    summary: "show, apply or undo the edits of a model's answer",
    group: models,
    load: () => import('./commands/edits.js'),
  },
  {
    name: 'models',
    summary: 'show the model servers, what they offer, and what is used for what',
    group: models,
    load: () => import('./commands/models.js'),
  },
  {
    name: 'add',
    summary: 'register repositories or folders and index them',
    group: repositories,
    load: () => import('./commands/add.js'),
  },
  {
    name: 'remove',
    alias: 'rm',
    summary: 'forget repositories; their files are untouched',
    group: repositories,
    load: () => import('./commands/remove.js'),
  },
  {
    name: 'ask',
    summary: 'ask a model a question about the code; the answer says on which lines it relies',
    group: models,
    load: () => import('./commands/ask.js'),
  },
  {
    name: 'chat',
    summary: 'talk with a model about the code, in the terminal',
    group: models,
    load: () => import('./commands/chat.js'),
  },
  {
    name: 'list',
    alias: 'ls',
    summary: 'list the registered repositories',
    group: repositories,
    load: () => import('./commands/list.js'),
  },
  {
    name: 'reindex',
    summary: 'look for changes now, or derive everything again',
    group: repositories,
    load: () => import('./commands/reindex.js'),
  },
  {
    name: 'start',
    summary: 'start the daemon (other commands do it by themselves)',
    group: daemon,
    load: () => import('./commands/start.js'),
  },
  {
    name: 'stop',
    summary: 'stop the daemon in order',
    group: daemon,
    load: () => import('./commands/stop.js'),
  },
  {
    name: 'restart',
    summary: 'stop the daemon and start it again',
    group: daemon,
    load: () => import('./commands/restart.js'),
  },
  {
    name: 'eval',
    summary: 'measure completions and searches on a repository of yours',
    group: models,
    load: () => import('./commands/eval.js'),
  },
  {
    name: 'metrics',
    summary: 'show times of requests and models, and what became of completions',
    group: daemon,
    load: () => import('./commands/metrics.js'),
  },
  {
    name: 'logs',
    local: true,
    summary: "show the daemon's log",
    group: daemon,
    load: () => import('./commands/logs.js'),
  },
  {
    name: 'config',
    local: true,
    summary: 'read and change the configuration',
    group: setup,
    load: () => import('./commands/config.js'),
  },
  {
    name: 'service',
    local: true,
    summary: 'have the system start the daemon when it is needed',
    group: setup,
    load: () => import('./commands/service.js'),
  },
  {
    name: 'completion',
    local: true,
    summary: 'print the completion script for your shell',
    group: setup,
    load: () => import('./commands/completion.js'),
  },
  {
    name: 'mcp',
    summary: 'serve agents over the Model Context Protocol (stdio)',
    group: programs,
    load: () => import('./commands/mcp.js'),
  },
  {
    name: 'rpc',
    summary: 'call any method of the protocol',
    group: programs,
    load: () => import('./commands/rpc.js'),
  },
];

/** The command that the words of a command line name, or undefined. */
export function namedCommand(words: string[]): CatalogEntry | undefined {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  const name = first === 'help' ? second : first;
  return catalog.find((entry) => entry.name === name || entry.alias === name);
}
