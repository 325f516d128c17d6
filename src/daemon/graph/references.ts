import { type Confidence, confidences } from './contract.js';
import { type Definition, isSame, isTarget, type Place, type Resolution } from './definition.js';
import type { GraphView } from './graph.js';
import { groupOf } from './languages.js';
import { isDefault } from './modules.js';
import type { RepoGraph } from './repo-graph.js';

/** A reference in a file, and how surely it leads where it is said to. */
export interface Reference {
  place: Place;
  /** Index in the content. */
  at: number;
  confidence: Confidence;
}

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

/** The references to definitions in some repositories, by repository, path and place. */
export function referencesTo(
  view: GraphView,
  targets: readonly Definition[],
  repos: readonly RepoGraph[],
): Reference[] {
  const found = new Map<string, Reference>();
  for (const name of new Set(targets.map(({ content, index }) => content.name(index)))) {
    const named = targets.filter(({ content, index }) => content.name(index) === name);
    const known = new Map<Resolution, boolean>();
    const leadsThere = (resolved: Resolution) => {
      const before = known.get(resolved);
      if (before !== undefined) return before;
      const leads = resolved.targets.some((target) => named.some((wanted) => isSame(wanted, target)));
      known.set(resolved, leads);
      return leads;
    };
    for (const reference of candidatesFor(view, named, name, repos)) {
      const { place, at } = reference;
      const resolved = view.linker.resolve(place, at);
      if (!resolved || !leadsThere(resolved)) continue;
      found.set(`${place.repo.repo.root}\n${place.path}\n${at}`, {
        ...reference,
        confidence: resolved.confidence,
      });
    }
  }
  return [...found.values()].sort(byPlace);
}

function byPlace(a: Reference, b: Reference): number {
  const root = (one: Reference) => one.place.repo.repo.root;
  if (root(a) !== root(b)) return root(a) < root(b) ? -1 : 1;
  if (a.place.path !== b.place.path) return a.place.path < b.place.path ? -1 : 1;
  return a.at - b.at;
}

/** References of a name, and of the names under which imports bring it in. */
function* candidatesFor(
  { contents }: GraphView,
  targets: readonly Definition[],
  name: number,
  repos: readonly RepoGraph[],
): Generator<Omit<Reference, 'confidence'>> {
  const groups = new Set(targets.map(({ content }) => groupOf(content.language)));
  const names = new Map([[name, contents.referring(name)]]);
  const renamed = new Set(contents.renaming(name));
  const byDefault = targets.some(isDefault) ? contents.renaming(contents.names.id('default')) : [];
  for (const content of new Set([...renamed, ...byDefault])) {
    for (const entry of content.written) {
      const aliases = entry.names
        .filter((one) => one.name === contents.names.text(name))
        .map(({ alias }) => alias);
      if (byDefault.length > 0 && entry.default !== null) aliases.push(entry.default);
      for (const alias of aliases) {
        const id = contents.names.find(alias);
        if (id >= 0 && id !== name) names.set(id, contents.referring(id));
      }
    }
  }
  for (const [id, referring] of names) {
    for (const content of referring) {
      if (!groups.has(groupOf(content.language))) continue;
      const references = content.referring(id);
      for (const repo of repos) {
        for (const path of repo.pathsOf(content)) {
          for (const at of references) yield { place: { repo, path, content }, at };
        }
      }
    }
  }
}

/** The code that calls definitions, the surest first. */
export function callersOf(
  view: GraphView,
  targets: readonly Definition[],
  repos: readonly RepoGraph[],
): Relation[] {
  const calls = referencesTo(view, targets, repos).filter(
    ({ place, at }) => place.content.referenceKind(at) === 'call',
  );
  const relations = new Map<string, Relation>();
  for (const call of calls) {
    const { place, at } = call;
    const index = callerAround(place, place.content.around(at));
    add(relations, `${place.repo.id}\n${place.path}\n${index}`, call, () => ({
      definition: index < 0 ? null : { ...place, index },
      place,
    }));
  }
  return bySureness(relations);
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
        const id = `${target.repo.id}\n${target.path}\n${target.index}`;
        add(relations, id, { place, at, confidence: resolved.confidence }, () => ({
          definition: target,
          place: target,
        }));
      }
    }
  }
  return { relations: bySureness(relations), unknown };
}

function add(
  relations: Map<string, Relation>,
  id: string,
  reference: Reference,
  make: () => Pick<Relation, 'definition' | 'place'>,
): void {
  const known = relations.get(id);
  if (!known) {
    relations.set(id, { ...make(), confidence: reference.confidence, references: [reference] });
    return;
  }
  known.references.push(reference);
  if (order(reference.confidence) < order(known.confidence)) known.confidence = reference.confidence;
}

/** Equally sure ones stay in their order. */
function bySureness(relations: Map<string, Relation>): Relation[] {
  return [...relations.values()].sort((a, b) => order(a.confidence) - order(b.confidence));
}
