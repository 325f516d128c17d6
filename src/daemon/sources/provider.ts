import { stat } from 'node:fs/promises';
import type { ContextProvider } from '../../protocol/config.js';
import type { ContextSource } from '../../protocol/sources.js';
import { cutText, plainLine, plainText } from '../plain-text.js';
import { type CommandEnd, runCommand } from './command.js';
import type { CollectOptions, SourceRepo } from './contract.js';
import { fitLines, NotAvailable, type Taken } from './pieces.js';
import { locate, repoOf } from './place.js';

/** Of the daemon's environment, what programs need to find others, the user's files and the language. */
const usualVariables = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'TZ',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'XDG_DATA_HOME',
  'XDG_RUNTIME_DIR',
];
/** A variable may have 128 KiB on Linux, in up to three bytes a unit. */
const longestQuery = 32_000;

/**
 * What a command of the configuration prints. It is not trusted: text without control characters, and marked. What goes
 * wrong with it is an omission.
 */
export async function takeProvider(
  request: ContextSource,
  collect: CollectOptions,
  providers: readonly ContextProvider[],
  signal: AbortSignal,
): Promise<Taken> {
  const provider = providers.find(({ name }) => name === request.name);
  if (!provider) throw new NotAvailable(unknown(request.name ?? '', providers));
  const repo = await repoFor(request, collect, provider);
  const cwd = provider.cwd === 'repo' ? (repo?.root ?? '/') : provider.cwd;
  await checkFolder(cwd);
  const { command, deadlineMs, maxBytes } = provider;
  const env = environmentOf(process.env, provider, repo, collect);
  const end = await runCommand(command, { cwd, env, deadlineMs, maxBytes, signal });
  collect.signal.throwIfAborted();
  if (end.kind !== 'done') throw new NotAvailable(failure(end, provider));
  const printed = plainText(new TextDecoder().decode(end.output)).trimEnd();
  if (printed.trim() === '') throw new NotAvailable('It printed nothing.');
  const { text, cut } = fitLines(`${printed}\n`, collect.maxChars);
  const title = `Output of the command "${provider.name}"`;
  const piece = { kind: 'provider' as const, title, repo: repo?.id ?? null, text, trusted: false };
  return {
    pieces: text.trim() === '' ? [] : [piece],
    omissions: cut ? [`It printed ${printed.length} characters; the end does not fit.`] : [],
  };
}

function unknown(name: string, providers: readonly ContextProvider[]): string {
  const names = providers.map((provider) => provider.name).join(', ');
  const known = names === '' ? 'none is configured (context.providers)' : `configured: ${names}`;
  return `There is no provider called ${name}; ${known}.`;
}

/** The repository it is run for; one that needs none is run without. */
async function repoFor(
  request: ContextSource,
  collect: CollectOptions,
  { cwd }: ContextProvider,
): Promise<SourceRepo | null> {
  if (request.path !== undefined) return (await locate(request.path, collect.repos)).repo;
  if (cwd === 'repo' || request.repo !== undefined) return repoOf(request.repo, collect);
  return collect.repo;
}

async function checkFolder(cwd: string): Promise<void> {
  const found = await stat(cwd).catch(() => null);
  if (!found?.isDirectory()) throw new NotAvailable(`The folder that it runs in is not there: ${cwd}`);
}

/** The environment of a command: the usual variables, those it is allowed, and what is asked. Pure. */
function environmentOf(
  own: NodeJS.ProcessEnv,
  { env }: ContextProvider,
  repo: SourceRepo | null,
  { query, file }: CollectOptions,
): NodeJS.ProcessEnv {
  const names = [...usualVariables, ...env].filter((name) => own[name] !== undefined);
  return {
    ...Object.fromEntries(names.map((name) => [name, own[name]])),
    LCAD_QUERY: cutText(query, longestQuery).replaceAll('\0', ''),
    ...(repo ? { LCAD_REPO: repo.root } : {}),
    ...(file === null ? {} : { LCAD_FILE: file.replaceAll('\0', '') }),
  };
}

function failure(end: Exclude<CommandEnd, { kind: 'done' }>, provider: ContextProvider): string {
  const [program = ''] = provider.command;
  switch (end.kind) {
    case 'late':
      return `${program} did not end in ${provider.deadlineMs} ms and was killed.`;
    case 'flood':
      return `${program} printed more than ${provider.maxBytes} bytes and was killed.`;
    case 'cancelled':
      return `${program} was ended.`;
    case 'not-started':
      return end.why === 'ENOENT'
        ? `${program} was not found.`
        : `${program} cannot be started: ${plainLine(end.why)}`;
    case 'failed': {
      const said = plainLine(end.errors.trimEnd().split('\n').at(-1) ?? '');
      const how = end.code === null ? `was ended by ${end.by}` : `ended with code ${end.code}`;
      return `${program} ${how}${said === '' ? '.' : `: ${said}`}`;
    }
  }
}
