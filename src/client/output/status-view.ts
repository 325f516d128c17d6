import type { Degradation } from '../../protocol/repos.js';
import type { CtagsStatus, DaemonStatus, RepoStatus, StatusResult } from '../../protocol/status.js';
import { checkoutText } from './freshness.js';
import { ago, bytes, count, duration, plural } from './human.js';
import { printable, printableLine } from './printable.js';
import { bar, phases } from './progress.js';
import { type Cell, table } from './table.js';
import type { Colors } from './terminal.js';
import { wrap } from './width.js';

/** How a status is shown. */
export interface StatusViewOptions {
  columns: number;
  colors: Colors;
  now: number;
  /** Version of this command, to compare with the daemon's. */
  clientVersion: string;
}

/** The daemon and all repositories; a single one is shown in full, several as a table. */
export function statusText(status: StatusResult, options: StatusViewOptions): string {
  const blocks = [daemonText(status.daemon, options)];
  const [first] = status.repos;
  if (!first) blocks.push('No repositories yet. Add one with:\n  lcad add <path>\n');
  else if (status.repos.length === 1) blocks.push(repoText(first, options));
  else blocks.push(repoTable(status.repos, options), ...attention(status.repos, options));
  return blocks.join('\n');
}

/** Label and value lines, labels aligned; long values go on in the next line, indented. */
function fields(rows: [string, string][], columns: number, colors: Colors): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows
    .map(([label, value]) => {
      const [first, ...rest] = wrap(value, columns - width - 4);
      const more = rest.map((line) => `${' '.repeat(width + 4)}${line}\n`).join('');
      return `  ${colors.dim(label.padEnd(width))}  ${first}\n${more}`;
    })
    .join('');
}

function daemonText(daemon: DaemonStatus, { columns, colors, clientVersion }: StatusViewOptions): string {
  const { memory, workers, watcher } = daemon;
  const title = `${colors.bold(`lcad ${daemon.version}`)}  ${colors.green('running')} for ${duration(daemon.uptimeSeconds)}, pid ${daemon.pid}\n`;
  const watches = watcher.watches === null ? '' : `, ${plural(watcher.watches, 'watch', 'watches')}`;
  const state = watcher.state === 'running' ? 'running' : colors.yellow(watcher.state);
  const rows: [string, string][] = [
    [
      'memory',
      `${bytes(memory.rssBytes)}${memory.watcherRssBytes ? `, watcher ${bytes(memory.watcherRssBytes)}` : ''}`,
    ],
    [
      'workers',
      `${plural(workers.threads, 'thread')}, ${workers.busy} busy, ${workers.queued} queued${restarts(workers.restarts)}`,
    ],
    ['watcher', `${state}${watches}${restarts(watcher.restarts)}`],
    ['ctags', ctagsLine(daemon.ctags, colors)],
    ['clients', `${count(daemon.clients)} connected`],
    ['data', printableLine(daemon.dataFolder)],
  ];
  if (daemon.version !== clientVersion) {
    rows.push([
      'version',
      colors.yellow(`this command is ${clientVersion}; \`lcad restart\` starts it as daemon`),
    ]);
  }
  return title + fields(rows, columns, colors) + degradedText(daemon.degraded, '  ', colors);
}

/** Where it is not in use, a few of the languages say what that costs. */
function ctagsLine({ state, version, path, languages, message, next }: CtagsStatus, colors: Colors): string {
  const shown = languages.filter((id) => commonTagged.has(id)).join(', ');
  const others = languages.filter((id) => !commonTagged.has(id)).length;
  const which = `${shown}${others > 0 ? ` and ${count(others)} more` : ''}`;
  if (state === 'found')
    return `Universal Ctags ${version ?? ''}, ${printableLine(path ?? '')}, for ${which}`;
  const why = printableLine([message, next].filter((part) => part !== null).join(' '));
  return `${colors.dim(state)}: ${which} have no symbols. ${why}`;
}

const commonTagged = new Set(['sql', 'protobuf', 'makefile', 'cmake', 'powershell', 'fortran']);

function restarts(number: number): string {
  return number > 0 ? `, restarted ${number === 1 ? 'once' : `${count(number)} times`}` : '';
}

/** Everything known of one repository. */
export function repoText(repo: RepoStatus, options: StatusViewOptions): string {
  const { columns, colors, now } = options;
  const title = `${colors.bold(printableLine(repo.name))}  ${paintState(repo, colors)(stateWord(repo))}${activity(repo, colors)}\n`;
  const rows: [string, string][] = [
    ['root', `${printableLine(repo.root)} (${repo.kind})`],
    ['id', `${repo.id}, family ${repo.family}`],
    [
      'index',
      `${plural(repo.files, 'file')}, ${plural(repo.chunks, 'chunk')}, ${bytes(repo.diskBytes)} on disk`,
    ],
    ['checkout', checkoutLine(repo, colors)],
    ['changed', changedLine(repo, now)],
    ['pending', repo.pending > 0 ? colors.yellow(plural(repo.pending, 'file')) : 'none'],
    ['watching', repo.watching === 'events' ? 'by events' : colors.yellow(repo.watching)],
    ['languages', topLanguages(repo, 8) || 'none'],
    ['skipped', countsText(repo.skipped) || 'none'],
    ['vectors', embeddingLine(repo, colors)],
  ];
  return (
    title +
    fields(rows, columns, colors) +
    quarantineText(repo, colors) +
    degradedText(repo.degraded, '  ', colors)
  );
}

function stateWord(repo: RepoStatus): string {
  return repo.state === 'new' ? 'waiting' : repo.state;
}

