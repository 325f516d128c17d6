import type { Overlay } from '../overlay/contract.js';
import type { SearchableRepo, SearchFamily } from '../search/contract.js';
import type { Piece } from './fit.js';
import { linesOf } from './lines.js';
import { recentScore } from './rank.js';
import type { RecentRegion } from './recent.js';
import { identifiersOf, jaccard } from './scan.js';
import type { LinesOf, Texts } from './texts.js';

/** A file of a repository. */
export interface FileIn {
  family: SearchFamily;
  repo: SearchableRepo;
  /** From the root. */
  path: string;
}

/** Where regions have their texts from. */
interface Around {
  overlay: Overlay;
  /** The repository and path of any file; null if it is in none. */
  locate(file: string): FileIn | null;
}

/** Where the text of a region is in the index; null if a buffer has it, or nothing does. */
export function regionLines(
  { path, startLine, endLine }: RecentRegion,
  { locate, overlay }: Around,
): LinesOf | null {
  if (overlay.get(path)) return null;
  const found = locate(path);
  const key = found?.repo.files.get(found.path)?.key ?? '';
  return found && key !== '' ? { store: found.family.store, key, startLine, endLine } : null;
}

/** A region that was edited or viewed; null if its text is not at hand, or it is in no repository. */
export function pieceOfRegion(
  region: RecentRegion,
  around: Around,
  texts: Texts,
  nearby: ReadonlySet<string>,
): Piece | null {
  const found = around.locate(region.path);
  if (!found) return null;
  const buffer = around.overlay.get(region.path);
  const { kind, startLine, rank } = region;
  const lines = regionLines(region, around);
  const indexed = lines ? (texts.peek(lines) ?? '') : '';
  const text = buffer ? linesOf(buffer.text, startLine, region.endLine) : indexed;
  if (text.trim() === '') return null;
  return {
    kind,
    repo: found.repo.id,
    root: found.repo.root,
    path: found.path,
    language: buffer?.language ?? found.repo.files.get(found.path)?.language ?? '',
    forms: [{ text, span: [startLine, startLine + text.split('\n').length - 1] }],
    symbol: null,
    reason: kind === 'edited' ? 'edited lately' : 'viewed lately',
    confidence: null,
    score: recentScore(kind, rank, jaccard(identifiersOf(text), nearby)),
    group: null,
  };
}
