import { type Confidence, confidences } from '../graph/contract.js';
import { type Definition, idOf, isTarget } from '../graph/definition.js';
import type { GraphView } from '../graph/graph-view.js';
import { type NearWords, wordsOf } from './catalogue.js';
import type { NameFinder } from './names.js';
import { type SymbolEvidence, symbolScore } from './rank.js';
import type { Mention } from './scan.js';

/** A definition that may help, and why. */
export interface SymbolCandidate {
  /** Of the definition: tells candidates apart. */
  id: string;
  definition: Definition;
  name: string;
  kind: 'definition' | 'members' | 'signatures';
  reason: string;
  evidence: SymbolEvidence;
  score: number;
}

/** Definitions of one name that are shown. */
export const mostTargets = 2;
export const mostMembers = 60;

/** Definitions that may help, with what speaks for each. */
export class Candidates {
  readonly #view: GraphView;
  readonly #base: ReadonlyMap<string, SymbolCandidate>;
  readonly #found = new Map<string, SymbolCandidate>();

  /** @param base what was found before: never changed, but gone on from */
  constructor(view: GraphView, base: ReadonlyMap<string, SymbolCandidate> = new Map()) {
    this.#view = view;
    this.#base = base;
  }

  get found(): ReadonlyMap<string, SymbolCandidate> {
    return this.#found;
  }

  /** The candidate for a definition; the first reason stays, unless it only is on offer; the surest confidence counts. */
  put(
    definition: Definition,
    confidence: Confidence,
    kind: SymbolCandidate['kind'],
    reason: string,
  ): SymbolCandidate {
    const id = idOf(definition);
    const known = this.#found.get(id) ?? this.#from(id);
    if (!known) return this.#add(id, definition, confidence, kind, reason);
    const { evidence } = known;
    if (confidences.indexOf(confidence) < confidences.indexOf(evidence.confidence))
      evidence.confidence = confidence;
    if (known.kind === 'signatures' && kind !== 'signatures') Object.assign(known, { kind, reason });
    return known;
  }

  /** What a name means that is mentioned. */
  putMentioned({ name, receiver, distance, count }: Mention, names: NameFinder): void {
    const found = names.find(name, receiver);
    if (!found) return;
    const where = distance === 0 ? 'on the line of the cursor' : `${distance} lines from the cursor`;
    const targets = found.targets.filter(({ content, index }) => isTarget(content.kind(index)));
    for (const target of targets.slice(0, mostTargets)) {
      const candidate = this.put(target, found.confidence, 'definition', `used ${where}`);
      const { evidence } = candidate;
      evidence.mentions += count;
      if (evidence.distance !== null && evidence.distance <= distance) continue;
      evidence.distance = distance;
      candidate.reason = `used ${where}`;
    }
  }

  /** All of them, the best first. @param partial what their names may begin with, or empty */
  ranked(near: NearWords, partial: string): SymbolCandidate[] {
    const all = [...this.#found.values()];
    for (const one of all) {
      one.evidence.isBegun = partial !== '' && one.name.startsWith(partial);
      one.evidence.sharedWords = near.share(wordsOf(one.name));
      one.score = symbolScore(one.evidence);
    }
    return all.sort(byScore);
  }

  #from(id: string): SymbolCandidate | undefined {
    const before = this.#base.get(id);
    if (!before) return undefined;
    const { definition, name, kind, reason, score } = before;
    const own = { id, definition, name, kind, reason, evidence: copyOf(before.evidence), score };
    this.#found.set(id, own);
    return own;
  }

  #add(
    id: string,
    definition: Definition,
    confidence: Confidence,
    kind: SymbolCandidate['kind'],
    reason: string,
  ): SymbolCandidate {
    const evidence: SymbolEvidence = {
      distance: null,
      mentions: 0,
      isMember: false,
      isBegun: false,
      isImported: false,
      isOffered: false,
      sharedWords: 0,
      inSimilar: 0,
      confidence,
    };
    const name = this.#view.contents.names.text(definition.content.name(definition.index));
    const candidate = { id, definition, name, kind, reason, evidence, score: 0 };
    this.#found.set(id, candidate);
    return candidate;
  }
}

// Written out: copies made by spreading outlive several collections of garbage, and a keystroke makes hundreds.
function copyOf(evidence: SymbolEvidence): SymbolEvidence {
  const { distance, mentions, isMember, isBegun, isImported, isOffered } = evidence;
  const { sharedWords, inSimilar, confidence } = evidence;
  return {
    distance,
    mentions,
    isMember,
    isBegun,
    isImported,
    isOffered,
    sharedWords,
    inSimilar,
    confidence,
  };
}

/** The best first; equal ones in a fixed order. */
export function byScore(a: SymbolCandidate, b: SymbolCandidate): number {
  return b.score - a.score || order(a.definition, b.definition);
}

function order(a: Definition, b: Definition): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.repo.id === b.repo.id ? a.index - b.index : a.repo.id < b.repo.id ? -1 : 1;
}