function paintState(repo: RepoStatus, colors: Colors): (text: string) => string {
  if (repo.state === 'ready') return colors.green;
  if (repo.state === 'missing') return colors.red;
  return repo.state === 'degraded' ? colors.yellow : colors.cyan;
}

function phaseWord(phase: string): string {
  return (phases as Record<string, { doing: string }>)[phase]?.doing ?? phase;
}

function activity(repo: RepoStatus, colors: Colors): string {
  const { progress } = repo;
  if (!progress) return '';
  if (progress.total === 0) return `  ${phaseWord(progress.phase)}`;
  const share = progress.done / progress.total;
  return `  ${phaseWord(progress.phase)}  ${bar(share, 20, colors)} ${Math.floor(share * 100)}%  ${count(progress.done)} of ${count(progress.total)}`;
}

function checkoutLine(repo: RepoStatus, colors: Colors): string {
  const operation =
    repo.gitOperation === null ? '' : `, ${colors.yellow(`${printableLine(repo.gitOperation)} under way`)}`;
  return (checkoutText(repo) || (repo.kind === 'folder' ? 'not in git' : 'no commit yet')) + operation;
}

function changedLine(repo: RepoStatus, now: number): string {
  const when = repo.lastChange === null ? 'never' : ago(repo.lastChange, now);
  return `${when}, generation ${count(repo.generation)}`;
}

function topLanguages(repo: RepoStatus, most: number): string {
  const shown = repo.languages.slice(0, most).map((one) => `${one.language} ${count(one.files)}`);
  const more = repo.languages.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function countsText(counts: Record<string, number>): string {
  return Object.entries(counts)
    .filter(([, number]) => number > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, number]) => `${reason} ${count(number)}`)
    .join(', ');
}

function embeddingLine({ embedding }: RepoStatus, colors: Colors): string {
  if (embedding.state === 'off') return 'off';
  const model = `${embedding.provider}${embedding.model ? ` ${printableLine(embedding.model)}` : ''}`;
  const share =
    embedding.total > 0 ? `, ${count(embedding.embedded)} of ${plural(embedding.total, 'chunk')}` : '';
  const state = embedding.state === 'ready' ? 'ready' : colors.yellow(embedding.state);
  const message = embedding.message ? ` (${printableLine(embedding.message)})` : '';
  return `${model}, ${state}${share}${message}`;
}

const quarantineShown = 10;

function quarantineText(repo: RepoStatus, colors: Colors): string {
  if (repo.quarantined.length === 0) return '';
  const lines = repo.quarantined
    .slice(0, quarantineShown)
    .map((one) => `    ${printableLine(one.path)}: ${printableLine(one.reason)}\n`);
  const more = repo.quarantined.length - quarantineShown;
  if (more > 0) lines.push(`    and ${plural(more, 'more file', 'more files')}\n`);
  return `  ${colors.yellow('quarantined')}, indexed by lines only:\n${lines.join('')}`;
}

function degradedText(all: Degradation[], indent: string, colors: Colors): string {
  return all
    .map((one) => {
      const head = `${indent}${colors.yellow('degraded:')} ${printable(one.message)}\n`;
      return `${head}${indent}  ${printable(one.next)}\n`;
    })
    .join('');
}

function repoTable(repos: RepoStatus[], { columns, colors, now }: StatusViewOptions): string {
  const rows = repos.map((repo): Cell[] => [
    { text: printableLine(repo.name), paint: colors.bold },
    { text: stateCell(repo), paint: paintState(repo, colors) },
    { text: count(repo.files) },
    { text: count(repo.chunks) },
    { text: count(repo.pending), ...(repo.pending > 0 ? { paint: colors.yellow } : {}) },
    { text: checkoutText(repo) || '-' },
    { text: repo.lastChange === null ? 'never' : ago(repo.lastChange, now) },
    { text: topLanguages(repo, 3), paint: colors.dim },
  ]);
  const layout = [
    { title: 'REPOSITORY', shrink: true },
    { title: 'STATE' },
    { title: 'FILES', align: 'right' as const },
    { title: 'CHUNKS', align: 'right' as const },
    { title: 'PENDING', align: 'right' as const },
    { title: 'CHECKOUT', shrink: true },
    { title: 'CHANGED' },
    { title: 'LANGUAGES', shrink: true },
  ];
  return `${table(layout, rows, columns, colors.dim).join('\n')}\n`;
}

function stateCell(repo: RepoStatus): string {
  const { progress } = repo;
  if (!progress || progress.total === 0) return stateWord(repo);
  return `${stateWord(repo)} ${Math.floor((progress.done / progress.total) * 100)}%`;
}

/** Below the table: what is wrong with which repository, and what to do. */
function attention(repos: RepoStatus[], { colors }: StatusViewOptions): string[] {
  const blocks = repos
    .filter((repo) => repo.degraded.length > 0 || repo.quarantined.length > 0 || repo.gitOperation !== null)
    .map((repo) => {
      const notes = [];
      if (repo.gitOperation !== null) notes.push(`${printableLine(repo.gitOperation)} under way`);
      if (repo.quarantined.length > 0) {
        notes.push(
          `${plural(repo.quarantined.length, 'file')} quarantined; \`lcad status ${printableLine(repo.name)}\` lists them`,
        );
      }
      const head = `${colors.bold(printableLine(repo.name))}\n`;
      return `${head}${notes.map((note) => `  ${note}\n`).join('')}${degradedText(repo.degraded, '  ', colors)}`;
    });
  return blocks.length > 0 ? [blocks.join('')] : [];
}
