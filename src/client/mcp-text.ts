import type { Freshness } from '../protocol/common.js';
import type { GrepFile, GrepResult } from '../protocol/grep.js';
import type { RelatedResult } from '../protocol/related.js';
import type { SearchHit, SearchResult } from '../protocol/search.js';
import type { RepoStatus, StatusResult } from '../protocol/status.js';
import { checkoutText, freshnessWarnings } from './output/freshness.js';
import { ago, count, plural } from './output/human.js';

/** Replies for agents: compact text, no decoration. Pure. */

const longestLine = 500;

/** Search results: how fresh they are, then `path:start-end kind name` and the numbered lines of each. */
export function searchReply(result: SearchResult, notes: string[]): string {
  const head = headOf(plural(result.hits.length, 'result'), result, notes);
  if (result.hits.length === 0) head.push('Try other words, fewer filters, or repo "*".');
  const single = result.freshness.length === 1;
  return [head.join('\n'), ...result.hits.map((hit) => hitReply(hit, single))].join('\n\n');
}

/** Code that is like a place, in the same form. */
export function relatedReply(result: RelatedResult): string {
  const { root, path, startLine, endLine, name } = result.of;
  const head = headOf(plural(result.hits.length, 'result'), result, []);
  head.unshift(`Like ${root}/${path}:${startLine}-${endLine}${name ? ` ${name}` : ''}:`);
  const single = result.freshness.length === 1;
  return [head.join('\n'), ...result.hits.map((hit) => hitReply(hit, single))].join('\n\n');
}

/** Lines that match: how fresh they are, then the path of each file and its numbered lines. */
export function grepReply(result: GrepResult, notes: string[]): string {
  const { matches, files, more } = result;
  const head = headOf(`${plural(matches, 'line')} of ${plural(files.length, 'file')}`, result, notes);
  if (more) {
    head.push(`At least ${plural(more.lines, 'more line')}, and ${plural(more.files, 'more file')}: limit.`);
  }
  if (matches === 0) head.push('Try ignoreCase, fewer filters, or repo "*".');
  const single = result.freshness.length === 1;
  return [head.join('\n'), ...files.map((file) => fileReply(file, single))].join('\n\n');
}

function fileReply({ root, path, lines }: GrepFile, relative: boolean): string {
  const rows = lines.map(({ line, text, spans }) => {
    const shown = text.length > longestLine ? `${text.slice(0, longestLine)}…` : text;
    return `${line}${spans ? ':' : '-'} ${shown}`.trimEnd();
  });
  return [relative ? path : `${root}/${path}`, ...rows].join('\n');
}

type Reply = Pick<SearchResult, 'freshness' | 'notes'>;

/** What is said before the results. */
export function headOf(found: string, { freshness, notes }: Reply, before: string[]): string[] {
  const [first] = freshness;
  const single = freshness.length === 1 && first !== undefined;
  const where = single
    ? `${first.name} (${repoLine(first)})`
    : plural(freshness.length, 'repository', 'repositories');
  const paths = single && !found.startsWith('0 ') ? [`paths are relative to ${first.root}`] : [];
  return [`${found} in ${where}`, ...paths, ...before, ...freshnessWarnings(freshness, true), ...notes];
}

function repoLine(one: Freshness): string {
  const checkout = checkoutText(one);
  const state = one.fresh && one.pending === 0 ? 'up to date' : `${count(one.pending)} files pending`;
  return checkout ? `${checkout}, ${state}` : state;
}

function hitReply(hit: SearchHit, relative: boolean): string {
  const path = relative ? hit.path : `${hit.root}/${hit.path}`;
  const name = hit.name ? ` ${hit.name}` : '';
  const scope = hit.scope ? ` in ${hit.scope}` : '';
  const lines = [`${path}:${hit.startLine}-${hit.endLine} ${hit.kind}${name}${scope}`];
  const { snippet } = hit;
  if (snippet) {
    const text = snippet.text.trimEnd().split('\n');
    lines.push(...text.map((line, at) => `${snippet.startLine + at}: ${line}`.trimEnd()));
  }
  return lines.join('\n');
}

/** The state of the index: one line per repository, and what to do where something is wrong. */
export function statusReply(status: StatusResult, now: number): string {
  if (status.repos.length === 0) {
    return 'No repository is registered. Register one in a shell with: lcad add <path>';
  }
  const lines = status.repos.flatMap((repo) => [
    repoReply(repo, now),
    ...repo.degraded.map((one) => `  degraded: ${one.message} ${one.next}`),
  ]);
  return [
    ...lines,
    ...status.daemon.degraded.map((one) => `daemon degraded: ${one.message} ${one.next}`),
  ].join('\n');
}

function repoReply(repo: RepoStatus, now: number): string {
  const parts = [repo.state, plural(repo.files, 'file'), `${count(repo.pending)} pending`];
  const checkout = checkoutText(repo);
  if (checkout) parts.push(checkout);
  if (repo.gitOperation) parts.push(`${repo.gitOperation} under way`);
  if (repo.lastChange) parts.push(`changed ${ago(repo.lastChange, now)}`);
  if (repo.progress && repo.progress.total > 0) {
    parts.push(`${repo.progress.phase} ${count(repo.progress.done)} of ${count(repo.progress.total)}`);
  }
  const languages = repo.languages.slice(0, 5).map((one) => `${one.language} ${one.files}`);
  if (languages.length > 0) parts.push(languages.join(' '));
  return `${repo.name} ${repo.root}: ${parts.join(', ')}`;
}
