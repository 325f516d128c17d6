import type { ContextSource } from '../../protocol/sources.js';
import type { CollectOptions, SourceRepo } from './contract.js';
import { type DiffSection, diffSections } from './diff-sections.js';
import { gitText } from './git-source.js';
import { fitLines, NotAvailable, type Taken, type TakenPiece } from './pieces.js';
import { type FileRules, locate, repoOf, secretReason } from './place.js';

/** The same output whatever the user's configuration says, and no programs of others. */
const options = [
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--unified=3',
  '--find-renames',
  '--submodule=short',
  '--ignore-submodules=dirty',
  '--relative',
  '-O/dev/null',
];
const mostUntracked = 100;
/** Room that a file's changes need on average to be of use: with less, fewer files are shown. */
const usefulChars = 500;

/** Changes of the working tree against the index, or of the index against HEAD: a piece for each file. */
export async function takeDiff(
  request: ContextSource,
  collect: CollectOptions,
  rules: FileRules,
): Promise<Taken> {
  const staged = request.kind === 'staged';
  const place = request.path === undefined ? null : await locate(request.path, collect.repos);
  const repo = place?.repo ?? repoOf(request.repo, collect);
  const path = place?.path || '.';
  const args = [
    '-c',
    'core.quotePath=false',
    'diff',
    ...options,
    ...(staged ? ['--cached'] : []),
    '--',
    path,
  ];
  const [diff, untracked] = await Promise.all([
    gitText(repo, args, collect.signal),
    staged ? [] : untrackedOf(repo, path, collect.signal),
  ]);
  const kind = staged ? 'staged' : 'diff';
  const taken = piecesOf(diffSections(diff.text), { repo, kind, maxChars: collect.maxChars, rules });
  if (diff.cut) taken.omissions.push('The diff is very long: its end was not read.');
  const left = collect.maxChars - taken.used;
  const names = untrackedPiece(untracked, repo, rules);
  if (names && names.text.length <= left) taken.pieces.push(names);
  else if (names) taken.omissions.push('The names of untracked files do not fit.');
  if (taken.pieces.length + taken.omissions.length === 0)
    throw new NotAvailable(staged ? 'Nothing is staged.' : 'The working tree has no changes.');
  return taken;
}

function piecesOf(
  sections: readonly DiffSection[],
  of: { repo: SourceRepo; kind: 'diff' | 'staged'; maxChars: number; rules: FileRules },
): { pieces: TakenPiece[]; omissions: string[]; used: number } {
  const { files, id } = of.repo;
  const pieces: TakenPiece[] = [];
  const omissions: string[] = [];
  const shown: DiffSection[] = [];
  for (const section of sections) {
    const secret = secretReason([section.path, section.from], of.rules.includeSecrets);
    if (secret === null) shown.push(section);
    else omissions.push(secret);
  }
  // What the index leaves out (lock files, generated code) comes last.
  const rank = ({ path }: DiffSection) => (files.get(path)?.key ? 0 : 1);
  const chosen = shown.sort((a, b) => rank(a) - rank(b)).slice(0, Math.ceil(of.maxChars / usefulChars));
  const room = shares(
    chosen.map(({ text }) => text.length),
    of.maxChars,
  );
  for (const [at, section] of chosen.entries()) {
    const { text, cut } = fitLines(section.text, room[at] ?? 0);
    if (text === '') continue;
    if (cut) omissions.push(`The changes of ${section.path} do not fit whole.`);
    const { path, startLine, endLine } = section;
    const language = files.get(path)?.language ?? '';
    const title = `${of.kind === 'staged' ? 'Staged changes' : 'Changes'} of ${path}`;
    pieces.push({ kind: of.kind, title, repo: id, path, language, startLine, endLine, text });
  }
  const left = shown.length - pieces.length;
  if (left > 0) omissions.push(`The changes of ${left} more ${left === 1 ? 'file' : 'files'} do not fit.`);
  return { pieces, omissions, used: pieces.reduce((sum, { text }) => sum + text.length, 0) };
}

/** Room for each of some lengths: what is short gets all it needs, and the others an equal part of the rest. Pure. */
function shares(lengths: readonly number[], room: number): number[] {
  const given = lengths.map(() => 0);
  let left = room;
  const shortest = lengths.map((_, at) => at).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  for (const [done, at] of shortest.entries()) {
    given[at] = Math.min(lengths[at] ?? 0, Math.floor(left / (shortest.length - done)));
    left -= given[at];
  }
  return given;
}

async function untrackedOf(repo: SourceRepo, path: string, signal: AbortSignal): Promise<string[]> {
  const args = ['ls-files', '-z', '--others', '--exclude-standard', '--', path];
  const { text } = await gitText(repo, args, signal);
  return text.split('\0').slice(0, -1);
}

function untrackedPiece(paths: readonly string[], repo: SourceRepo, rules: FileRules): TakenPiece | null {
  const shown = paths.filter((path) => secretReason([path], rules.includeSecrets) === null);
  if (shown.length === 0) return null;
  const more = shown.length - mostUntracked;
  const lines = shown.slice(0, mostUntracked).map((path) => JSON.stringify(path).slice(1, -1));
  if (more > 0) lines.push(`… and ${more} more`);
  const title = `Untracked files of ${repo.name}`;
  return { kind: 'diff', title, repo: repo.id, text: `${lines.join('\n')}\n` };
}
