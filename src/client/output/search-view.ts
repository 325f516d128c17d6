import { isAbsolute, join, relative } from 'node:path';
import type { Freshness } from '../../protocol/common.js';
import type { Evidence, SearchHit, SearchResult } from '../../protocol/search.js';
import type { Asked } from '../filters.js';
import { checkoutText, freshnessWarnings } from './freshness.js';
import { highlight } from './highlight.js';
import { milliseconds, plural } from './human.js';
import { printable, printableLine } from './printable.js';
import type { Colors } from './terminal.js';
import { cut, expandTabs } from './width.js';

/** How results are shown. */
export interface SearchViewOptions {
  /** Paths of hits below the checkout that holds this folder are shown relative to it. */
  cwd: string;
  /** Lines are cut to this; Infinity leaves them whole. */
  columns: number;
  colors: Colors;
  /** Between line number and text of a snippet: "│" on a terminal, ":" elsewhere. */
  rule: string;
}

/** Words that matched, shown for each feature. */
const mostWords = 8;

/** The results as text: per hit a header, evidence if there is any, and the snippet; a blank line between hits. */
export function hitsText(result: SearchResult, options: SearchViewOptions): string {
  const terms = new Set(result.tried.terms);
  return result.hits.map((hit) => `${hitLines(hit, terms, options).join('\n')}\n`).join('\n');
}

function hitLines(hit: SearchHit, terms: ReadonlySet<string>, options: SearchViewOptions): string[] {
  const { colors } = options;
  const lines = [header(hit, terms, options)];
  if (hit.otherPaths.length > 0)
    lines.push(colors.dim(cut(`  ${otherPaths(hit, options.cwd)}`, options.columns)));
  if (hit.evidence) lines.push(...evidenceLines(hit.score, hit.evidence, colors));
  if (hit.snippet) lines.push(...snippetLines(hit.snippet, terms, options));
  return lines;
}

function header(hit: SearchHit, terms: ReadonlySet<string>, options: SearchViewOptions): string {
  const { colors } = options;
  const place = `${colors.magenta(shownPath(hit, options.cwd))}${colors.dim(':')}${colors.green(String(hit.startLine))}`;
  const what = [colors.cyan(hit.kind)];
  if (hit.name)
    what.push(highlight(printableLine(hit.name), terms, (text) => colors.bold(colors.yellow(text))));
  if (hit.scope) what.push(colors.dim(`in ${printableLine(hit.scope)}`));
  return `${place}  ${what.join(' ')}${colors.dim(`, lines ${hit.startLine}-${hit.endLine}`)}`;
}

/** The path of a hit: relative to the current folder inside the same checkout, otherwise absolute. */
export function shownPath(hit: { root: string; path: string }, cwd: string): string {
  const absolute = join(hit.root, hit.path);
  const fromRoot = relative(hit.root, cwd);
  const inside = fromRoot === '' || (!fromRoot.startsWith('..') && !isAbsolute(fromRoot));
  return printableLine(inside ? relative(cwd, absolute) : absolute);
}

