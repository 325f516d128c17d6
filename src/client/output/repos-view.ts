import type { RepoSummary } from '../../protocol/repos.js';
import { printableLine } from './printable.js';
import { table } from './table.js';
import type { Colors } from './terminal.js';

/** The registered repositories as a table. */
export function reposTable(repos: RepoSummary[], columns: number, colors: Colors): string {
  const rows = repos.map((repo) => [
    { text: printableLine(repo.name), paint: colors.bold },
    { text: repo.state, paint: repo.state === 'ready' ? colors.green : colors.yellow },
    { text: repo.kind },
    { text: repo.id, paint: colors.dim },
    { text: printableLine(repo.root) },
  ]);
  const layout = [
    { title: 'REPOSITORY', shrink: true },
    { title: 'STATE' },
    { title: 'KIND' },
    { title: 'ID' },
    { title: 'ROOT' },
  ];
  return `${table(layout, rows, columns, colors.dim).join('\n')}\n`;
}
