import type { ChangedFile, ImpactResult } from '../../protocol/impact.js';
import type { OutlineResult } from '../../workers/messages.js';
import { unpackOutline } from '../../workers/outline/compact.js';
import { symbolOf } from '../graph/answers.js';
import type { OverlayFile } from '../graph/contract.js';
import { type Definition, isTarget, type Place } from '../graph/definition.js';
import type { GraphView } from '../graph/graph-view.js';
import type { RepoGraph } from '../graph/repo-graph.js';
import { asNow } from './as-now.js';
import { definitionsAt, nameKey, whyNone } from './changed.js';
import type { FileDiff, LineRange } from './diff-text.js';
import { type GitChanges, oldText } from './git-changes.js';
import { type ImpactAnswer, type ImpactScope, merged, notesOn, walkFrom, wholeFile } from './impact.js';
import { carriedOver } from './line-map.js';
import { report } from './report.js';
import { fileSeed, type Reached, seedOf } from './walk.js';

/** What a diff's impact needs from the rest of the daemon. */
export interface DiffParts {
  /** Outline of a text that is not on disk. */
  outlineOf(wanted: { path: string; language: string | null; text: string }): Promise<OutlineResult>;
  /** The graph with other outlines of some files. */
  viewWith(files: readonly OverlayFile[]): Promise<GraphView>;
}

type Changed = NonNullable<ImpactResult['diff']>['symbols'][number];

/** What the changes of a repository come to. */
interface Found {
  files: ChangedFile[];
  symbols: Changed[];
  /** Beginnings in the graph as it is, and in the graph with the old texts. */
  seeds: Reached[];
  oldSeeds: Reached[];
  oldView: GraphView | null;
  notes: string[];
}

/** Files whose old text is read. */
const mostOldTexts = 300;
const readAtOnce = 4;

/** What changes can break. @throws the signal's reason */
export async function diffAnswer(
  scope: ImpactScope,
  repo: RepoGraph,
  changes: GitChanges,
  parts: DiffParts,
  signal: AbortSignal,
): Promise<ImpactAnswer> {
  const found = await changedSymbols(scope.view, repo, changes, parts, signal);
  const now = await walkFrom(scope, scope.view, found.seeds, signal);
  const before = found.oldView ? await walkFrom(scope, found.oldView, found.oldSeeds, signal) : null;
  const changed = new Set(found.seeds.map(({ id }) => id));
  const { oldView } = found;
  const old = oldView ? (before?.reached ?? []).flatMap((one) => asNow(one, oldView, scope.view) ?? []) : [];
  // Code that was changed too, and still refers to what is gone.
  const broken = new Set(old.flatMap(({ one: { distance, id } }) => (distance === 1 ? [id] : [])));
  const affected = merged([...now.reached.map((one) => ({ view: scope.view, one })), ...old]).filter(
    ({ one }) => !changed.has(one.id) || broken.has(one.id),
  );
  const cut = now.cut ?? before?.cut ?? null;
  const reached = new Set(affected.map(({ one }) => one.id));
  const unsure = [...new Set([...now.unsure, ...(before?.unsure ?? [])])].filter(
    (id) => !reached.has(id) && !changed.has(id),
  );
  const notes = [...found.notes, ...notesOn(cut, unsure.length)];
  if (changes.cut) notes.push('The diff is very long: its end was not read.');
  if (found.files.length === 0) notes.push(`Nothing is changed: ${changes.against}.`);
  else if (affected.length === 0) notes.push('Nothing else that is indexed depends on what was changed.');
  return {
    of: [],
    diff: {
      repo: repo.id,
      root: repo.repo.root,
      against: changes.against,
      files: found.files,
      symbols: found.symbols,
    },
    ...report(affected, scope.limit),
    cut,
    notes,
  };
}

async function changedSymbols(
  view: GraphView,
  repo: RepoGraph,
  changes: GitChanges,
  parts: DiffParts,
  signal: AbortSignal,
): Promise<Found> {
  const notes: string[] = [];
  const old = await oldOutlines(repo, changes, parts, { signal, notes });
  const oldView = old.size > 0 ? await parts.viewWith([...old.values()]) : null;
  const found: Found = { files: [], symbols: [], seeds: [], oldSeeds: [], oldView, notes };
  const oldRepo = oldView?.repos.get(repo.id) ?? null;
  const whole = changes.untracked.map((path) => untracked(path));
  for (const file of [...changes.files, ...whole]) {
    signal.throwIfAborted();
    addFile(found, file, { view, repo, oldRepo, changes, hasOld: old.has(file.oldPath ?? '') });
  }
  return found;
}

/** A file that git does not know: all of it is new. */
function untracked(path: string): FileDiff {
  const all = { start: 1, count: Number.MAX_SAFE_INTEGER };
  const hunks = [{ old: { start: 0, count: 0 }, new: all }];
  return { oldPath: null, newPath: path, renamed: false, binary: false, submodule: false, hunks };
}

interface FileScope {
  view: GraphView;
  repo: RepoGraph;
  /** The repository with the old texts. */
  oldRepo: RepoGraph | null;
  changes: GitChanges;
  hasOld: boolean;
}

