import { byScore, Candidates, mostMembers, mostTargets, type SymbolCandidate } from './candidates.js';
import { begunIn, type Catalogue } from './catalogue.js';
import type { NameFinder } from './names.js';
import type { LineScan } from './scan.js';
import { offerOf, type Surroundings } from './symbols.js';

interface Asked {
  scan: LineScan;
  names: NameFinder;
  catalogue: Catalogue;
}

/**
 * The definitions that may help at a place: those of the lines around it, and what its own line says of them and of
 * others. The best first. Pure.
 */
export function symbolsAt(surroundings: Surroundings, asked: Asked, most: number): SymbolCandidate[] {
  const { view, found, near, ranked } = surroundings;
  const candidates = new Candidates(view, found);
  for (const mention of asked.scan.mentions) {
    if (asked.names.isDefined(mention.name)) candidates.putMentioned(mention, asked.names);
  }
  addMembers(candidates, surroundings, asked);
  addBegun(candidates, surroundings, asked.scan.partial);
  const changed = candidates.ranked(near, asked.scan.partial);
  const kept = ranked.filter(({ id }) => !candidates.found.has(id)).slice(0, most);
  return changed.length === 0 ? kept : [...kept, ...changed].sort(byScore).slice(0, most);
}

/** Members of what stands before the cursor. */
function addMembers(candidates: Candidates, { view }: Surroundings, { scan, names, catalogue }: Asked): void {
  const { receiver } = scan;
  if (!receiver) return;
  for (const { target, confidence } of names.holders(receiver).slice(0, mostTargets)) {
    const type = view.contents.names.text(target.content.name(target.index));
    for (const member of names.members(target).slice(0, mostMembers)) {
      candidates.put(member, confidence, 'members', `member of ${type}`).evidence.isMember = true;
    }
    candidates.put(target, confidence, 'definition', `type of ${receiver}`).evidence.isMember = true;
  }
  for (const { repo, path } of names.modules(receiver).slice(0, mostTargets)) {
    const place = view.linker.modules.place(repo, path);
    if (!place) continue;
    for (const { index } of catalogue.offered(place.content, view).list.slice(0, mostMembers)) {
      const reason = `member of ${receiver}`;
      candidates.put({ ...place, index }, 'imported', 'members', reason).evidence.isMember = true;
    }
  }
}

/** What begins with the part of a name before the cursor. */
function addBegun(candidates: Candidates, { ranked, offering, offersLeft }: Surroundings, partial: string) {
  if (partial === '') return;
  for (const { name, definition, evidence, kind, reason } of ranked) {
    if (name.startsWith(partial)) candidates.put(definition, evidence.confidence, kind, reason);
  }
  let left = offersLeft;
  for (const offer of offering) {
    for (const { index } of begunIn(offer.offers, partial)) {
      if (left-- <= 0) return;
      offerOf(candidates, offer, index);
    }
  }
}
