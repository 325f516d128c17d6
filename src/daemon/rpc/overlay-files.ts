import { isAbsolute, relative } from 'node:path';
import { LcadError } from '../../shared/errors.js';
import type { GraphFamily, OverlayFile } from '../graph/contract.js';
import type { Graph } from '../graph/graph.js';
import type { GraphView } from '../graph/graph-view.js';
import type { RepoGraph } from '../graph/repo-graph.js';
import type { BufferOutline, Overlay } from '../overlay/contract.js';
import { hasSyntax } from '../overlay/languages.js';
import { canonicalPath } from '../overlay/uris.js';
import type { Repository } from '../repos/repository.js';
import type { RequestContext } from './contract.js';
import type { SearchScope } from './search-scope.js';

/** A file of a registered repository, there or not. */
export interface FilePlace {
  readonly repo: Repository;
  /** Relative to its root. */
  readonly path: string;
}

/** Which repository's file a path means; null if it is in none. @param path absolute; anything else is no file */
export function filePlace(scope: SearchScope, path: string): FilePlace | null {
  if (!isAbsolute(path)) return null;
  try {
    const repo = scope.select(path);
    return { repo, path: relative(repo.root, path) };
  } catch (error) {
    if (error instanceof LcadError && error.kind === 'REPO_NOT_REGISTERED') return null;
    throw error;
  }
}

/** A repository in the graph. @throws FILE_NOT_INDEXED while it is not there yet */
export function repoIn({ repos }: GraphView, { id, root }: Pick<Repository, 'id' | 'root'>): RepoGraph {
  const repo = repos.get(id);
  if (!repo) throw new LcadError('FILE_NOT_INDEXED', `${root} is not indexed yet.`);
  return repo;
}

/**
 * Which repository's file a request means.
 * @param file absolute, as the client names it
 * @throws INVALID_PARAMS, REPO_NOT_REGISTERED, FILE_NOT_INDEXED while the repository is not in the graph yet
 */
export function fileIn(scope: SearchScope, view: GraphView, file: string): { repo: RepoGraph; path: string } {
  if (!isAbsolute(file)) {
    throw new LcadError('INVALID_PARAMS', `The path of the file is not absolute: ${file}`);
  }
  const path = canonicalPath(file);
  const own = scope.select(path);
  return { repo: repoIn(view, own), path: relative(own.root, path) };
}

/** Content key that a file has in the index; undefined if it is not there. @param path absolute */
export function publishedKey(scope: SearchScope, path: string): string | undefined {
  const place = filePlace(scope, path);
  return place ? scope.view(place.repo).files.get(place.path)?.key : undefined;
}

/** One object for each outline: by it the graph knows what it has seen before. */
const known = new WeakMap<BufferOutline, OverlayFile>();

/**
 * The open documents of a client that differ from the index, as the graph takes them. Documents of no registered
 * repository, and of languages without definitions, are left out; one whose outline is behind its text goes by that.
 */
export function overlayFilesOf(scope: SearchScope, overlay: Overlay): OverlayFile[] {
  const files: OverlayFile[] = [];
  const seen = new Set<string>();
  for (const { path, language, outline } of overlay.buffers) {
    if (!outline || seen.has(path) || !hasSyntax(language)) continue;
    seen.add(path);
    const place = filePlace(scope, path);
    if (!place || scope.view(place.repo).files.get(place.path)?.key === outline.key) continue;
    files.push(overlayFile(place, language, outline));
  }
  return files;
}

function overlayFile(place: FilePlace, language: string, outline: BufferOutline): OverlayFile {
  const before = known.get(outline);
  if (before && before.repo === place.repo.id && before.path === place.path) return before;
  const { key, packed, text } = outline;
  const file = {
    repo: place.repo.id,
    path: place.path,
    language,
    key,
    packed,
    // Lines of outlines end with "\r" alone, too.
    text: text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text,
    get outline() {
      return outline.outline;
    },
  };
  known.set(outline, file);
  return file;
}

/** Longest wait for the outlines of texts that have just been changed. */
export const settleMs = 1000;

/**
 * The graph as a client sees it: with its documents as it holds them.
 * @param families all that are registered
 * @returns as well: documents whose latest text could not be analysed in time, by their paths (see `behindNotes`)
 * @throws INDEX_UNAVAILABLE, the signal's reason
 */
export async function clientView(
  { scope, graph }: { scope: SearchScope; graph: Graph },
  families: readonly GraphFamily[],
  { overlay, signal }: Pick<RequestContext, 'overlay' | 'signal'>,
): Promise<{ view: GraphView; behind: string[] }> {
  await overlay.settled(settleMs);
  signal.throwIfAborted();
  const view = await graph.view(families, overlayFilesOf(scope, overlay));
  signal.throwIfAborted();
  const behind = overlay.buffers.filter(({ outline, version }) => outline?.version !== version);
  return { view, behind: behind.map(({ path }) => path) };
}

/** Notes for a reply on documents whose latest text could not be analysed in time. */
export function behindNotes(paths: readonly string[]): string[] {
  return paths.map((path) => `Of ${path} an earlier text was used: the latest is not analysed yet.`);
}
