import { type Confidence, confidences, surer } from './contract.js';
import { type Definition, idOf, isTarget, type Place } from './definition.js';
import type { GraphView } from './graph-view.js';
import {
  atOf,
  type FileReferences,
  type Reference,
  type References,
  referenceAt,
  surenessOf,
} from './references.js';

/** Code that refers to a definition, or that it refers to. */
export interface Relation {
  /** Null: the top of a file. */
  definition: Definition | null;
  place: Place;
  /** That of the surest reference. */
  confidence: Confidence;
  references: Reference[];
}

/** The code that refers to definitions. */
export interface Callers {
  readonly count: number;
  /** The first of them: the surest ones first, equally sure ones by repository, path and place. */
  first(most: number): Relation[];
}

const known = new WeakMap<References, Callers>();

/** The code that some references are in. */
export function callersIn(references: References): Callers {
  const before = known.get(references);
  if (before) return before;
  const made = callersOf(references);
  known.set(references, made);
  return made;
}

function callersOf({ files }: References): Callers {
  /** By sureness: the place of a file among the files, and the definition in it, in turn. */
  const found = confidences.map((): number[] => []);
  for (const [at, { place, marks }] of files.entries()) {
    const surest = new Map<number, number>();
    for (const mark of marks) {
      const caller = callerAround(place, atOf(mark));
      surest.set(caller, Math.min(surenessOf(mark), surest.get(caller) ?? confidences.length));
    }
    for (const [caller, sure] of surest) found[sure]?.push(at, caller);
  }
  return {
    count: found.reduce((sum, { length }) => sum + length / 2, 0),
    first: (most) => relationsAt(files, found, most),
  };
}

/** @param found as `callersOf` finds them */
function relationsAt(
  files: readonly FileReferences[],
  found: readonly (readonly number[])[],
  most: number,
): Relation[] {
  const relations: Relation[] = [];
  for (const [sure, pairs] of found.entries()) {
    const confidence = confidences[sure] ?? 'ambiguous';
    for (let at = 0; at < pairs.length && relations.length < most; at += 2) {
      const file = files[pairs[at] ?? -1];
      const caller = pairs[at + 1] ?? -1;
      if (!file) continue;
      const { place } = file;
      const references = callsBy(file, caller);
      relations.push({ definition: definitionIn(place, caller), place, confidence, references });
    }
  }
  return relations;
}

function definitionIn({ repo, path, content }: Place, index: number): Definition | null {
  return index < 0 ? null : { repo, path, content, index };
}

/** The references of a file that one definition holds. */
function callsBy({ place, marks }: FileReferences, caller: number): Reference[] {
  return marks
    .filter((mark) => callerAround(place, atOf(mark)) === caller)
    .map((mark) => referenceAt(place, mark));
}

/** The definition that a reference belongs to, without variables, which call nothing by themselves inside of others. */
function callerAround({ content }: Place, reference: number): number {
  let at = content.around(reference);
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
  relation.confidence = surer(call.confidence, relation.confidence);
}

/** Equally sure ones stay in their order. */
function bySureness(relations: readonly Relation[]): Relation[] {
  return confidences.flatMap((confidence) => relations.filter((one) => one.confidence === confidence));
}
