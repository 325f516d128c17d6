import type {
  CodeReference,
  CodeRelation,
  CodeSymbol,
  Confidence,
  DependenciesResult,
} from '../../protocol/symbols.js';
import { plural } from './human.js';
import { printableLine } from './printable.js';
import { shownPath } from './search-view.js';
import type { Colors } from './terminal.js';
import { cut, expandTabs } from './width.js';

/** How symbols and references are shown. */
export interface SymbolsViewOptions {
  /** Paths below the checkout that holds this folder are shown relative to it. */
  cwd: string;
  /** Lines are cut to this; Infinity leaves them whole. */
  columns: number;
  colors: Colors;
}

interface Placed {
  root: string;
  path: string;
}

/** Definitions below the path of their file: line, kind, name and declaration. */
export function symbolsText(symbols: readonly CodeSymbol[], options: SymbolsViewOptions): string {
  return grouped(symbols, options, (symbol) => [
    `${lineNumber(symbol.line, options)} ${symbolText(symbol, options)}`,
    ...(symbol.signature === '' ? [] : [indented(symbol.signature, options)]),
  ]);
}

/** References below the path of their file: line, text, and how sure they are. */
export function referencesText(references: readonly CodeReference[], options: SymbolsViewOptions): string {
  return grouped(references, options, ({ line, text, kind, confidence }) => [
    `${lineNumber(line, options)} ${code(text, options, 34)}  ${sureText(confidence, options, kind)}`,
  ]);
}

/** What calls or is called, below the path of its file, each with the lines that call. */
export function relationsText(relations: readonly CodeRelation[], options: SymbolsViewOptions): string {
  return grouped(relations, options, ({ symbol, confidence, calls }) => [
    symbol
      ? `${lineNumber(symbol.line, options)} ${symbolText(symbol, options)}  ${sureText(confidence, options)}`
      : `${lineNumber(1, options)} ${options.colors.dim('top of the file')}  ${sureText(confidence, options)}`,
    ...calls.map(
      ({ line, text }) => `${' '.repeat(8)}${options.colors.dim(`${line}:`)} ${code(text, options, 18)}`,
    ),
  ]);
}

/** What a file imports, and what imports it. */
export function dependenciesText(
  { imports, importedBy }: Pick<DependenciesResult, 'imports' | 'importedBy'>,
  options: SymbolsViewOptions,
): string {
  const { colors, cwd } = options;
  const lines: string[] = [];
  if (imports.length > 0) lines.push(colors.bold(`imports ${plural(imports.length, 'module')}`));
  for (const { line, specifier, target, files, external, certainty } of imports) {
    const paths = files.slice(0, 3).map((file) => colors.magenta(shownPath(file, cwd)));
    const more = files.length > 3 ? ` and ${files.length - 3} more` : '';
    const where = { file: `${paths.join(', ')}${more}`, external: `external: ${external}` }[target as string];
    const sure = certainty === 'exact' ? '' : colors.dim(` [${certainty}]`);
    lines.push(
      `${lineNumber(line, options)} ${printableLine(specifier)}  ${where ?? colors.dim(target)}${sure}`,
    );
  }
  if (importedBy.length > 0) {
    if (lines.length > 0) lines.push('');
    lines.push(colors.bold(`imported by ${plural(importedBy.length, 'file')}`));
  }
  for (const { line, specifier, certainty, ...file } of importedBy) {
    const sure = certainty === 'exact' ? '' : colors.dim(` [${certainty}]`);
    lines.push(
      `  ${colors.magenta(shownPath(file, cwd))}${colors.dim(':')}${colors.green(String(line))}  ${printableLine(specifier)}${sure}`,
    );
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** "function parseArgs in Cli": what was asked for. */
export function nameText({ kind, name, scope }: Pick<CodeSymbol, 'kind' | 'name' | 'scope'>): string {
  return `${kind} ${printableLine(name)}${scope === '' ? '' : ` in ${printableLine(scope)}`}`;
}

/** The entries of each file below its path. */
function grouped<T extends Placed>(
  entries: readonly T[],
  options: SymbolsViewOptions,
  show: (entry: T) => string[],
): string {
  const files = new Map<string, string[]>();
  for (const entry of entries) {
    const path = shownPath(entry, options.cwd);
    const lines = files.get(path) ?? [];
    lines.push(...show(entry));
    files.set(path, lines);
  }
  return [...files]
    .map(([path, lines]) => [options.colors.magenta(path), ...lines, ''].join('\n'))
    .join('\n');
}

function lineNumber(line: number, { colors }: SymbolsViewOptions): string {
  return colors.green(String(line).padStart(6));
}

function symbolText({ kind, name, scope }: CodeSymbol, { colors }: SymbolsViewOptions): string {
  const within = scope === '' ? '' : colors.dim(` in ${printableLine(scope)}`);
  return `${colors.cyan(kind)} ${colors.bold(printableLine(name))}${within}`;
}

function sureText(confidence: Confidence, { colors }: SymbolsViewOptions, kind = 'call'): string {
  const shown = kind === 'call' ? confidence : `${kind}, ${confidence}`;
  return confidence === 'unique-name' || confidence === 'ambiguous'
    ? colors.yellow(`[${shown}]`)
    : colors.dim(`[${shown}]`);
}

function indented(text: string, options: SymbolsViewOptions): string {
  return `${' '.repeat(7)}${options.colors.dim(code(text, options, 8))}`;
}

function code(text: string, { columns }: SymbolsViewOptions, around: number): string {
  const line = expandTabs(printableLine(text));
  return Number.isFinite(columns) ? cut(line, Math.max(20, columns - around)) : line;
}
