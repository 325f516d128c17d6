import { endOf, fileOf, isOfFile, type Region, type Span, type Why } from './regions.js';

/** Lines that were chosen, of one or several regions of a file. */
export interface Chosen {
  /** The best of the regions. */
  readonly region: Region;
  readonly span: Span;
  readonly text: string;
  readonly why: readonly Why[];
  readonly score: number;
  readonly whole: boolean;
}

/** Blank lines between two chosen stretches that are filled in rather than cut out. */
const mostGap = 3;

/**
 * Merges chosen stretches of a file that overlap, touch or have only lines between them that are known to be blank, and
 * puts all in order: the file with the best one first, within a file by line. Pure.
 * @param isBlank whether a line between the chunks of a region's file is blank
 */
export function merge(
  chosen: readonly { region: Region; span: Span }[],
  isBlank: (region: Region, line: number) => boolean,
): Chosen[] {
  const files = new Map<string, { region: Region; span: Span }[]>();
  for (const one of chosen) {
    const file = fileOf(one.region);
    files.set(file, [...(files.get(file) ?? []), one]);
  }
  const merged = [...files.values()].map((some) =>
    isOfFile((some[0] as (typeof some)[0]).region)
      ? mergeFile(some, isBlank)
      : some.map((one) => joined([one], [])),
  );
  const best = (some: readonly Chosen[]) => Math.max(...some.map(({ score }) => score));
  return merged.sort((a, b) => best(b) - best(a)).flat();
}

function mergeFile(
  some: readonly { region: Region; span: Span }[],
  isBlank: (region: Region, line: number) => boolean,
): Chosen[] {
  const sorted = [...some].sort((a, b) => a.span.from - b.span.from || a.span.to - b.span.to);
  const groups: { region: Region; span: Span }[][] = [];
  let last = 0;
  for (const one of sorted) {
    const group = groups.at(-1);
    const gap = one.span.from - last - 1;
    const known = (line: number) =>
      isBlank(one.region, line) || sorted.some(({ region }) => holds(region, line));
    const joins = gap <= mostGap && lines(last + 1, one.span.from - 1).every(known);
    if (group && joins) group.push(one);
    else groups.push([one]);
    last = group && joins ? Math.max(last, one.span.to) : one.span.to;
  }
  return groups.map((group) => joined(group, sorted));
}

const holds = (region: Region, line: number) => line >= region.startLine && line <= endOf(region);

const lines = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);

function joined(
  group: readonly { region: Region; span: Span }[],
  around: readonly { region: Region }[],
): Chosen {
  const best = group.reduce((a, b) => (b.region.score > a.region.score ? b : a));
  const from = Math.min(...group.map(({ span }) => span.from));
  const to = Math.max(...group.map(({ span }) => span.to));
  const sources = [...group, ...around];
  const text = lines(from, to)
    .map((line) => {
      const source = sources.find(({ region }) => holds(region, line))?.region;
      return source?.lines[line - source.startLine] ?? '';
    })
    .join('\n');
  const why = new Map(group.map(({ region }) => [`${region.why.reason}\n${region.why.of}`, region.why]));
  const whole = group.every(({ region }) => from <= region.startLine && to >= endOf(region));
  return {
    region: best.region,
    span: { from, to },
    text,
    why: [...why.values()],
    score: best.region.score,
    whole,
  };
}
