import type { GrepResult } from '../../protocol/grep.js';
import type { RelatedResult } from '../../protocol/related.js';
import type { SearchResult } from '../../protocol/search.js';
import type { Cli } from '../cli.js';
import type { Asked } from '../filters.js';
import { grepFooterText, linesText, moreText, sourceText } from './grep-view.js';
import { footerText, hitsText, nothingFoundText, warningTexts } from './search-view.js';

type Reply = Pick<SearchResult, 'notes' | 'freshness' | 'tookMs'>;

/** Prints the reply to a search. */
export function showSearch(cli: Cli, asked: Asked, result: SearchResult): void {
  if (cli.json) cli.printJson(result);
  else if (result.hits.length === 0) showNothing(cli, asked, result, footerText(result));
  else {
    cli.terminal.out(hitsText(result, viewOf(cli)));
    showAbout(cli, asked, result, [footerText(result)]);
  }
}

/** Prints code that is like some other. */
export function showRelated(cli: Cli, asked: Asked, result: RelatedResult): void {
  if (cli.json) cli.printJson(result);
  else if (result.hits.length === 0) showNothing(cli, asked, result, footerText(result));
  else {
    cli.terminal.out(hitsText(result, viewOf(cli)));
    showAbout(cli, asked, result, [`like ${sourceText(result.of, cli.cwd())} · ${footerText(result)}`]);
  }
}

/** Prints lines that match a pattern. */
export function showGrep(cli: Cli, asked: Asked, result: GrepResult): void {
  if (cli.json) cli.printJson(result);
  else if (result.matches === 0) showNothing(cli, asked, result, grepFooterText(result));
  else {
    const { terminal } = cli;
    const view = { cwd: cli.cwd(), columns: terminal.columns, colors: terminal.outColors };
    terminal.out(linesText(result, { ...view, grouped: terminal.outIsTerminal }));
    const more = moreText(result);
    showAbout(cli, asked, result, [...(more === null ? [] : [more]), grepFooterText(result)]);
  }
}

function viewOf({ terminal, cwd }: Cli) {
  const rule = terminal.outIsTerminal ? '│' : ':';
  return { cwd: cwd(), columns: terminal.columns, colors: terminal.outColors, rule };
}

function showNothing({ terminal }: Cli, asked: Asked, result: Reply, footer: string): void {
  terminal.err(nothingFoundText(result, footer, asked, terminal.errColors));
}

/** What is said about the reply stays out of a pipe, where every line belongs to a hit. */
function showAbout({ terminal }: Cli, { waited }: Asked, result: Reply, lines: string[]): void {
  const [say, colors] = terminal.outIsTerminal
    ? [terminal.out, terminal.outColors]
    : [terminal.err, terminal.errColors];
  if (terminal.outIsTerminal) say('\n');
  for (const warning of warningTexts(result, waited)) say(`${colors.yellow('note:')} ${warning}\n`);
  for (const line of lines) say(`${colors.dim(line)}\n`);
}
