import { type Confidence, confidences } from './contract.js';
import { type Definition, idOf, isTarget, type Place } from './definition.js';
import type { GraphView } from './graph-view.js';
import { type Reference, referencesTo } from './references.js';
import type { RepoGraph } from './repo-graph.js';

/** Code that refers to a definition, or that it refers to. */
export interface Relation {
  /** Null: the top of a file. */
  definition: Definition | null;
  place: Place;
  /** That of the surest reference. */
  confidence: Confidence;
  references: Reference[];
}

const order = (confidence: Confidence) => confidences.indexOf(confidence);

const known = new WeakMap<readonly Reference[], readonly Relation[]>();

/** The code that calls definitions, the surest first. @param most as of referencesTo */
export function callersOf(
  view: GraphView,
  targets: readonly Definition[],
  repos: readonly RepoGraph[],
  most: number,
): readonly Relation[] {
  const calls = referencesTo(view, targets, repos, { kind: 'call', most });
  const before = known.get(calls);
  if (before) return before;
  const relations: Relation[] = [];
  let file: Place | null = null;
  let ofFile = new Map<number, Relation>();
  // Calls of one file come one after the other.
  for (const call of calls) {
    const { place, at } = call;
    if (place !== file) ofFile = new Map();
    file = place;
    const index = callerAround(place, place.content.around(at));
    const relation = ofFile.get(index);
    if (relation) {
      add(relation, call);
      continue;
    }
    const { repo, path, content } = place;
    const definition = index < 0 ? null : { repo, path, content, index };
    const made = { definition, place, confidence: call.confidence, references: [call] };
    ofFile.set(index, made);
    relations.push(made);
  }
  const sorted = bySureness(relations);
  known.set(calls, sorted);
  return sorted;
}

/** The definition that code belongs to, without variables, which call nothing by themselves inside of others. */
function callerAround({ content }: Place, around: number): number {
  let at = around;
  while (at >= 0 && !isTarget(content.kind(at))) at = content.parent(at);
  return at;
}

/** What definitions call, the surest first, and how many of their calls lead to nothing that is known. */
export function calleesOf(
  view: GraphView,
  targets: readonly Definition[],
): { relations: Relation[]; unknown: number } {
  const relations = new Map<string, Relation>();
  let unknown = 0;
  for (const { content, index, repo, path } of targets) {
    const place = { repo, path, content };
    for (let at = 0; at < content.referenceCount; at++) {
      if (content.referenceKind(at) !== 'call' || !content.isWithin(content.around(at), index)) continue;
      const resolved = view.linker.resolve(place, at);
      if (!resolved) {
        unknown++;
        continue;
      }
      for (const target of resolved.targets) {
        const id = idOf(target);
        const call = { place, at, confidence: resolved.confidence };
        const relation = relations.get(id);
        if (relation) add(relation, call);
        else
          relations.set(id, {
            definition: target,
            place: target,
            confidence: call.confidence,
            references: [call],
          });
      }
    }
  }
  return { relations: bySureness([...relations.values()]), unknown };
}

function add(relation: Relation, call: Reference): void {
  relation.references.push(call);
  if (order(call.confidence) < order(relation.confidence)) relation.confidence = call.confidence;
}

/** Equally sure ones stay in their order. */
function bySureness(relations: readonly Relation[]): Relation[] {
  return confidences.flatMap((confidence) => relations.filter((one) => one.confidence === confidence));
}
