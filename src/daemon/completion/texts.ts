import { LRUCache } from 'lru-cache';
import type { GraphFamily } from '../graph/contract.js';
import { longestLine } from './lines.js';

/** Where lines are read from. */
type TextStore = Pick<GraphFamily['store'], 'chunksOf' | 'fetch'>;

/** Lines of a content. */
export interface LinesOf {
  store: TextStore;
  key: string;
  startLine: number;
  endLine: number;
}

const mostChars = 8 << 20;
const overhead = 200;

/** Lines of contents, as the index has them. A content never changes, so what was read once is kept. */
export class Texts {
  readonly #known = new LRUCache<string, string>({
    maxSize: mostChars,
    sizeCalculation: (text) => text.length + overhead,
  });

  /** The lines if they are in memory. Empty: the index does not have them. */
  peek(lines: LinesOf): string | undefined {
    return this.#known.get(idOf(lines));
  }

  /** Whether all of these are in memory. */
  has(wanted: readonly LinesOf[]): boolean {
    return wanted.every((lines) => this.peek(lines) !== undefined);
  }

  /** Brings lines into memory. @throws INDEX_UNAVAILABLE */
  async read(wanted: readonly LinesOf[]): Promise<void> {
    const missing = wanted.filter((lines) => this.peek(lines) === undefined);
    for (const store of new Set(missing.map((lines) => lines.store))) {
      await this.#readFrom(
        store,
        missing.filter((lines) => lines.store === store),
      );
    }
  }

  async #readFrom(store: TextStore, wanted: readonly LinesOf[]): Promise<void> {
    const chunks = (await store.chunksOf([...new Set(wanted.map(({ key }) => key))])).filter((chunk) =>
      wanted.some(
        ({ key, startLine, endLine }) =>
          key === chunk.key && startLine <= chunk.endLine && chunk.startLine <= endLine,
      ),
    );
    const rows = await store.fetch(chunks);
    for (const lines of wanted) {
      const parts = rows.filter(({ key }) => key === lines.key).sort((a, b) => a.startLine - b.startLine);
      this.#known.set(idOf(lines), joined(parts, lines));
    }
  }
}

function joined(
  rows: readonly { startLine: number; text: string }[],
  { startLine, endLine }: LinesOf,
): string {
  const found = new Map<number, string>();
  for (const row of rows) {
    let line = row.startLine;
    for (const text of row.text.split('\n')) {
      if (line >= startLine && line <= endLine) found.set(line, text.slice(0, longestLine));
      line++;
    }
  }
  // Blank lines between chunks are not in the index.
  if (found.size === 0) return '';
  return Array.from({ length: endLine - startLine + 1 }, (_, at) => found.get(startLine + at) ?? '').join(
    '\n',
  );
}

function idOf({ key, startLine, endLine }: LinesOf): string {
  return `${key}:${startLine}-${endLine}`;
}
