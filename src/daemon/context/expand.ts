import type { Confidence } from '../graph/contract.js';
import type { Definition, Place } from '../graph/definition.js';
import { isTarget } from '../graph/definition.js';
import type { GraphView } from '../graph/graph-view.js';
import { referencesOn } from '../graph/references-on.js';
import type { SearchableRepo } from '../search/contract.js';
import { headLength } from './heads.js';
import { endOf, type Region, type Span, type Why } from './regions.js';
import type { FileTexts, Wanted } from './texts.js';

/** So many of the best regions are expanded. */
const mostExpanded = 8;
/** Calls that are followed, and what they lead to that is shown, of one region. */
const mostCalls = 60;
const mostCalled = 6;
const mostImportLines = 12;
/** What these are worth, to 1 of the region that they belong to. */
const calledShare = 0.14;
const enclosingShare = 0.05;
const importsShare = 0.05;
/** How many lines of a declaration are looked at. */
const headLines = 8;
/** A declaration whose name is further below its beginning has attributes or documentation there. */
const mostBefore = 2;

/** How much less sure a call's target makes it worth; those that are guessed are left out. */
const sureness: Record<Confidence, number> = {
  'same-scope': 1,
  imported: 1,
  'same-package': 0.9,
  'unique-name': 0.6,
  ambiguous: 0,
};

/** A region that is wanted because of another one. */
interface Wish extends Wanted {
  why: Why;
  worth: number;
  needs: number;
  /** Line of the name; null where the span is exact. */
  named: number | null;
  language: string;
  kind: string;
  name: string;
}

/**
 * What the best regions need to be understood: the heads of what they call and of what encloses them, and the imports
 * that they use. What is called by a mere guess is left out, and so is what is in a region already.
 * @throws INDEX_UNAVAILABLE
 */
export async function expand(
  view: GraphView,
  regions: readonly Region[],
  repos: ReadonlyMap<string, SearchableRepo>,
  texts: FileTexts,
): Promise<Region[]> {
  const wishes = new Map<string, Wish>();
  const wish = (one: Wish) => {
    const id = `${one.repo.id}\n${one.path}\n${one.span.from}`;
    const known = wishes.get(id);
    const covered = regions.some(
      (region) =>
        region.repo?.id === one.repo.id &&
        region.path === one.path &&
        region.startLine <= (one.named ?? one.span.from) &&
        endOf(region) >= (one.named ?? one.span.to),
    );
    if (covered || (known && known.worth >= one.worth)) return;
    wishes.set(id, one);
  };
  let expanded = 0;
  for (const [needs, region] of regions.entries()) {
    if (expanded >= mostExpanded) break;
    const place = region.repo && view.linker.modules.place(region.repo.id, region.path);
    if (!place || region.stale) continue;
    expanded++;
    const context = { view, repos, region, needs, place, wish };
    wishCalled(context);
    wishEnclosing(context);
    wishImports(context);
  }
  const all = [...wishes.values()];
  const lines = await texts.read(all);
  return all.flatMap((one, at) => regionOf(one, lines[at] ?? [], texts));
}

interface Context {
  view: GraphView;
  repos: ReadonlyMap<string, SearchableRepo>;
  region: Region;
  needs: number;
  place: Place;
  wish: (one: Wish) => void;
}

const wholeWorth = ({ sizes }: Region) => sizes.at(-1)?.worth ?? 0;
const titleOf = ({ name, path }: Region) => (name === '' ? path : name);

