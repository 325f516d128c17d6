import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MatchedChunk, TextMatches, TextPattern } from '../store/contract.js';
import type { MatchedFile } from './contract.js';
import { type ChunkLines, matchingLines } from './lines.js';

/** Chunks whose text is fetched at once, more or less: a few megabytes. */
const mostChunks = 512;
const fewestChunks = 32;

/** The matching lines of files in order, their texts fetched for some files at a time. */
export class LineWindow {
  readonly #files: readonly MatchedFile[];
  readonly #forInvalid: TextPattern | null;
  #lines = new Map<MatchedChunk, ChunkLines>();
  #until = 0;

  /** @param forInvalid the pattern for files whose bytes are not all UTF-8; null: the same */
  constructor(files: readonly MatchedFile[], forInvalid: TextPattern | null) {
    this.#files = files;
    this.#forInvalid = forInvalid;
  }

  /** @param wanted lines that are still wanted: each chunk has at least one */
  async linesOf(at: number, wanted: number): Promise<ChunkLines> {
    if (at >= this.#until) await this.#fill(at, Math.max(fewestChunks, Math.min(mostChunks, wanted)));
    const file = this.#files[at] as MatchedFile;
    const found = joined(file.chunks.flatMap((chunk) => this.#lines.get(chunk) ?? []));
    const doubtful = this.#forInvalid && found.lines.some(({ text }) => text.includes('\uFFFD'));
    return doubtful && (await isInvalid(file)) ? this.#linesOfInvalid(file, this.#forInvalid) : found;
  }

  async #linesOfInvalid({ matches, chunks }: MatchedFile, pattern: TextPattern): Promise<ChunkLines> {
    const texts = await matches.texts(chunks, pattern);
    return joined(texts.map(({ chunk, text }) => matchingLines(chunk.startLine, text)));
  }

  async #fill(from: number, enough: number): Promise<void> {
    const byStore = new Map<TextMatches, Set<MatchedChunk>>();
    this.#lines = new Map();
    let count = 0;
    for (this.#until = from; this.#until < this.#files.length && count < enough; this.#until++) {
      const { matches, chunks } = this.#files[this.#until] as MatchedFile;
      const wanted = byStore.get(matches) ?? new Set();
      byStore.set(matches, wanted);
      for (const chunk of chunks) wanted.add(chunk);
      count += chunks.length;
    }
    for (const [matches, wanted] of byStore) {
      for (const { chunk, text } of await matches.texts([...wanted])) {
        this.#lines.set(chunk, matchingLines(chunk.startLine, text));
      }
    }
  }
}

function joined(parts: readonly ChunkLines[]): ChunkLines {
  return {
    lines: parts.flatMap(({ lines }) => lines),
    blank: parts.reduce((sum, one) => sum + one.blank, 0),
  };
}

/**
 * Whether U+FFFD in a file's text stands for bytes that are no UTF-8. The index does not tell, so that the file is
 * read: hardly any has that character in a line that matches.
 */
async function isInvalid({ repo, path }: MatchedFile): Promise<boolean> {
  try {
    const bytes = await readFile(join(repo.root, path));
    const mark = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
    return mark !== 0xfeff && mark !== 0xfffe && !isUtf8(bytes);
  } catch {
    // Gone meanwhile, or not readable any more: it has no bytes to speak of.
    return false;
  }
}
