import type { CompletionContextResult, CompletionItem } from '../../protocol/completion-context.js';
import { plural } from './human.js';
import { printable } from './printable.js';
import { shownPath } from './search-view.js';
import type { SymbolsViewOptions } from './symbols-view.js';
import { cut, expandTabs } from './width.js';

/** Lines shown of an item. */
const mostLines = 12;

/** The sizes of both windows, then each item with its reason and text; the best first. */
export function completionContextText(result: CompletionContextResult, options: SymbolsViewOptions): string {
  const { colors } = options;
  const window = (name: 'prefix' | 'suffix') => {
    const { startLine, endLine, tokens, whole } = result[name];
    const all = whole ? `, to the ${name === 'prefix' ? 'beginning' : 'end'} of the file` : '';
    return `${colors.bold(name)} lines ${startLine}-${endLine}, ${plural(tokens, 'token')}${all}\n`;
  };
  const more = result.omitted > 0 ? `\n${colors.dim(`${result.omitted} more had no room`)}\n` : '';
  const items = result.items.map((item) => `\n${itemText(item, options)}`).join('');
  return `${window('prefix')}${window('suffix')}${items}${more}`;
}

function itemText(item: CompletionItem, { colors, columns, cwd }: SymbolsViewOptions): string {
  const place = `${colors.magenta(shownPath(item, cwd))}${colors.dim(':')}${colors.green(String(item.startLine))}`;
  const sure = item.confidence === null ? '' : `, ${item.confidence}`;
  const about = colors.dim(
    `${item.reason}${sure}; score ${item.score.toFixed(2)}, ${plural(item.tokens, 'token')}`,
  );
  const lines = printable(item.text).trimEnd().split('\n');
  const shown = lines.slice(0, mostLines).map((line) => `  ${shownLine(line, columns)}`);
  if (lines.length > mostLines) {
    shown.push(colors.dim(`  … ${plural(lines.length - mostLines, 'more line')}`));
  }
  return `${place}  ${colors.cyan(item.kind)}  ${about}\n${shown.join('\n')}\n`;
}

function shownLine(line: string, columns: number): string {
  const expanded = expandTabs(line);
  return Number.isFinite(columns) ? cut(expanded, Math.max(20, columns - 2)) : expanded;
}
