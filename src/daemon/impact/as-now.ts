import { idOf, isTarget, type Place } from '../graph/definition.js';
import type { GraphView } from '../graph/graph-view.js';
import { nameKey } from './changed.js';
import type { Affected } from './report.js';
import type { Reached } from './walk.js';

/**
 * Code that depended on something that is gone, as it is now; null if it is gone too, or does without.
 *
 * @param before the view with the old texts of what was changed, where it was found
 */
export function asNow(one: Reached, before: GraphView, view: GraphView): Affected | null {
  const { path, repo: old, content: was } = one.place;
  const repo = view.repos.get(old.id);
  const content = repo?.content(path);
  if (!repo || !content) return null;
  if (content.key === was.key) return { view: before, one };
  const place = { repo, path, content };
  const index = one.index < 0 ? -1 : sameIn(place, view, nameKey(was, one.index, before.contents.names));
  if (index === null || one.link === null) return null;
  const line = stillRefers(place, index, one, { before, view });
  if (line === null) return null;
  const link = { ...one.link, line };
  return { view: before, one: { ...one, id: idOf({ ...place, index }), place, index, link } };
}

/** The definition that is called the same. */
function sameIn({ content }: Place, { contents }: GraphView, key: string): number | null {
  for (let index = 0; index < content.definitionCount; index++) {
    if (isTarget(content.kind(index)) && nameKey(content, index, contents.names) === key) return index;
  }
  return null;
}

/** The line in which code still refers to what it did; to what is gone: if that leads nowhere surely. Null: in none. */
function stillRefers(
  place: Place,
  index: number,
  { from, link, place: { content: was } }: Reached,
  { before, view }: { before: GraphView; view: GraphView },
): number | null {
  const { content } = place;
  if (from === null || link === null) return null;
  if (from.index < 0) {
    const specifier = was.written.find(({ line }) => line === link.line)?.specifier;
    return content.written.find((one) => one.specifier === specifier)?.line ?? null;
  }
  const name = before.contents.names.text(from.place.content.name(from.index));
  const at = content.referring(view.contents.names.find(name)).find((reference) => {
    if (index >= 0 && !content.isWithin(content.around(reference), index)) return false;
    if (from.distance > 0) return true;
    const confidence = view.linker.resolve(place, reference)?.confidence ?? 'ambiguous';
    return confidence === 'unique-name' || confidence === 'ambiguous';
  });
  return at === undefined ? null : content.referenceLine(at);
}
