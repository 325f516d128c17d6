import type { GrepLine } from '../../protocol/grep.js';
import type { ChunkId } from '../store/contract.js';
import type { MatchedFile } from './contract.js';
import { contextLine } from './lines.js';

/**
 * Puts the lines around matching lines between them. Lines between chunks are blank, and so are those before the first;
 * how many follow the last one is not known, so none is shown there.
 */
export async function withContext(
  { family, key, chunks }: MatchedFile,
  lines: readonly GrepLine[],
  around: number,
): Promise<GrepLine[]> {
  if (around === 0 || lines.length === 0) return [...lines];
  const count = family.store.keys.get(key) ?? 0;
  const texts = await linesOf(family.store, neighbours(key, chunks, around, count));
  const last = [...texts.keys()].reduce((most, line) => Math.max(most, line), 0);
  const found = new Map(lines.map((line) => [line.line, line]));
  const wanted = new Set<number>();
  for (const { line } of lines) {
    const to = Math.min(line + around, last);
    for (let at = Math.max(1, line - around); at <= to; at++) wanted.add(at);
  }
  return [...wanted]
    .sort((a, b) => a - b)
    .map((line) => found.get(line) ?? contextLine(line, texts.get(line) ?? ''));
}

/** The chunks that can hold lines around some chunks: as many on each side as lines, since each has one at least. */
function neighbours(key: string, chunks: readonly ChunkId[], around: number, count: number): ChunkId[] {
  const ords = new Set<number>();
  for (const { ord } of chunks) {
    const to = Math.min(ord + around, count - 1);
    for (let at = Math.max(0, ord - around); at <= to; at++) ords.add(at);
  }
  return [...ords].map((ord) => ({ key, ord }));
}

async function linesOf(store: MatchedFile['family']['store'], ids: ChunkId[]): Promise<Map<number, string>> {
  const lines = new Map<number, string>();
  for (const { startLine, text } of await store.fetch(ids)) {
    for (const [i, line] of text.split('\n').entries()) lines.set(startLine + i, line);
  }
  return lines;
}
