import type { GrepFile, GrepLine, GrepResult, GrepSpan } from '../../protocol/grep.js';
import { plural } from './human.js';
import { printable, printableLine } from './printable.js';
import { footerOf, type SearchViewOptions, shownPath } from './search-view.js';
import type { Colors } from './terminal.js';

/** How lines are shown. */
export interface GrepViewOptions extends Omit<SearchViewOptions, 'rule'> {
  /** A heading for each file with its lines below it; otherwise each line begins with its path, for other programs. */
  grouped: boolean;
}

/**
 * The lines found, as ripgrep shows them: `12:text` below the file's path, or `path:12:text`; a line of context has "-"
 * for ":", and "--" stands where lines are left out between others.
 */
export function linesText(result: GrepResult, options: GrepViewOptions): string {
  const parts = result.files.map((file) => fileText(file, options));
  if (options.grouped) return parts.join('\n');
  const hasContext = result.files.some(({ lines }) => lines.some(({ spans }) => spans === null));
  return parts.join(hasContext ? '--\n' : '');
}

function fileText(file: GrepFile, options: GrepViewOptions): string {
  const { colors, grouped } = options;
  const path = shownPath(file, options.cwd);
  const shown = grouped ? '' : colors.magenta(path);
  const hasContext = file.lines.some(({ spans }) => spans === null);
  let text = grouped ? `${colors.magenta(path)}\n` : '';
  let before: number | undefined;
  for (const line of file.lines) {
    if (hasContext && before !== undefined && line.line > before + 1) text += '--\n';
    text += lineText(line, shown, colors);
    before = line.line;
  }
  return text;
}

function lineText({ line, text, spans }: GrepLine, path: string, colors: Colors): string {
  const rule = colors.dim(spans ? ':' : '-');
  const prefix = path === '' ? '' : `${path}${rule}`;
  return `${prefix}${colors.green(String(line))}${rule}${marked(text, spans ?? [], colors)}\n`;
}

/** The line with its matches painted. */
function marked(text: string, spans: readonly GrepSpan[], colors: Colors): string {
  let out = '';
  let at = 0;
  for (const { start, end } of spans) {
    if (end <= start) continue;
    const match = printable(text.slice(start, end));
    out += `${printable(text.slice(at, start))}${colors.bold(colors.red(match))}`;
    at = end;
  }
  return out + printable(text.slice(at));
}

/** One line on the whole reply: "12 lines in 3 files in 4 ms · lcad: main at 3f2a1c9". */
export function grepFooterText(result: GrepResult): string {
  const files = result.files.length === 0 ? '' : ` in ${plural(result.files.length, 'file')}`;
  return footerOf(`${plural(result.matches, 'line')}${files}`, result);
}

/** What the limit has kept back: "at least 120 more lines, and 8 more files: --limit shows them". Null if nothing. */
export function moreText({ more }: Pick<GrepResult, 'more'>): string | null {
  if (!more) return null;
  const parts = [
    ...(more.lines > 0 ? [`at least ${plural(more.lines, 'more line', 'more lines')}`] : []),
    ...(more.files > 0 ? [plural(more.files, 'more file', 'more files')] : []),
  ];
  return `${parts.length === 0 ? 'there may be more' : parts.join(', ')}: --limit shows them`;
}

/** The path that results were compared with: "src/cart.ts:8-30". */
export function sourceText(
  of: { root: string; path: string; startLine: number; endLine: number; name: string },
  cwd: string,
): string {
  const name = of.name ? ` (${printableLine(of.name)})` : '';
  return `${shownPath(of, cwd)}:${of.startLine}-${of.endLine}${name}`;
}
