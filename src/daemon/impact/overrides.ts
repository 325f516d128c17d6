import { type Confidence, lessSure } from '../graph/contract.js';
import { type Definition, hasMembers, idOf } from '../graph/definition.js';
import type { GraphView } from '../graph/graph-view.js';
import { basesOf, membersIn } from '../graph/members.js';
import { candidatesFor } from '../graph/references.js';
import type { RepoGraph } from '../graph/repo-graph.js';

/** A method that takes the place of another one in a class below. */
export interface Overrider {
  definition: Definition;
  /** Where its class says what it inherits from. */
  line: number;
  confidence: Confidence;
}

interface Subclass {
  definition: Definition;
  line: number;
  confidence: Confidence;
}

/** Classes above a class that are followed, and below it. */
const mostBases = 6;
const mostSubclasses = 500;
const referencesPerStep = 50;

/** Finds methods that have the place of others, through what classes inherit. */
export class Overrides {
  readonly #view: GraphView;
  readonly #repos: readonly RepoGraph[];
  readonly #below = new Map<string, Subclass[]>();

  constructor(view: GraphView, repos: readonly RepoGraph[]) {
    this.#view = view;
    this.#repos = repos;
  }

  /** The methods whose place a method takes: callers of those may come to it. */
  overridden({ repo, path, content, index }: Definition): Definition[] {
    const type = content.parent(index);
    if (type < 0 || !hasMembers(content.kind(type))) return [];
    const name = content.name(index);
    const found: Definition[] = [];
    const seen = new Set<string>();
    let above: Definition[] = [{ repo, path, content, index: type }];
    for (let level = 0; level < mostBases && above.length > 0; level++) {
      above = above.flatMap((one) => this.#basesOf(one)).filter((one) => isNew(seen, one));
      found.push(...above.flatMap((one) => membersIn(one, name)));
    }
    return found;
  }

  /** The methods that take the place of one. Null now and then: nothing was found for a while. */
  *overriding({ repo, path, content, index }: Definition): Generator<Overrider | null> {
    const type = content.parent(index);
    if (type < 0 || !hasMembers(content.kind(type))) return;
    const below = yield* this.#subclassesOf({ repo, path, content, index: type });
    for (const { definition, line, confidence } of below) {
      const sure = lessSure(confidence, 'unique-name');
      for (const one of membersIn(definition, content.name(index)))
        yield { definition: one, line, confidence: sure };
    }
  }

  #basesOf(type: Definition): Definition[] {
    const bases = basesOf(type, (place, at) => this.#view.linker.resolve(place, at));
    return bases.flatMap(({ targets }) => targets);
  }

  /** All classes below one, however far. */
  *#subclassesOf(type: Definition): Generator<null, Subclass[]> {
    const known = this.#below.get(idOf(type));
    if (known) return known;
    const found: Subclass[] = [];
    const seen = new Set([idOf(type)]);
    const queue: { of: Definition; sure: Confidence }[] = [{ of: type, sure: 'same-scope' }];
    for (let next = queue.shift(); next && found.length < mostSubclasses; next = queue.shift()) {
      for (const one of yield* this.#inheriting(next.of)) {
        if (!isNew(seen, one.definition)) continue;
        const confidence = lessSure(next.sure, one.confidence);
        found.push({ ...one, confidence });
        queue.push({ of: one.definition, sure: confidence });
      }
    }
    this.#below.set(idOf(type), found);
    return found;
  }

  *#inheriting(type: Definition): Generator<null, Subclass[]> {
    const found: Subclass[] = [];
    let seen = 0;
    for (const { place, at } of candidatesFor(this.#view, [type], this.#repos)) {
      if (++seen % referencesPerStep === 0) yield null;
      const { content } = place;
      if (content.referenceKind(at) !== 'inherit') continue;
      const resolved = this.#view.linker.resolve(place, at);
      if (!resolved?.targets.some((target) => idOf(target) === idOf(type))) continue;
      const definition = { ...place, index: content.around(at) };
      if (definition.index < 0) continue;
      found.push({ definition, line: content.referenceLine(at), confidence: resolved.confidence });
    }
    return found;
  }
}

function isNew(seen: Set<string>, one: Definition): boolean {
  if (seen.has(idOf(one))) return false;
  seen.add(idOf(one));
  return true;
}
