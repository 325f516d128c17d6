import { LRUCache } from 'lru-cache';
import type { GraphView } from '../graph/graph-view.js';
import { type LinesScan, scanLines } from './scan.js';
import type { Similar } from './similar.js';
import type { Surroundings } from './symbols.js';
import type { TextWindow } from './windows.js';

const filesKept = 32;
/** Characters by which a window may reach further than the one that was scanned: a line or two at its far end. */
const slackChars = 400;

/** A window in the lines that the cursor is not in, and the part of its line. */
export interface SplitWindows {
  before: string;
  left: string;
  right: string;
  after: string;
}

/** Cuts the windows where the line of the cursor begins and ends. */
export function splitWindows({ text: prefix }: TextWindow, { text: suffix }: TextWindow): SplitWindows {
  const start = prefix.lastIndexOf('\n') + 1;
  const newline = suffix.indexOf('\n');
  const end = newline < 0 ? suffix.length : newline;
  return {
    before: prefix.slice(0, start),
    left: prefix.slice(start),
    right: suffix.slice(0, end),
    after: suffix.slice(end),
  };
}

interface Scanned extends Pick<SplitWindows, 'before' | 'after'> {
  scan: LinesScan;
}

/** What the symbols of a line follow from, but for the graph. */
interface Basis {
  /** Of the graph: the shared one changes in place. */
  version: number;
  scan: LinesScan;
  similar: Similar | null;
  line: number;
}

/**
 * What was found out about the lines around a cursor. While somebody types on one line, all other lines stay as they
 * are, and so does what they say: it is found once for a line and each outline of the text.
 */
export class Prepared {
  readonly #scans = new LRUCache<string, Scanned>({ max: filesKept });
  /** By the view that they were found in, so that they go with it. */
  readonly #symbols = new WeakMap<GraphView, LRUCache<string, Basis & { symbols: Surroundings }>>();

  /** The names of the lines around that of the cursor. @param file what tells it from others */
  scanOf(file: string, { before, after }: SplitWindows): LinesScan {
    const known = this.#scans.get(file);
    if (known && isNearlySame(known, { before, after })) return known.scan;
    const scan = scanLines(before, after);
    this.#scans.set(file, { before, after, scan });
    return scan;
  }

  /** The definitions that may help on a line. */
  symbolsOf(
    view: GraphView,
    file: string,
    basis: Omit<Basis, 'version'>,
    make: () => Surroundings,
  ): Surroundings {
    const { version } = view.contents;
    const ofView = this.#symbols.get(view) ?? new LRUCache({ max: filesKept });
    this.#symbols.set(view, ofView);
    const known = ofView.get(file);
    const { scan, similar, line } = basis;
    const isSame = known?.version === version && known.line === line && known.scan === scan;
    if (isSame && known.similar === similar) return known.symbols;
    const symbols = make();
    ofView.set(file, { ...basis, version, symbols });
    return symbols;
  }
}

/** Whether two cuts of a text are the same, but for a few lines furthest from the cursor. */
function isNearlySame(a: Pick<SplitWindows, 'before' | 'after'>, b: typeof a): boolean {
  const isClose = (one: string, other: string) => Math.abs(one.length - other.length) <= slackChars;
  if (!isClose(a.before, b.before) || !isClose(a.after, b.after)) return false;
  const isBefore = a.before.endsWith(b.before) || b.before.endsWith(a.before);
  return isBefore && (a.after.startsWith(b.after) || b.after.startsWith(a.after));
}
