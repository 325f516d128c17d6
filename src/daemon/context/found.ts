import { sizesOf } from './cut.js';
import { locate } from './locate.js';
import type { Region } from './regions.js';
import type { Hit } from './retrieve.js';
import type { FileTexts } from './texts.js';

/** What the first chunk of a file is worth more than another one at its place. */
const newFile = 0.6;
const anotherShare = 0.5;

/**
 * Regions of what search found, best first. Of files that the client has open with unsaved text, the lines are those of
 * that text; where they are not to be found in it, they are the saved ones, and said to be stale. Pure.
 */
export function foundRegions(hits: readonly Hit[], terms: ReadonlySet<string>, texts: FileTexts): Region[] {
  const files = new Set<string>();
  return hits.map((one, place) => {
    const { repo, hit } = one;
    // Where it falls less, short chunks that come late are packed before the first ones, which are longer.
    const worth = 1 / (1 + place);
    const file = `${repo.id}\n${hit.path}`;
    const isFirst = !files.has(file);
    files.add(file);
    const name = hit.scope === '' || hit.name === '' ? hit.name : `${hit.scope}.${hit.name}`;
    const lines = linesOf(one, texts);
    const first = isFirst ? newFile * worth : 0;
    return {
      repo,
      path: hit.path,
      language: hit.language,
      kind: hit.kind,
      name,
      ...lines,
      why: { reason: 'retrieved', of: '' },
      score: one.score,
      sizes: sizesOf({ ...lines, name }, terms, isFirst ? worth : worth * anotherShare, first),
      needs: null,
      trusted: true,
    } satisfies Region;
  });
}

function linesOf(
  { repo, hit, lines }: Hit,
  texts: FileTexts,
): Pick<Region, 'startLine' | 'lines' | 'unsaved' | 'stale'> {
  const { startLine } = hit;
  const unsaved = texts.unsaved(repo, hit.path);
  if (!unsaved) return { startLine, lines, unsaved: false, stale: false };
  const place = locate(lines, startLine, unsaved);
  if (!place) return { startLine, lines, unsaved: false, stale: true };
  return {
    startLine: place.from,
    lines: unsaved.slice(place.from - 1, place.to),
    unsaved: true,
    stale: false,
  };
}
