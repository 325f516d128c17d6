import type { GrepResult } from '../../protocol/grep.js';
import type { SearchableRepo, StoredFamily } from '../search/contract.js';
import type { MatchedChunk, TextMatches } from '../store/contract.js';

/** A reply without what its sender knows best: freshness and time. */
export type GrepReply = Omit<GrepResult, 'freshness' | 'tookMs'>;

/** A file that has matching chunks. */
export interface MatchedFile {
  family: StoredFamily;
  matches: TextMatches;
  repo: SearchableRepo;
  path: string;
  key: string;
  /** In the order of the file. */
  chunks: MatchedChunk[];
}
