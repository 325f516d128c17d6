import type { Confidence } from '../graph/contract.js';
import type { Definition, Place } from '../graph/definition.js';
import type { GraphView } from '../graph/graph-view.js';
import { groupOf, includesText, sharesFolder, sharesPackage } from '../graph/languages.js';
import { Candidates, mostTargets, type SymbolCandidate } from './candidates.js';
import type { Catalogue, NearWords, Offers } from './catalogue.js';
import type { NameFinder } from './names.js';
import type { Neighbours } from './neighbours.js';
import type { LinesScan } from './scan.js';

/** Names that are resolved: the nearest. */
const mostNames = 100;
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
  scan: LinesScan;
  names: NameFinder;
  catalogue: Catalogue;
  neighbours: Neighbours;
  /** What code that is like this one uses, with how like it is. */
  used: ReadonlyMap<string, { definition: Definition; confidence: Confidence; likeness: number }>;
}

/** What a file has to offer at a place. */
interface Offering {
  place: Place;
  offers: Offers;
  /** What the imports name of it. */
  named: ReadonlySet<string>;
  confidence: Confidence;
}

/** The definitions that may help anywhere on a line. */
export interface Surroundings {
  view: GraphView;
  /** By id. */
  found: ReadonlyMap<string, SymbolCandidate>;
  /** The best first. */
  ranked: readonly SymbolCandidate[];
  near: NearWords;
  /** What else there is, should its name be begun. */
  offering: readonly Offering[];
  offersLeft: number;
}

/** Collects the definitions that may help at a place, by all lines but its own. Pure. */
export function surroundingSymbols(asked: Asked): Surroundings {
  const collection = new Collection(asked);
  collection.addMentioned();
  collection.addImports();
  collection.addOwn();
  collection.addPackage();
  collection.addUsed();
  return collection.made();
}

/** A candidate for what a file has to offer. */
export function offerOf(
  candidates: Candidates,
  { place, named, confidence }: Offering,
  index: number,
): SymbolCandidate {
  const candidate = candidates.put({ ...place, index }, confidence, 'signatures', offers[confidence] ?? '');
  candidate.evidence.isOffered = true;
  candidate.evidence.isImported ||= named.has(candidate.name);
  return candidate;
}

class Collection {
  readonly #asked: Asked;
  readonly #candidates: Candidates;
  readonly #near: NearWords;
  readonly #similarNames: ReadonlyMap<string, number>;
  readonly #offering: Offering[] = [];
  #offers = 0;

  constructor(asked: Asked) {
    this.#asked = asked;
    this.#candidates = new Candidates(asked.view);
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
    const { scan, names } = this.#asked;
    let left = mostNames;
    for (const mention of scan.mentions) {
      if (!names.isDefined(mention.name)) continue;
      if (left-- === 0) break;
      this.#candidates.putMentioned(mention, names);
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
        const candidate = this.#candidates.put(
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
      const { evidence } = this.#candidates.put(definition, confidence, 'signatures', 'used by similar code');
      evidence.inSimilar = Math.max(evidence.inSimilar, likeness);
    }
  }

  made(): Surroundings {
    return {
      view: this.#asked.view,
      found: this.#candidates.found,
      ranked: this.#candidates.ranked(this.#near, ''),
      near: this.#near,
      offering: this.#offering,
      offersLeft: mostOffers - this.#offers,
    };
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
    const { view, catalogue } = this.#asked;
    const offered = catalogue.offered(place.content, view, confidence === 'same-scope');
    const offering = { place, offers: offered, named, confidence };
    this.#offering.push(offering);
    const { list } = offered;
    const shares = this.#near.shares(list);
    for (let at = 0; at < list.length; at++) {
      const { index, name } = list[at] as (typeof list)[number];
      if (this.#offers >= mostOffers) return;
      const isWanted = (shares[at] ?? 0) >= leastWords || named.has(name) || this.#similarNames.has(name);
      if (!isWanted) continue;
      this.#offers++;
      offerOf(this.#candidates, offering, index);
    }
  }
}