function wishCalled({ view, repos, region, needs, place, wish }: Context): void {
  const { content } = place;
  const called = new Map<string, { target: Definition; sure: number; calls: number }>();
  let calls = 0;
  for (const at of referencesOn(content, region.startLine, endOf(region))) {
    if (calls === mostCalls) break;
    if (content.referenceKind(at) !== 'call') continue;
    calls++;
    const resolved = view.linker.resolve(place, at);
    const [target] = resolved?.targets ?? [];
    if (!resolved || !target || sureness[resolved.confidence] === 0) continue;
    const id = `${target.repo.id}\n${target.path}\n${target.index}`;
    const known = called.get(id);
    if (known) known.calls++;
    else called.set(id, { target, sure: sureness[resolved.confidence], calls: 1 });
  }
  const best = [...called.values()].sort((a, b) => b.sure - a.sure || b.calls - a.calls).slice(0, mostCalled);
  for (const [at, { target, sure }] of best.entries()) {
    const worth = (wholeWorth(region) * calledShare * sure) / (1 + at / 3);
    const why: Why = { reason: 'called', of: titleOf(region) };
    wishHead(view, repos, target, { why, worth, needs }, wish);
  }
}

function wishEnclosing({ view, repos, region, needs, place, wish }: Context): void {
  const { content } = place;
  const last = endOf(region);
  let best = -1;
  for (let index = 0; index < content.definitionCount; index++) {
    if (content.startLine(index) > region.startLine) break;
    const encloses = content.line(index) < region.startLine && content.endLine(index) >= last;
    if (encloses && isTarget(content.kind(index))) best = index;
  }
  if (best < 0) return;
  const why: Why = { reason: 'encloses', of: titleOf(region) };
  const worth = wholeWorth(region) * enclosingShare;
  wishHead(view, repos, { ...place, index: best }, { why, worth, needs }, wish);
}

function wishHead(
  { contents }: GraphView,
  repos: ReadonlyMap<string, SearchableRepo>,
  { repo, path, content, index }: Definition,
  about: Pick<Wish, 'why' | 'worth' | 'needs'>,
  wish: Context['wish'],
): void {
  const own = repos.get(repo.id);
  if (!own) return;
  const named = content.line(index);
  const start = content.startLine(index);
  const from = named - start <= mostBefore ? start : named;
  const scope = contents.names.text(content.scope(index));
  const name = contents.names.text(content.name(index));
  wish({
    ...about,
    repo: own,
    path,
    span: { from, to: Math.min(content.endLine(index), from + headLines - 1) },
    named,
    language: content.language,
    kind: content.kind(index),
    name: scope === '' ? name : `${scope}.${name}`,
  });
}

/** The imports that stand together and bring in the most names that the region uses. */
function wishImports({ region, needs, place, wish }: Context): void {
  const words = new Set(region.lines.join('\n').match(/[\p{L}\p{N}_$]+/gu));
  const used = place.content.written
    .filter(({ names, default: byDefault, namespace }) =>
      [byDefault, namespace, ...names.map(({ alias }) => alias)].some(
        (name) => name !== null && words.has(name),
      ),
    )
    .map(({ line }) => line)
    .filter((line) => line < region.startLine || line > endOf(region))
    .sort((a, b) => a - b);
  const groups: Span[] = [];
  for (const line of used) {
    const group = groups.at(-1);
    if (group && line <= group.to + 1) group.to = line;
    else groups.push({ from: line, to: line });
  }
  const [best] = groups.sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
  if (!best || !region.repo) return;
  wish({
    repo: region.repo,
    path: region.path,
    span: { from: best.from, to: Math.min(best.to, best.from + mostImportLines - 1) },
    why: { reason: 'imports', of: titleOf(region) },
    worth: wholeWorth(region) * importsShare,
    needs,
    named: null,
    language: region.language,
    kind: '',
    name: '',
  });
}

function regionOf(one: Wish, read: readonly string[], texts: FileTexts): Region[] {
  const { repo, path, span, named, worth, why, needs, language, kind, name } = one;
  const lines = named === null ? read : read.slice(0, headLength(read, named - span.from));
  if (lines.every((line) => line.trim() === '')) return [];
  const whole = { from: span.from, to: span.from + lines.length - 1 };
  return [
    {
      repo,
      path,
      language,
      kind,
      name,
      startLine: span.from,
      lines,
      why,
      score: Math.min(1, worth),
      sizes: [{ span: whole, worth }],
      needs,
      unsaved: texts.unsaved(repo, path) !== null,
      stale: false,
      trusted: true,
    },
  ];
}