function otherPaths(hit: SearchHit, cwd: string): string {
  const shown = hit.otherPaths
    .slice(0, 3)
    .map((path) => shownPath({ root: hit.root, path: relative(hit.root, path) }, cwd));
  const more = hit.otherPaths.length - shown.length;
  return `also in ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What each feature adds to the score, or takes from it, with its own value and the words that matched. */
function evidenceLines(score: number, evidence: Evidence[], colors: Colors): string[] {
  const most = Math.max(...evidence.map(({ share }) => Math.abs(share)), Number.MIN_VALUE);
  const widest = Math.max(...evidence.map(({ signal }) => signal.length), 14);
  const lines = evidence.map(({ signal, value, share, terms }) => {
    const bar = '▪'.repeat(Math.round((8 * Math.abs(share)) / most)).padEnd(8);
    const signed = `${share < 0 ? '-' : '+'}${Math.abs(share).toFixed(2)}`.padStart(7);
    const shown = (terms ?? []).slice(0, mostWords).map(printableLine).join(' ');
    const matched = shown === '' ? '' : `  ${shown}${(terms?.length ?? 0) > mostWords ? ' …' : ''}`;
    return `  ${signed} ${bar} ${printableLine(signal).padEnd(widest)} ${number(value)}${matched}`;
  });
  return [`  score ${number(score)}`, ...lines].map((line) => colors.dim(line.trimEnd()));
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function snippetLines(
  snippet: { startLine: number; text: string },
  terms: ReadonlySet<string>,
  { columns, colors, rule }: SearchViewOptions,
): string[] {
  const lines = printable(snippet.text).trimEnd().split('\n');
  const digits = String(snippet.startLine + lines.length - 1).length;
  const room = columns - digits - 5;
  return lines.map((line, at) => {
    const shown = Number.isFinite(columns) ? cut(expandTabs(line), room) : line;
    const gutter = `${String(snippet.startLine + at).padStart(digits + 2)} ${rule}`;
    const text = highlight(shown, terms, (word) => colors.bold(colors.yellow(word)));
    return `${colors.dim(gutter)} ${text}`.trimEnd();
  });
}

/** What is said about any reply to a search. */
type Reply = Pick<SearchResult, 'notes' | 'freshness' | 'tookMs'>;

/** One line on the whole reply: "10 results in 4 ms · lcad: main at 3f2a1c9". */
export function footerText(result: SearchResult): string {
  const footer = footerOf(plural(result.hits.length, 'result'), result);
  const { vectors } = result.tried;
  return vectors === 'building' || vectors === 'unreachable' ? `${footer} · vectors ${vectors}` : footer;
}

/** The same for a reply of any kind. @param found "10 results" */
export function footerOf(found: string, { tookMs, freshness }: Reply): string {
  const parts = [`${found} in ${milliseconds(tookMs)}`];
  const [only] = freshness;
  if (freshness.length === 1 && only) {
    const checkout = checkoutText(only);
    parts.push(`${printableLine(only.name)}${checkout ? `: ${checkout}` : ''}`);
  } else if (freshness.length > 1) {
    parts.push(plural(freshness.length, 'repository', 'repositories'));
  }
  const pending = freshness.reduce((sum, one) => sum + one.pending, 0);
  if (pending > 0) parts.push(`${plural(pending, 'file')} pending`);
  const degraded = freshness.filter((one) => one.state === 'degraded').length;
  if (degraded > 0) parts.push(freshness.length === 1 ? 'degraded' : `${degraded} degraded`);
  return parts.join(' · ');
}

/** Sentences on what the reply lacks, the daemon's own notes first. */
export function warningTexts({ notes, freshness }: Reply, waited: boolean): string[] {
  return [...notes.map(printable), ...freshnessWarnings(freshness, waited)];
}

/**
 * What to say when nothing was found: what was tried (the daemon's notes), where, and what may help.
 * @param footer the line on the whole reply
 */
export function nothingFoundText(reply: Reply, footer: string, asked: Asked, colors: Colors): string {
  const [first = 'Nothing was found.', ...rest] = warningTexts(reply, asked.waited);
  const hints = [...rest, footer];
  if (asked.filters.length > 0)
    hints.push(`without ${printableLine(asked.filters.join(' '))} there may be more`);
  if (reply.freshness.some(isUnfinished) && !asked.waited) {
    hints.push('--wait waits until everything is searchable');
  }
  if (!asked.allRepos) hints.push('--all-repos searches every registered repository');
  return `${first}\n${hints.map((hint) => colors.dim(`  ${hint}\n`)).join('')}`;
}

function isUnfinished({ pending, state }: Freshness): boolean {
  return pending > 0 || state === 'new' || state === 'indexing' || state === 'scanning';
}
