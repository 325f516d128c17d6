import type { Freshness } from '../protocol/common.js';
import type { SearchHit, SearchResult } from '../protocol/search.js';
import type { RepoStatus, StatusResult } from '../protocol/status.js';
import { checkoutText, freshnessWarnings } from './output/freshness.js';
import { ago, count, plural } from './output/human.js';

/** Replies for agents: compact text, no decoration. Pure. */

/** Search results: how fresh they are, then `path:start-end kind name` and the numbered lines of each. */
export function searchReply(result: SearchResult, notes: string[]): string {
  const [first] = result.freshness;
  const single = result.freshness.length === 1 && first !== undefined;
  const where = single
    ? `${first.name} (${repoLine(first)})`
    : plural(result.freshness.length, 'repository', 'repositories');
  const head = [`${plural(result.hits.length, 'result')} in ${where}`];
  if (single && result.hits.length > 0) head.push(`paths are relative to ${first.root}`);
  head.push(...notes, ...freshnessWarnings(result.freshness, true), ...result.notes);
  if (result.hits.length === 0) {
    head.push('Try other words, fewer filters, or repo "*".');
  }
  return [head.join('\n'), ...result.hits.map((hit) => hitReply(hit, single))].join('\n\n');
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
