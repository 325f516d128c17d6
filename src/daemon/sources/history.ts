import { randomBytes } from 'node:crypto';
import type { ContextSource } from '../../protocol/sources.js';
import { plainLine } from '../plain-text.js';
import { type BlameRun, blameRuns } from './blame-runs.js';
import type { CollectOptions } from './contract.js';
import { gitText, pathspec } from './git-source.js';
import { fitLines, NotAvailable, type Taken } from './pieces.js';
import { type FileRules, locate, repoOf, secretReason } from './place.js';

const defaultCommits = 20;
const mostFiles = 20;
const longestSubject = 200;

/** Recent commits of a repository or of a path: id, day, author, subject and files of each, the latest first. */
export async function takeCommits(request: ContextSource, collect: CollectOptions): Promise<Taken> {
  const place = request.path === undefined ? null : await locate(request.path, collect.repos);
  const repo = place?.repo ?? repoOf(request.repo, collect);
  // No subject can hold it, so that none can pass for another commit.
  const mark = randomBytes(8).toString('hex');
  const format = `--format=tformat:${mark}%h%x00%an%x00%ad%x00%s%x00`;
  const limit = `--max-count=${request.limit ?? defaultCommits}`;
  const fixed = [
    '--no-show-signature',
    '--no-color',
    '--no-notes',
    '--no-ext-diff',
    '--no-textconv',
    '--no-renames',
    '--ignore-submodules=all',
    '--date=short',
    '--name-only',
    '-O/dev/null',
    '--relative',
    '-z',
  ];
  const paths = await pathspec(repo, place?.path);
  const { text } = await gitText(repo, ['log', ...fixed, limit, format, ...paths], collect.signal);
  const commits = text
    .split(mark)
    .slice(1)
    .map((record) => commitText(record.split('\0')));
  if (commits.length === 0) throw new NotAvailable('There are no commits.');
  const taken = wholeOnes(commits, collect.maxChars);
  const of = place?.path || repo.name;
  const omissions =
    taken.length < commits.length ? [`${commits.length - taken.length} older commits do not fit.`] : [];
  if (taken.length === 0) return { pieces: [], omissions };
  const piece = { kind: 'commits' as const, title: `Recent commits of ${of}`, repo: repo.id };
  return { pieces: [{ ...piece, path: place?.path || null, text: taken.join('') }], omissions };
}

function commitText([id = '', author = '', day = '', subject = '', ...rest]: string[]): string {
  const files = rest.map((name) => name.replace(/^\n/, '')).filter((name) => name !== '');
  const shown = files.slice(0, mostFiles).map((name) => `    ${plainLine(name)}\n`);
  const more = files.length > mostFiles ? `    … and ${files.length - mostFiles} more files\n` : '';
  return `${id} ${day} ${plainLine(author, 80)}: ${plainLine(subject, longestSubject)}\n${shown.join('')}${more}`;
}

/** As many texts from the beginning as fit together. */
function wholeOnes(texts: readonly string[], maxChars: number): string[] {
  let used = 0;
  const end = texts.findIndex((text) => {
    used += text.length;
    return used > maxChars;
  });
  return end < 0 ? [...texts] : texts.slice(0, end);
}

/** Who last changed the lines of a file: a line for each run of lines of one commit. */
export async function takeBlame(
  request: ContextSource,
  collect: CollectOptions,
  rules: FileRules,
): Promise<Taken> {
  const place = await locate(request.path ?? '', collect.repos);
  const secret = secretReason([place.path], rules.includeSecrets);
  if (secret !== null) throw new NotAvailable(secret);
  if (!place.exists || place.path === '') throw new NotAvailable(`${place.absolute} is not a file.`);
  const { startLine = 1, endLine } = request;
  const range = `-L${startLine},${endLine ?? ''}`;
  const args = ['blame', '--incremental', '--no-textconv', '--date=unix', range, '--', place.path];
  const { text } = await gitText(place.repo, args, collect.signal);
  const runs = blameRuns(text);
  const last = runs.at(-1);
  if (!last) throw new NotAvailable(`${place.path} has no lines there.`);
  const { text: shown, cut } = fitLines(runs.map(runText).join(''), collect.maxChars);
  return {
    pieces: [
      {
        kind: 'blame',
        title: `Who last changed lines ${startLine} to ${last.endLine} of ${place.path}`,
        repo: place.repo.id,
        path: place.path,
        startLine,
        endLine: last.endLine,
        text: shown,
      },
    ],
    omissions: cut ? ['The end of the list does not fit.'] : [],
  };
}

function runText({ startLine, endLine, commit, day, author, subject }: BlameRun): string {
  const lines = startLine === endLine ? `${startLine}` : `${startLine}-${endLine}`;
  if (commit === null) return `${lines}: not committed yet\n`;
  const by = plainLine(author, 80);
  return `${lines}: ${commit.slice(0, 10)} ${day} ${by}: ${plainLine(subject, longestSubject)}\n`;
}
