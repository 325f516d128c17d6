import { join } from 'node:path';
import type { OpenBuffer } from '../overlay/contract.js';
import type { SearchableRepo, SearchFamily } from '../search/contract.js';
import type { TextHit } from '../store/contract.js';
import type { Span } from './regions.js';

/** Lines of a file that are wanted. */
export interface Wanted {
  repo: SearchableRepo;
  path: string;
  span: Span;
}

type Chunk = Omit<TextHit, 'score'>;

/** Lines of files for one request: of the client's unsaved text where there is one, else of the index. */
export class FileTexts {
  readonly #stores = new Map<string, SearchFamily['store']>();
  readonly #buffers: (path: string) => OpenBuffer | undefined;
  readonly #chunks = new Map<string, readonly Chunk[]>();
  readonly #texts = new Map<string, readonly string[]>();
  readonly #split = new Map<OpenBuffer, readonly string[]>();

  /** @param buffers the client's open texts by absolute path */
  constructor(families: readonly SearchFamily[], buffers: (path: string) => OpenBuffer | undefined) {
    for (const { repos, store } of families) for (const { id } of repos) this.#stores.set(id, store);
    this.#buffers = buffers;
  }

  /** The unsaved lines of a file, or null. */
  unsaved(repo: SearchableRepo, path: string): readonly string[] | null {
    const buffer = this.#buffers(join(repo.root, path));
    if (!buffer?.unsaved) return null;
    const known = this.#split.get(buffer) ?? buffer.text.split(/\r\n|\n|\r/);
    this.#split.set(buffer, known);
    return known;
  }

  /** Takes note of a chunk's text, so that it is not read again. */
  know(repo: SearchableRepo, path: string, startLine: number, lines: readonly string[]): void {
    this.#texts.set(`${this.#keyOf(repo, path)}:${startLine}`, lines);
  }

  /** Reads where the chunks of some files are. @throws INDEX_UNAVAILABLE */
  async look(files: readonly { repo: SearchableRepo; path: string }[]): Promise<void> {
    const byStore = new Map<SearchFamily['store'], Set<string>>();
    for (const { repo, path } of files) {
      const key = this.#keyOf(repo, path);
      const store = this.#stores.get(repo.id);
      if (key === '' || !store || this.#chunks.has(key)) continue;
      byStore.set(store, (byStore.get(store) ?? new Set()).add(key));
    }
    for (const [store, keys] of byStore) {
      const found = await store.chunksOf([...keys]);
      for (const key of keys) {
        const chunks = found.filter((chunk) => chunk.key === key);
        this.#chunks.set(key, chunks);
      }
    }
  }

  /** The last line of a file that has text; 0 if it has none. Its chunks were looked for. */
  lastLine(repo: SearchableRepo, path: string): number {
    const unsaved = this.unsaved(repo, path);
    if (unsaved) return unsaved.length;
    return this.#chunks.get(this.#keyOf(repo, path))?.at(-1)?.endLine ?? 0;
  }

  /** Whether a line of the saved file is between its chunks, where only blank lines are. */
  isBlank(repo: SearchableRepo, path: string, line: number): boolean {
    const chunks = this.#chunks.get(this.#keyOf(repo, path));
    if (!chunks || line > (chunks.at(-1)?.endLine ?? 0)) return false;
    return !chunks.some(({ startLine, endLine }) => startLine <= line && line <= endLine);
  }

  /** Lines of files, in the order asked for; those past a file's end are left out. @throws INDEX_UNAVAILABLE */
  async read(wanted: readonly Wanted[]): Promise<string[][]> {
    const saved = wanted.filter(({ repo, path }) => this.unsaved(repo, path) === null);
    await this.look(saved);
    await this.#fetch(saved);
    return wanted.map(({ repo, path, span }) => {
      const unsaved = this.unsaved(repo, path);
      return unsaved ? unsaved.slice(span.from - 1, span.to) : this.#linesOf(repo, path, span);
    });
  }

  async #fetch(wanted: readonly Wanted[]): Promise<void> {
    const byStore = new Map<SearchFamily['store'], Map<string, Chunk>>();
    for (const { repo, path, span } of wanted) {
      const store = this.#stores.get(repo.id);
      if (!store) continue;
      for (const chunk of this.#chunksIn(repo, path, span)) {
        const id = `${chunk.key}:${chunk.startLine}`;
        if (this.#texts.has(id)) continue;
        byStore.set(store, (byStore.get(store) ?? new Map()).set(id, chunk));
      }
    }
    await Promise.all(
      [...byStore].map(async ([store, chunks]) => {
        for (const { key, startLine, text } of await store.fetch([...chunks.values()]))
          this.#texts.set(`${key}:${startLine}`, text.split('\n'));
      }),
    );
  }

  #chunksIn(repo: SearchableRepo, path: string, { from, to }: Span): readonly Chunk[] {
    const chunks = this.#chunks.get(this.#keyOf(repo, path)) ?? [];
    return chunks.filter(({ startLine, endLine }) => startLine <= to && endLine >= from);
  }

  #linesOf(repo: SearchableRepo, path: string, { from, to }: Span): string[] {
    const last = Math.min(to, this.lastLine(repo, path));
    const lines = new Array<string>(Math.max(0, last - from + 1)).fill('');
    for (const { key, startLine } of this.#chunksIn(repo, path, { from, to })) {
      for (const [at, line] of (this.#texts.get(`${key}:${startLine}`) ?? []).entries()) {
        const place = startLine + at - from;
        if (place >= 0 && place < lines.length) lines[place] = line;
      }
    }
    return lines;
  }

  #keyOf(repo: SearchableRepo, path: string): string {
    return repo.files.get(path)?.key ?? '';
  }
}
