import type { GrepParams } from '../../protocol/grep.js';
import { type PathFilter, pathFilter } from '../search/filters.js';
import { kindNamed, languageNamed } from '../search/plan.js';
import type { TextMatchQuery, TextPattern } from '../store/contract.js';
import { literalPattern, regexPattern } from './pattern.js';

/** A request, checked and resolved. */
export interface GrepPlan {
  query: TextMatchQuery;
  /** The pattern for files whose bytes are not all UTF-8; null: the same. */
  forInvalid: TextPattern | null;
  wanted: PathFilter | null;
  /** Matching lines. */
  limit: number;
  contextLines: number;
}

const defaultLimit = 100;

/**
 * Checks a request and works out what to look for. Pure.
 * @throws PATTERN_INVALID, GLOB_INVALID, LANGUAGE_UNKNOWN, KIND_UNKNOWN
 */
export function planGrep(params: GrepParams): GrepPlan {
  const { pattern, syntax, ignoreCase = false, languages, kinds } = params;
  return {
    query: {
      pattern: syntax === 'literal' ? literalPattern(pattern, ignoreCase) : regexPattern(pattern, ignoreCase),
      ...(languages?.length ? { languages: languages.map(languageNamed) } : {}),
      ...(kinds?.length ? { kinds: kinds.map(kindNamed) } : {}),
    },
    forInvalid: syntax === 'literal' ? null : regexPattern(pattern, ignoreCase, true),
    wanted: pathFilter(params.paths ?? []),
    limit: params.limit ?? defaultLimit,
    contextLines: params.contextLines ?? 0,
  };
}
