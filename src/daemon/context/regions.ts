import type { ContextReason } from '../../protocol/context.js';
import type { SearchableRepo } from '../search/contract.js';

/** Why a region is wanted. */
export interface Why {
  reason: ContextReason;
  of: string;
}

/** First and last line, both included. */
export interface Span {
  from: number;
  to: number;
}

/** Lines that may become a snippet. */
export interface Region {
  /** Null: a text of no repository. */
  readonly repo: SearchableRepo | null;
  /** From the root; the title of a text that is no file. */
  readonly path: string;
  readonly language: string;
  readonly kind: string;
  /** With its scope, or empty. */
  readonly name: string;
  readonly startLine: number;
  readonly lines: readonly string[];
  readonly why: Why;
  /** 0 to 1. */
  readonly score: number;
  /** What it is worth in its sizes, the smallest first; each span holds the one before it. */
  readonly sizes: readonly { span: Span; worth: number }[];
  /** Index of the region without which this one is not wanted, or null. */
  readonly needs: number | null;
  readonly unsaved: boolean;
  readonly stale: boolean;
  readonly trusted: boolean;
}

export const endOf = ({ startLine, lines }: Pick<Region, 'startLine' | 'lines'>): number =>
  startLine + lines.length - 1;

/** Whether a region is of a file, whose lines have numbers. */
export const isOfFile = ({ repo }: Pick<Region, 'repo'>): boolean => repo !== null;

/** The same for regions of the same text. */
export const fileOf = ({ repo, path, stale, unsaved }: Region): string =>
  `${repo?.id ?? ''}\n${path}\n${stale ? 'stale' : unsaved}`;

/** The text of some lines of a region. */
export function textOf(
  { startLine, lines }: Pick<Region, 'startLine' | 'lines'>,
  { from, to }: Span,
): string {
  return lines.slice(from - startLine, to - startLine + 1).join('\n');
}
