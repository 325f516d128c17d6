import { LRUCache } from 'lru-cache';
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

/** A region, and where its text is. */
export interface PlacedRegion extends RecentRegion {
  home: FileIn;
  /** The text of the file, if the client has it open. */
  buffer: { text: string; language: string } | null;
  /** Where the text is in the index; null if a buffer has it, or nothing does. */
  lines: LinesOf | null;
}

/** Finds the text of a region; null if it is in no repository. */
export function placed(region: RecentRegion, { locate, overlay }: Around): PlacedRegion | null {
  const { path, startLine, endLine } = region;
  const home = locate(path);
  if (!home) return null;
  const buffer = overlay.get(path) ?? null;
  const key = buffer ? '' : (home.repo.files.get(home.path)?.key ?? '');
  const lines = key === '' ? null : { store: home.family.store, key, startLine, endLine };
  return { ...region, home, buffer, lines };
}

/** A region that was edited or viewed; null if its text is not at hand. */
export function pieceOfRegion(region: PlacedRegion, texts: Texts, nearby: ReadonlySet<string>): Piece | null {
  const { kind, startLine, endLine, rank, home, buffer, lines } = region;
  const indexed = lines ? (texts.peek(lines) ?? '') : '';
  const text = buffer ? linesOf(buffer.text, startLine, endLine) : indexed;
  if (text.trim() === '') return null;
  return {
    kind,
    repo: home.repo.id,
    root: home.repo.root,
    path: home.path,
    language: buffer?.language ?? home.repo.files.get(home.path)?.language ?? '',
    forms: [{ text, span: [startLine, startLine + text.split('\n').length - 1] }],
    symbol: null,
    reason: kind === 'edited' ? 'edited lately' : 'viewed lately',
    confidence: null,
    score: recentScore(kind, rank, jaccard(namesIn(text), nearby)),
    group: null,
  };
}

const known = new LRUCache<string, ReadonlySet<string>>({ max: 100 });

/** The names in a text: from one key to the next, regions seldom change. */
function namesIn(text: string): ReadonlySet<string> {
  const before = known.get(text);
  if (before) return before;
  const names = identifiersOf(text);
  known.set(text, names);
  return names;
}
