import type { ImpactResult, ImpactSymbol, ImpactTest, ImpactVia } from '../../protocol/impact.js';
import { plural } from './human.js';
import { printableLine } from './printable.js';
import { shownPath } from './search-view.js';
import { nameText, type SymbolsViewOptions } from './symbols-view.js';
import { cut } from './width.js';

const mostTests = 8;
const mostChanged = 12;
const mostOfFile = 6;
const mostUnknown = 5;
const whyTexts = {
  binary: 'binary',
  submodule: 'a submodule',
  'not-indexed': 'not in the index',
  'no-symbols': 'no symbols are known of it',
  top: 'outside of all definitions',
};

/** What was changed: files, and the symbols of each. */
export function diffText(
  { root, against, files, symbols }: NonNullable<ImpactResult['diff']>,
  options: SymbolsViewOptions,
): string {
  if (files.length === 0) return '';
  const { colors, cwd } = options;
  const lines = [colors.bold(`changed: ${printableLine(against)}`)];
  const known = files.filter(({ why }) => why === null);
  for (const { path, oldPath, change } of known.slice(0, mostChanged)) {
    const from = oldPath === null ? '' : colors.dim(` from ${printableLine(oldPath)}`);
    lines.push(`${colors.magenta(shownPath({ root, path }, cwd))} ${change}${from}`);
    const own = symbols.filter(({ symbol }) => symbol.path === path || symbol.path === oldPath);
    for (const one of own.slice(0, mostOfFile))
      lines.push(`${lineNumber(one.symbol.line, options)} ${one.change} ${nameText(one.symbol)}`);
    if (own.length > mostOfFile) lines.push(colors.dim(`       … and ${own.length - mostOfFile} more`));
  }
  if (known.length > mostChanged)
    lines.push(colors.dim(`… and ${plural(known.length - mostChanged, 'more file')}`));
  const others = files.filter(({ why }) => why !== null);
  for (const { path, change, why } of others.slice(0, mostUnknown)) {
    const reason = why === null ? '' : colors.dim(`, ${whyTexts[why]}`);
    lines.push(`${colors.magenta(shownPath({ root, path }, cwd))} ${change}${reason}`);
  }
  if (others.length > mostUnknown) {
    const more = plural(others.length - mostUnknown, 'more file');
    lines.push(colors.dim(`… and ${more} without changed symbols`));
  }
  return `${lines.join('\n')}\n\n`;
}

/** What is affected: symbols below the path of their file, then tests. */
export function impactText({ symbols, files, tests }: ImpactResult, options: SymbolsViewOptions): string {
  const { colors, cwd } = options;
  const byFile = new Map<string, ImpactSymbol[]>(files.map((file) => [`${file.root}\n${file.path}`, []]));
  for (const symbol of symbols) byFile.get(`${symbol.root}\n${symbol.path}`)?.push(symbol);
  const lines: string[] = [];
  for (const all of byFile.values()) {
    const [first] = all;
    if (!first) continue;
    lines.push(colors.magenta(shownPath(first, cwd)));
    for (const one of all) lines.push(...symbolLines(one, options));
  }
  if (tests.length > 0) {
    if (lines.length > 0) lines.push('');
    lines.push(colors.bold(plural(tests.length, 'test file')));
    for (const test of tests) lines.push(...testLines(test, options));
  }
  return `${lines.join('\n')}\n`;
}

function symbolLines(one: ImpactSymbol, options: SymbolsViewOptions): string[] {
  const { colors } = options;
  const { symbol } = one;
  const what = symbol ? nameText(symbol) : colors.dim('top of the file');
  return [
    `${lineNumber(symbol?.line ?? one.via[0]?.line ?? 1, options)} ${what}  ${sureText(one, options)}`,
    `${' '.repeat(8)}${colors.dim(viaText(one, options))}`,
  ];
}

function testLines({ tests, ...test }: ImpactTest, options: SymbolsViewOptions): string[] {
  const { colors, cwd } = options;
  const names = tests.slice(0, mostTests).map(({ name }) => printableLine(name));
  const more = tests.length > mostTests ? `, … ${tests.length - mostTests} more` : '';
  const lines = [`  ${colors.magenta(shownPath(test, cwd))}  ${sureText(test, options)}`];
  if (names.length > 0) lines.push(shortened(`        ${names.join(', ')}${more}`, options));
  lines.push(`        ${colors.dim(viaText(test, options))}`);
  return lines;
}

function sureText(
  { distance, confidence }: Pick<ImpactSymbol, 'distance' | 'confidence'>,
  { colors }: SymbolsViewOptions,
): string {
  const text = distance === 1 ? `[${confidence}]` : `[${distance} steps, ${confidence}]`;
  return confidence === 'unique-name' || confidence === 'ambiguous' ? colors.yellow(text) : colors.dim(text);
}

/** "calls drain (line 12), which calls step". */
function viaText(
  { via, changes }: { via: readonly ImpactVia[]; changes: number },
  options: SymbolsViewOptions,
): string {
  const links = {
    call: 'calls',
    type: 'has the type',
    inherit: 'inherits from',
    import: 'imports',
    use: 'uses',
  };
  const steps = via.map(({ name, kind, link, line }, at) => {
    const where = at === 0 ? ` in line ${line}` : '';
    const overrides = link === 'inherit' && (kind === 'method' || kind === 'function');
    return `${overrides ? 'overrides' : links[link]} ${printableLine(name)}${where}`;
  });
  const others = changes > 1 ? `, and uses ${plural(changes - 1, 'more changed symbol')}` : '';
  return shortened(`${steps.join(', which ')}${others}`, options, 8);
}

function shortened(text: string, { columns }: SymbolsViewOptions, indent = 0): string {
  return Number.isFinite(columns) ? cut(text, Math.max(20, columns - indent)) : text;
}

function lineNumber(line: number, { colors }: SymbolsViewOptions): string {
  return colors.green(String(line).padStart(6));
}
