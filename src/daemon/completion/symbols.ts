import type { Confidence } from '../graph/contract.js';
import { confidences } from '../graph/contract.js';
import { type Definition, isTarget, type Place } from '../graph/definition.js';
import type { GraphView } from '../graph/graph-view.js';
import { groupOf, includesText, sharesFolder, sharesPackage } from '../graph/languages.js';
import { type Catalogue, type NearWords, wordsOf } from './catalogue.js';
import type { NameFinder } from './names.js';
import type { Neighbours } from './neighbours.js';
import { type SymbolEvidence, symbolScore } from './rank.js';
import type { Scan } from './scan.js';

/** A definition that may help, and why. */
export interface SymbolCandidate {
  definition: Definition;
  name: string;
  kind: 'definition' | 'members' | 'signatures';
  reason: string;
  evidence: SymbolEvidence;
  score: number;
}

/** Names that are resolved: the nearest. */
const mostNames = 100;
/** Definitions of one name that are shown. */
const mostTargets = 2;
const mostMembers = 60;
/** Files that offer something, and what they offer together. */
const mostFiles = 60;
const mostOffers = 3_000;
/** What is offered, and has nothing else that speaks for it, shares at least this part of its words with the text. */
const leastWords = 0.3;

/** Where what is offered is from. */
const offers: Partial<Record<Confidence, string>> = {
  'same-scope': 'of the same file',
  imported: 'of an imported file',
  'same-package': 'of the same package',
};

interface Asked {
  view: GraphView;
  place: Place;
  scan: Scan;
  names: NameFinder;
  catalogue: Catalogue;
  neighbours: Neighbours;
  /** What code that is like this one uses, with how like it is. */
  used: ReadonlyMap<string, { definition: Definition; confidence: Confidence; likeness: number }>;
}

/** Collects the definitions that may help at a place. The best first. Pure. */
export function symbolCandidates(asked: Asked): SymbolCandidate[] {
  const collection = new Collection(asked);
  collection.addMentioned();
  collection.addMembers();
  collection.addImports();
  collection.addOwn();
  collection.addPackage();
  collection.addUsed();
  return collection.ranked();
}

export function idOf({ repo, path, index }: Definition): string {
  return `${repo.id}\n${path}\n${index}`;
}

class Collection {
  readonly #asked: Asked;
  readonly #found = new Map<string, SymbolCandidate>();
  readonly #near: NearWords;
  readonly #similarNames: ReadonlyMap<string, number>;
  #offers = 0;

  constructor(asked: Asked) {
    this.#asked = asked;
    this.#near = asked.catalogue.near(asked.scan.nearby);
    const names = new Map<string, number>();
    for (const { definition, likeness } of asked.used.values()) {
      const name = asked.view.contents.names.text(definition.content.name(definition.index));
      names.set(name, Math.max(likeness, names.get(name) ?? 0));
    }
    this.#similarNames = names;
  }

