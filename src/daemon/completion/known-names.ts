import { LRUCache } from 'lru-cache';
import type { Content } from '../graph/content.js';
import type { OverlayFile } from '../graph/contract.js';
import type { Place, Resolution } from '../graph/definition.js';

/** What names of a file were found to mean. */
export interface KnownNames {
  /** Of those with nothing before them that the file does not define itself. */
  bare: Map<string, Resolution | null>;
  /** Of the others: by the receiver, its type as far as it is written, and the name. */
  local: Map<string, Resolution | null>;
}

interface Entry extends KnownNames {
  state: string;
  around: number;
  content: Content;
}

const filesKept = 300;
/** What is remembered holds on to the graph that it was found in, which is let go when nobody asks for so long. */
const keptMs = 10 * 60_000;

/**
 * Remembers what names of files mean from one key to the next. A file that is being typed has another outline with
 * each key, but what its imports and its package bring in follows from other files and from its imports alone. What
 * stands behind a receiver, or is defined in the file, follows from its own outline too, and is kept while that is the
 * same and the cursor stays in the same definition.
 */
export class NameMemory {
  readonly #entries = new LRUCache<string, Entry>({ max: filesKept, ttl: keptMs, ttlAutopurge: true });
  readonly #imports = new WeakMap<Content, string>();

  /**
   * What is known for a file.
   * @param around the definition around the cursor, or -1
   * @param version of the published contents
   * @param overlay the files whose text is not the published one
   */
  of(
    { repo, path, content }: Place,
    around: number,
    version: number,
    overlay: readonly OverlayFile[],
  ): KnownNames {
    const key = `${repo.id}\n${path}`;
    const state = `${version}\n${othersOf(overlay, repo.id, path)}\n${this.#importsOf(content)}`;
    const known = this.#entries.get(key);
    if (known && known.state === state) {
      if (known.around !== around || known.content !== content) {
        known.local.clear();
        known.around = around;
        known.content = content;
      }
      return known;
    }
    const entry: Entry = { state, around, content, bare: new Map(), local: new Map() };
    this.#entries.set(key, entry);
    return entry;
  }

  #importsOf(content: Content): string {
    const known = this.#imports.get(content);
    if (known !== undefined) return known;
    const written = content.written.map((entry) => ({ ...entry, line: 0 }));
    const text = `${content.language} ${content.module} ${JSON.stringify(written)}`;
    this.#imports.set(content, text);
    return text;
  }
}

function othersOf(overlay: readonly OverlayFile[], repo: string, path: string): string {
  const others = overlay.filter((file) => file.repo !== repo || file.path !== path);
  return others.map((file) => `${file.repo} ${file.path} ${file.key}`).join();
}
