/** A metric of the text format, with its samples. */
interface ExposedFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: { name: string; labels: Record<string, string>; value: number }[];
}

const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*/;

/**
 * Parses version 0.0.4 of Prometheus' text format by its rules
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Throws at whatever breaks one: a name, an escape, a
 * value, a line without an end, a series that is there twice, samples that are apart from their metric.
 */
export function parseExposition(text: string): ExposedFamily[] {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const families = new Map<string, ExposedFamily>();
  const series = new Set<string>();
  let current: ExposedFamily | undefined;
  for (const line of text.split('\n').slice(0, -1)) {
    if (line === '') continue;
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (families.has(name)) throw new Error(`There are two metrics ${name}.`);
      current = { name, help: rest, type: '', samples: [] };
      families.set(name, current);
    } else if (keyword === 'TYPE') {
      const begun = families.get(name);
      if (!begun || [...families.keys()].at(-1) !== name || begun.type !== '')
        throw new Error(`The type of ${name} is misplaced.`);
      if (!/^(?:counter|gauge|histogram|summary|untyped)$/.test(rest)) throw new Error(`No type: ${rest}`);
      current = { ...begun, type: rest };
      families.set(name, current);
    } else if (!line.startsWith('#')) {
      const sample = sampleOf(line);
      if (!current || !belongs(sample, current)) throw new Error(`This belongs to no metric here: ${line}`);
      const key = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (series.has(key)) throw new Error(`This is there twice: ${key}`);
      series.add(key);
      current.samples.push(sample);
    }
  }
  return [...families.values()];
}

function belongs({ name, labels }: ExposedFamily['samples'][number], family: ExposedFamily): boolean {
  if (family.type !== 'summary') return name === family.name && !('quantile' in labels);
  if (name === `${family.name}_sum` || name === `${family.name}_count`) return !('quantile' in labels);
  const quantile = Number(labels.quantile);
  return name === family.name && quantile >= 0 && quantile <= 1;
}

function sampleOf(line: string): ExposedFamily['samples'][number] {
  const name = metricName.exec(line)?.[0];
  if (name === undefined) throw new Error(`No name: ${line}`);
  const labels: Record<string, string> = {};
  let rest = line.slice(name.length);
  if (rest.startsWith('{')) {
    rest = rest.slice(1);
    while (!rest.startsWith('}')) {
      const label = labelName.exec(rest)?.[0] ?? '';
      const value = /^="((?:[^"\\]|\\[\\"n])*)",?/.exec(rest.slice(label.length));
      if (label === '' || !value || label in labels) throw new Error(`No label: ${line}`);
      labels[label] = (value[1] ?? '').replaceAll(/\\(.)/g, (_, sign) => (sign === 'n' ? '\n' : sign));
      rest = rest.slice(label.length + value[0].length);
    }
    rest = rest.slice(1);
  }
  const [, value = ''] = /^[ \t]+(\S+)$/.exec(rest) ?? [];
  const number = /^[+-]?Inf$/.test(value) ? Number(value.replace('Inf', 'Infinity')) : Number(value);
  if (value === '' || (Number.isNaN(number) && value !== 'NaN')) throw new Error(`No value: ${line}`);
  return { name, labels, value: number };
}
