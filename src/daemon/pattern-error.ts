import { LcadError } from '../shared/errors.js';

const mostShown = 80;

/** Where in a pattern something is wrong, in UTF-16 code units from 0. */
export interface PatternPlace {
  position: number;
  length: number;
}

/** The error for a pattern that cannot be searched for. @param why the rest of a sentence that begins with it */
export function patternError(pattern: string, why: string, place: PatternPlace | null): LcadError {
  const shown = pattern.length > mostShown ? `${pattern.slice(0, mostShown)}…` : pattern;
  const part = place ? pattern.slice(place.position, place.position + place.length).slice(0, mostShown) : '';
  const where = place ? `, at character ${place.position + 1}${part === '' ? '' : `: ${part}`}` : '';
  return new LcadError('PATTERN_INVALID', `The pattern ${shown} cannot be searched for: ${why}${where}`, {
    details: { ...place, reason: why },
  });
}
