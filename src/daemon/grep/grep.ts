import type { GrepFile, GrepParams } from '../../protocol/grep.js';
import { LcadError, messageOf } from '../../shared/errors.js';
import type { StoredFamily } from '../search/contract.js';
import { pendingNotes } from '../search/notes.js';
import { withContext } from './context.js';
import type { GrepReply, MatchedFile } from './contract.js';
import { filesOf, inOrder, unsearchedFiles } from './files.js';
import { type GrepPlan, planGrep } from './plan.js';
import { LineWindow } from './window.js';

/** Characters in a reply: past it there is no room for more lines, whatever the limit. */
const mostReplyChars = 4_000_000;

/**
 * Finds a text or regular expression in the indexed files of some families: the lines that ripgrep finds in the same
 * files, but for blank ones.
 * @throws PATTERN_INVALID, GLOB_INVALID, LANGUAGE_UNKNOWN, KIND_UNKNOWN; the signal's reason; a store's error if no
 *   family could be searched
 */
export async function grep(
  params: GrepParams,
  families: readonly StoredFamily[],
  signal: AbortSignal,
): Promise<GrepReply> {
  const plan = planGrep(params);
  signal.throwIfAborted();
  const { files, failures } = await matchedFiles(plan, families, signal);
  const found = await collect(plan, files, signal);
  const repos = families.flatMap((family) => family.repos);
  const unsearched = await unsearchedFiles(repos, plan.wanted);
  return {
    files: found.files,
    matches: found.matches,
    more: found.more,
    unsearched,
    notes: [...failures, ...pendingNotes(families), ...notesOf(params, found, unsearched, repos.length)],
  };
}

/** Every file with matching chunks, in order. A family that fails is named unless all do. */
async function matchedFiles(
  plan: GrepPlan,
  families: readonly StoredFamily[],
  signal: AbortSignal,
): Promise<{ files: MatchedFile[]; failures: string[] }> {
  const results = await Promise.allSettled(
    families.map(async (family) =>
      filesOf(family, await family.store.matchText(plan.query, signal), plan.wanted),
    ),
  );
  signal.throwIfAborted();
  const failures: string[] = [];
  for (const [at, result] of results.entries()) {
    if (result.status === 'fulfilled') continue;
    const reason: unknown = result.reason;
    if (reason instanceof LcadError && reason.kind === 'PATTERN_INVALID') throw reason;
    if (results.every(({ status }) => status === 'rejected')) throw reason;
    const names = families[at]?.repos.map(({ name }) => name).join(', ') ?? '';
    failures.push(`${names} could not be searched: ${messageOf(reason)}`);
  }
  const files = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  return { files: inOrder(files), failures };
}

interface Found {
  files: GrepFile[];
  matches: number;
  more: { lines: number; files: number } | null;
  /** Blank lines match as well, of which none is shown. */
  blank: boolean;
}

/** Goes through the files until there are enough lines. */
async function collect(plan: GrepPlan, files: readonly MatchedFile[], signal: AbortSignal): Promise<Found> {
  const found: Found = { files: [], matches: 0, more: null, blank: false };
  const window = new LineWindow(files, plan.forInvalid);
  let left = 0;
  let room = mostReplyChars;
  let at = 0;
  for (; at < files.length && found.matches < plan.limit && room > 0; at++) {
    const file = files[at] as MatchedFile;
    const { lines, blank } = await window.linesOf(at, plan.limit - found.matches);
    signal.throwIfAborted();
    if (blank > 0) found.blank = true;
    const shown = lines.slice(0, plan.limit - found.matches);
    if (shown.length === 0) continue;
    const withAround = await withContext(file, shown, plan.contextLines);
    room -= withAround.reduce((sum, { text }) => sum + text.length, 0);
    found.files.push({
      repo: file.repo.id,
      root: file.repo.root,
      path: file.path,
      language: file.repo.files.get(file.path)?.language ?? '',
      lines: withAround,
    });
    found.matches += shown.length;
    left += lines.length - shown.length;
  }
  const rest = files.slice(at);
  if (left > 0 || rest.length > 0) {
    // Where blank lines match, that a chunk matches is no proof of a line that is shown.
    const certain = found.blank ? [] : rest;
    const lines = certain.reduce((sum, { chunks }) => sum + chunks.length, left);
    found.more = { lines, files: certain.length };
  }
  return found;
}

function notesOf({ pattern }: GrepParams, found: Found, unsearched: number, repos: number): string[] {
  const notes: string[] = [];
  if (found.blank) notes.push('Blank lines match too; they are not in the index and are left out.');
  if (found.matches > 0 || repos === 0) return notes;
  notes.push(`Nothing was found for ${pattern}.`);
  if (unsearched > 0) {
    const files = unsearched === 1 ? '1 file is' : `${unsearched} files are`;
    notes.push(`${files} not in the index and could not be searched: \`lcad status\` tells why.`);
  }
  return notes;
}