function addFile(found: Found, file: FileDiff, scope: FileScope): void {
  const { view, repo, changes } = scope;
  const { newPath, oldPath } = file;
  const path = newPath ?? oldPath;
  if (path === null) return;
  const content = newPath === null ? null : repo.content(newPath);
  const place = content && newPath !== null ? { repo, path: newPath, content } : null;
  const oldPlace = scope.hasOld && oldPath !== null && scope.oldRepo ? placeIn(scope.oldRepo, oldPath) : null;
  const later = changes.later.get(newPath ?? '') ?? [];
  const fresh = file.hunks.map((hunk) => carriedOver(hunk.new, later));
  const gone = file.hunks.map(({ old }) => old).filter(hasLines);
  const now = place ? definitionsAt(place.content, fresh) : new Set<number>();
  const before = oldPlace ? definitionsAt(oldPlace.content, gone) : [];
  const names = { now: namesOf(view, place), before: namesOf(found.oldView ?? view, oldPlace) };
  const known = found.symbols.length;
  for (const index of now) {
    if (!place) continue;
    const isNew =
      oldPath === null ||
      (oldPlace !== null && !names.before.has(nameKey(place.content, index, view.contents.names)));
    add(found, isNew ? 'added' : 'modified', view, { ...place, index });
  }
  for (const index of before) {
    if (!oldPlace || !found.oldView) continue;
    const still = names.now.get(nameKey(oldPlace.content, index, found.oldView.contents.names));
    if (still === undefined) add(found, 'removed', found.oldView, { ...oldPlace, index });
    else if (place && !now.has(still)) add(found, 'modified', view, { ...place, index: still });
  }
  const count = found.symbols.length - known;
  const isGone = newPath === null || file.renamed;
  if (isGone && oldPlace) found.oldSeeds.push(fileSeed(oldPlace));
  // Of what has no symbols, all that imports it depends on it.
  if (place && place.content.definitionCount === 0) found.seeds.push(...wholeFile(place));
  const state = {
    binary: file.binary,
    submodule: file.submodule,
    content: content ?? oldPlace?.content ?? null,
  };
  const indexed = newPath === null ? oldPlace !== null : (repo.files.get(newPath)?.key ?? '') !== '';
  found.files.push({
    path,
    oldPath: file.renamed ? oldPath : null,
    change: changeOf(file),
    symbols: count,
    why: count > 0 ? null : whyNone({ ...state, indexed }),
  });
}

function add(found: Found, change: Changed['change'], view: GraphView, definition: Definition): void {
  found.symbols.push({ change, symbol: symbolOf(view, definition) });
  (change === 'removed' ? found.oldSeeds : found.seeds).push(seedOf(definition));
}

function changeOf({ oldPath, newPath, renamed }: FileDiff): ChangedFile['change'] {
  if (newPath === null) return 'removed';
  if (oldPath === null) return 'added';
  return renamed ? 'renamed' : 'modified';
}

function placeIn(repo: RepoGraph, path: string): Place | null {
  const content = repo.content(path);
  return content ? { repo, path, content } : null;
}

/** Definitions of a file by what they are called; of several that are called the same, the first. */
function namesOf({ contents }: GraphView, place: Place | null): Map<string, number> {
  const found = new Map<string, number>();
  for (let index = 0; place && index < place.content.definitionCount; index++) {
    if (!isTarget(place.content.kind(index))) continue;
    const key = nameKey(place.content, index, contents.names);
    if (!found.has(key)) found.set(key, index);
  }
  return found;
}

/** Outlines of what files were like, where lines of them are gone, by their old paths. */
async function oldOutlines(
  repo: RepoGraph,
  { base, files }: GitChanges,
  { outlineOf }: DiffParts,
  { signal, notes }: { signal: AbortSignal; notes: string[] },
): Promise<Map<string, OverlayFile>> {
  const wanted = files.filter(
    ({ oldPath, newPath, binary, submodule, hunks, renamed }) =>
      oldPath !== null &&
      !binary &&
      !submodule &&
      (newPath === null || renamed || hunks.some(({ old }) => hasLines(old))),
  );
  const found = new Map<string, OverlayFile>();
  if (wanted.length > mostOldTexts) {
    notes.push(
      `Of ${wanted.length} files the old text of ${mostOldTexts} was read: other removed symbols are not known.`,
    );
  }
  const queue = wanted.slice(0, mostOldTexts);
  const failed: string[] = [];
  const work = async () => {
    for (let file = queue.pop(); file; file = queue.pop()) {
      const path = file.oldPath ?? '';
      const text = await oldText(repo.repo.root, base, path, signal);
      const language = repo.files.get(path)?.language ?? null;
      const made = text === null ? null : await outlineOf({ path, language, text });
      if (made === null || made.failure !== null) failed.push(path);
      else found.set(path, overlayOf(repo.id, path, made));
    }
  };
  await Promise.all(Array.from({ length: readAtOnce }, work));
  if (failed.length > 0)
    notes.push(
      `The old text of ${failed.slice(0, 3).join(', ')} could not be analysed: removed symbols are not known.`,
    );
  return found;
}

function hasLines({ count }: LineRange): boolean {
  return count > 0;
}

function overlayOf(repo: string, path: string, { language, key, packed }: OutlineResult): OverlayFile {
  return { repo, path, language, key, packed, outline: unpackOutline(packed) };
}
