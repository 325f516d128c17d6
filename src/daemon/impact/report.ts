import type { ImpactFile, ImpactResult, ImpactSymbol, ImpactTest, ImpactVia } from '../../protocol/impact.js';
import { symbolOf } from '../graph/answers.js';
import { isTarget } from '../graph/definition.js';
import type { GraphView } from '../graph/graph-view.js';
import { pathWords } from '../search/path-words.js';
import { impactScore } from './score.js';
import type { Reached } from './walk.js';

/** Code that a change reaches, in the view that it was found in. */
export interface Affected {
  view: GraphView;
  one: Reached;
}

/** What is affected, grouped and ranked. Pure. */
export function report(
  all: readonly Affected[],
  limit: number,
): Pick<ImpactResult, 'symbols' | 'files' | 'tests' | 'total'> {
  const scored = all
    .map((affected) => ({ ...affected, score: scoreOf(affected.one) }))
    .sort((a, b) => b.score - a.score || compare(a.one, b.one));
  const inTests = scored.filter(({ one }) => isTest(one));
  const others = scored.filter(({ one }) => !isTest(one));
  const files = ranked(byFile(others));
  const tests = ranked(byFile(inTests));
  return {
    symbols: others.slice(0, limit).map((one) => symbolReport(one)),
    files: files.slice(0, limit).map((group) => fileReport(group)),
    tests: tests.slice(0, limit).map((group) => testReport(group)),
    total: { symbols: others.length, files: files.length, tests: tests.length },
  };
}

interface Scored extends Affected {
  score: number;
}

function scoreOf({ distance, sure, references, changes, place: { content }, index }: Reached): number {
  const exported = index < 0 ? null : content.exported(index);
  return impactScore({ distance, sure, references, exported, changes: changes.size });
}

/** Files by the best in them, as if that referred to all the changes that the file does. */
function ranked(groups: readonly Group[]): Group[] {
  return groups
    .map(([best, ...others]): Group => {
      const changes = new Set([best, ...others].flatMap(({ one }) => [...one.changes]));
      const one = { ...best.one, changes };
      return [{ ...best, one, score: scoreOf(one) }, ...others];
    })
    .sort(([a], [b]) => b.score - a.score || compare(a.one, b.one));
}

function compare(a: Reached, b: Reached): number {
  if (a.place.path !== b.place.path) return a.place.path < b.place.path ? -1 : 1;
  return a.index - b.index;
}

function isTest({ place: { path, content }, index }: Reached): boolean {
  return pathWords(path).test || (index >= 0 && content.kind(index) === 'test');
}

/** Those of one file, the best first. */
type Group = [Scored, ...Scored[]];

/** Those of each file, the files in order of the best in them. */
function byFile(all: readonly Scored[]): Group[] {
  const files = new Map<string, Group>();
  for (const scored of all) {
    const { repo, path } = scored.one.place;
    const known = files.get(`${repo.id}\n${path}`);
    if (known) known.push(scored);
    else files.set(`${repo.id}\n${path}`, [scored]);
  }
  return [...files.values()];
}

function aboutOf({ one, view, score }: Scored) {
  const { distance, weakest, changes } = one;
  const about = { distance, confidence: weakest, score, changes: changes.size };
  return { ...placeOf(one), ...about, via: viaOf(one, view) };
}

function placeOf({ place: { repo, path } }: Reached) {
  return { repo: repo.id, root: repo.repo.root, path };
}

function viaOf(one: Reached, { contents: { names } }: GraphView): ImpactVia[] {
  const chain: ImpactVia[] = [];
  for (let at = one; at.from !== null && at.link !== null; at = at.from) {
    const { place, index } = at.from;
    const { kind: link, line, confidence } = at.link;
    const named =
      index < 0
        ? { name: place.path, scope: '', kind: 'file' }
        : {
            name: names.text(place.content.name(index)),
            scope: names.text(place.content.scope(index)),
            kind: place.content.kind(index),
          };
    chain.push({ ...named, link, ...placeOf(at), line, confidence });
  }
  return chain;
}

function symbolReport(scored: Scored): ImpactSymbol {
  const { one, view } = scored;
  const { place, index, references } = one;
  return { ...aboutOf(scored), symbol: index < 0 ? null : symbolOf(view, { ...place, index }), references };
}

function fileReport(group: Group): ImpactFile {
  return { ...aboutOf(group[0]), symbols: group.filter(({ one }) => one.index >= 0).length };
}

function testReport(group: Group): ImpactTest {
  const tests = group.flatMap(({ one: { place, index }, view }) => {
    const { content } = place;
    if (index < 0 || !(isTarget(content.kind(index)) || content.kind(index) === 'test')) return [];
    return { name: view.contents.names.text(content.name(index)), line: content.line(index) };
  });
  return { ...aboutOf(group[0]), tests: tests.sort((a, b) => a.line - b.line) };
}