  /** Definitions of the names in the windows. */
  addMentioned(): void {
    const { scan, names, view } = this.#asked;
    let left = mostNames;
    for (const { name, receiver, distance, count } of scan.mentions) {
      if (!isDefined(view, this.#asked.place, name)) continue;
      if (left-- === 0) break;
      const found = names.find(name, receiver);
      if (!found) continue;
      const targets = found.targets.filter(({ content, index }) => isTarget(content.kind(index)));
      for (const target of targets.slice(0, mostTargets)) {
        const where = distance === 0 ? 'on the line of the cursor' : `${distance} lines from the cursor`;
        const candidate = this.#put(target, found.confidence, 'definition', `used ${where}`);
        const { evidence } = candidate;
        evidence.distance = Math.min(distance, evidence.distance ?? distance);
        evidence.mentions += count;
      }
    }
  }

  /** Members of what stands before the cursor. */
  addMembers(): void {
    const { scan, names, view } = this.#asked;
    if (!scan.receiver) return;
    for (const { target, confidence } of names.holders(scan.receiver).slice(0, mostTargets)) {
      const type = view.contents.names.text(target.content.name(target.index));
      for (const member of names.members(target).slice(0, mostMembers)) {
        this.#put(member, confidence, 'members', `member of ${type}`).evidence.isMember = true;
      }
      this.#put(target, confidence, 'definition', `type of ${scan.receiver}`).evidence.isMember = true;
    }
    for (const { repo, path } of names.modules(scan.receiver).slice(0, mostTargets)) {
      const place = view.linker.modules.place(repo, path);
      if (!place) continue;
      for (const { index } of this.#asked.catalogue.offered(place.content, view).slice(0, mostMembers)) {
        const reason = `member of ${scan.receiver}`;
        this.#put({ ...place, index }, 'imported', 'members', reason).evidence.isMember = true;
      }
    }
  }

  /** What imported files have to offer. */
  addImports(): void {
    const { view, place } = this.#asked;
    const { content, repo, path } = place;
    const named = new Map<string, Set<string>>();
    const files = new Map<string, Place>();
    const add = (home: string, other: string) => {
      const found = files.size < mostFiles ? view.linker.modules.place(home, other) : null;
      if (found) files.set(`${home}\n${other}`, found);
      return found;
    };
    for (const [at, target] of repo.targetsOf(path).entries()) {
      if (target.kind !== 'file' && target.kind !== 'repo') continue;
      const home = target.kind === 'repo' ? target.repo : repo.id;
      const names = content.written[at]?.names.map(({ name }) => name) ?? [];
      for (const other of target.paths.slice(0, mostFiles)) {
        if (!add(home, other)) continue;
        const key = `${home}\n${other}`;
        named.set(key, new Set([...(named.get(key) ?? []), ...names]));
      }
    }
    if (includesText(content.language)) this.#followIncludes([...files.values()], add);
    for (const [key, other] of files) this.#offer(other, named.get(key) ?? new Set(), 'imported');
    for (const name of new Set([...named.values()].flatMap((names) => [...names]))) {
      const found = this.#asked.names.find(name, null);
      for (const target of found?.targets.slice(0, mostTargets) ?? []) {
        const candidate = this.#put(
          target,
          found?.confidence ?? 'imported',
          'signatures',
          'imported by name',
        );
        candidate.evidence.isImported = true;
      }
    }
  }

  /** What the file itself has to offer. */
  addOwn(): void {
    this.#offer(this.#asked.place, new Set(), 'same-scope');
  }

  /** What the files of the same package have to offer. */
  addPackage(): void {
    const { view, place } = this.#asked;
    const { language } = place.content;
    if (!sharesFolder(language) && !sharesPackage(language)) return;
    for (const path of this.#asked.neighbours.of(place).slice(0, mostFiles)) {
      const other = path === place.path ? null : view.linker.modules.place(place.repo.id, path);
      if (!other || groupOf(other.content.language) !== groupOf(language)) continue;
      if (other.content.module === place.content.module) this.#offer(other, new Set(), 'same-package');
    }
  }

  /** What code that is like this one uses. */
  addUsed(): void {
    for (const { definition, confidence, likeness } of this.#asked.used.values()) {
      const { evidence } = this.#put(definition, confidence, 'signatures', 'used by similar code');
      evidence.inSimilar = Math.max(evidence.inSimilar, likeness);
    }
  }

  ranked(): SymbolCandidate[] {
    const { partial } = this.#asked.scan;
    const all = [...this.#found.values()];
    for (const one of all) {
      one.evidence.isBegun = partial !== '' && one.name.startsWith(partial);
      one.evidence.sharedWords = this.#near.share(wordsOf(one.name));
      one.score = symbolScore(one.evidence);
    }
    return all.sort((a, b) => b.score - a.score || order(a.definition, b.definition));
  }

  /** Includes are read with what they include themselves. */
  #followIncludes(files: readonly Place[], add: (repo: string, path: string) => Place | null): void {
    for (const { repo, path } of files) {
      for (const { places } of repo.scopeOf(path).wildcards) {
        for (const other of places.slice(0, mostFiles)) add(other.repo, other.path);
      }
    }
  }

  #offer(place: Place, named: ReadonlySet<string>, confidence: Confidence): void {
    const { view, catalogue, scan } = this.#asked;
    const offered = catalogue.offered(place.content, view, confidence === 'same-scope');
    const shares = this.#near.shares(offered);
    for (let at = 0; at < offered.length; at++) {
      const { index, name } = offered[at] as (typeof offered)[number];
      if (this.#offers >= mostOffers) return;
      const isNamed = named.has(name);
      const isBegun = scan.partial.length > 0 && name.startsWith(scan.partial);
      const similar = this.#similarNames.get(name) ?? 0;
      if (!isNamed && !isBegun && similar === 0 && (shares[at] ?? 0) < leastWords) continue;
      this.#offers++;
      const reason = offers[confidence] ?? '';
      const { evidence } = this.#put({ ...place, index }, confidence, 'signatures', reason);
      evidence.isOffered = true;
      evidence.isImported ||= isNamed;
    }
  }

  /** The candidate for a definition; the first reason stays, the surest confidence counts. */
  #put(
    definition: Definition,
    confidence: Confidence,
    kind: SymbolCandidate['kind'],
    reason: string,
  ): SymbolCandidate {
    const id = idOf(definition);
    const known = this.#found.get(id);
    if (known) {
      const { evidence } = known;
      if (confidences.indexOf(confidence) < confidences.indexOf(evidence.confidence))
        evidence.confidence = confidence;
      return known;
    }
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
    const name = this.#asked.view.contents.names.text(definition.content.name(definition.index));
    const candidate = { definition, name, kind, reason, evidence, score: 0 };
    this.#found.set(id, candidate);
    return candidate;
  }
}

function isDefined({ contents }: GraphView, place: Place, name: string): boolean {
  const id = contents.names.find(name);
  if (id >= 0 && contents.defining(id).length > 0) return true;
  return place.repo.scopeOf(place.path).get(name) !== undefined;
}

function order(a: Definition, b: Definition): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.repo.id === b.repo.id ? a.index - b.index : a.repo.id < b.repo.id ? -1 : 1;
}
