import { LcadError } from '../../shared/errors.js';
import { around } from '../graph/find.js';
import type { GraphView } from '../graph/graph-view.js';
import type { SearchableRepo } from '../search/contract.js';
import type { Region, Span } from './regions.js';
import type { FileTexts } from './texts.js';

/** The file that a request is about, and where in it. */
export interface FilePlace {
  repo: SearchableRepo;
  /** From the root. */
  path: string;
  line: number | undefined;
  selection: { startLine: number; endLine: number } | undefined;
}

/** Longer selections are cut. */
const mostSelected = 600;
/** Lines on each side of the cursor, from the smallest size to the largest. */
const aroundCursor = [4, 12, 30];
const selectionWorth = 12;
const cursorWorth = 6;

/**
 * The selected lines, and those around the cursor.
 * @param view null: the graph is not there
 * @returns also those of the selected lines that are left out, if the selection is too long
 * @throws FILE_NOT_INDEXED, LINE_NOT_FOUND, INVALID_PARAMS, INDEX_UNAVAILABLE
 */
export async function placeRegions(
  { repo, path, line, selection }: FilePlace,
  view: GraphView | null,
  texts: FileTexts,
): Promise<{ regions: Region[]; cut: Span | null }> {
  const key = repo.files.get(path)?.key;
  if (!key && texts.unsaved(repo, path) === null)
    throw new LcadError('FILE_NOT_INDEXED', `${path} is no file of ${repo.name} that is indexed.`);
  await texts.look([{ repo, path }]);
  const last = texts.lastLine(repo, path);
  // A text that ends in a line end has one more line, in which a cursor can be.
  check(path, line, last + 1, last);
  if (selection && selection.endLine < selection.startLine)
    throw new LcadError('INVALID_PARAMS', 'The last line of the selection is before its first.');
  check(path, selection?.endLine, last + 1, last);
  const regions: Region[] = [];
  let cut: Span | null = null;
  if (selection) {
    const to = Math.min(selection.endLine, selection.startLine + mostSelected - 1);
    if (to < selection.endLine) cut = { from: to + 1, to: selection.endLine };
    const span = { from: selection.startLine, to };
    const [lines = []] = await texts.read([{ repo, path, span }]);
    if (lines.length > 0) regions.push(selected(repo, path, span.from, lines, texts));
  }
  if (line !== undefined && !(selection && line >= selection.startLine && line <= selection.endLine)) {
    const wide = { from: Math.max(1, line - 30), to: Math.min(last, line + 30) };
    const graph = view?.repos.get(repo.id);
    const content = graph?.content(path);
    const definition = graph && content ? around({ repo: graph, path, content }, line) : null;
    const span = definition ? within(definition.content, definition.index, wide, line) : wide;
    const [lines = []] = await texts.read([{ repo, path, span }]);
    const name =
      definition && view ? view.contents.names.text(definition.content.name(definition.index)) : '';
    if (lines.length > 0) regions.push(atCursor(repo, path, span.from, lines, line, name, texts));
  }
  return { regions, cut };
}

function check(path: string, line: number | undefined, most: number, last: number): void {
  if (line === undefined || line <= most) return;
  throw new LcadError('LINE_NOT_FOUND', `${path} has no line ${line}: its text ends at line ${last}.`, {
    details: { last },
  });
}

/** The part of a definition that is near a line. */
function within(
  content: { startLine(index: number): number; endLine(index: number): number },
  index: number,
  wide: Span,
  line: number,
): Span {
  const from = Math.max(wide.from, content.startLine(index));
  const to = Math.min(wide.to, content.endLine(index));
  // In unsaved text the definition may have moved away from where the graph has it.
  return from <= line && line <= to ? { from, to } : wide;
}

type Common = Omit<Region, 'startLine' | 'lines' | 'why' | 'sizes' | 'name'>;

function common(repo: SearchableRepo, path: string, texts: FileTexts): Common {
  return {
    repo,
    path,
    language: repo.files.get(path)?.language ?? '',
    kind: '',
    score: 1,
    needs: null,
    unsaved: texts.unsaved(repo, path) !== null,
    stale: false,
    trusted: true,
  };
}

function selected(
  repo: SearchableRepo,
  path: string,
  startLine: number,
  lines: readonly string[],
  texts: FileTexts,
): Region {
  const sizes = prefixes(startLine, lines.length, selectionWorth);
  return {
    ...common(repo, path, texts),
    name: '',
    startLine,
    lines,
    why: { reason: 'selection', of: '' },
    sizes,
  };
}

/** The first lines of a stretch, each size twice the one before it. */
export function prefixes(startLine: number, count: number, worth: number): Region['sizes'] {
  const sizes: Region['sizes'][number][] = [];
  for (let some = 8; some < count; some *= 2) {
    const share = 0.5 + (0.5 * some) / count;
    sizes.push({ span: { from: startLine, to: startLine + some - 1 }, worth: worth * share });
  }
  return [...sizes, { span: { from: startLine, to: startLine + count - 1 }, worth }];
}

function atCursor(
  repo: SearchableRepo,
  path: string,
  startLine: number,
  lines: readonly string[],
  line: number,
  name: string,
  texts: FileTexts,
): Region {
  const last = startLine + lines.length - 1;
  const at = Math.min(line, last);
  const spans = aroundCursor.map((more) => ({
    from: Math.max(startLine, at - more),
    to: Math.min(last, at + more),
  }));
  const distinct = spans.filter(({ from, to }, place) => {
    const next = spans[place + 1];
    return !next || next.from !== from || next.to !== to;
  });
  const sizes = distinct.map((span, place) => ({
    span,
    worth: (cursorWorth * (place + 2)) / (distinct.length + 1),
  }));
  const whole = { from: startLine, to: last };
  const isWhole = distinct.at(-1)?.from === startLine && distinct.at(-1)?.to === last;
  return {
    ...common(repo, path, texts),
    name,
    startLine,
    lines,
    why: { reason: 'cursor', of: '' },
    sizes: isWhole ? sizes : [...sizes, { span: whole, worth: cursorWorth * 1.1 }],
  };
}
