import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { systemCode } from '../../shared/errors.js';
import type { StaticModel } from '../../shared/model/contract.js';
import type { DeriveTextResult } from '../../workers/messages.js';
import { isSkippedFolder, skipByName } from '../../workers/scan/default-skips.js';
import { isSecretPath } from '../../workers/scan/secrets.js';
import type { OpenBuffer } from '../overlay/contract.js';
import type { LaidOverFile, LooseContent, SearchableRepo, SearchFamily } from '../search/contract.js';

/** Cuts a text into chunks, elsewhere. Rejects if that cannot be done. */
export type DeriveText = (wanted: { language: string; text: string }) => Promise<DeriveTextResult>;

/** Of the documents that a client has changed, those that it changed last take part. */
const mostBuffers = 24;
/** Longer texts are seen as they are saved. */
const mostChars = 2_000_000;
const deadlineMs = 200;
/** Characters of texts whose chunks are remembered: their rows and vectors take some times as many bytes. */
const rememberedChars = 8_000_000;

/** What a client has changed and not saved. */
export interface Unsaved {
  files: LaidOverFile[];
  /** Sentences on documents whose latest text takes no part. */
  notes: string[];
}

/** A document of a client that lies in a repository. */
interface Changed {
  buffer: OpenBuffer;
  repo: SearchableRepo;
  path: string;
}

/** Chunks of texts that clients have not saved, made when they are first wanted and remembered by text. */
export class UnsavedContents {
  readonly #derive: DeriveText;
  /** By path and language: of texts of one file the last. */
  readonly #known = new LRUCache<string, { text: string; content: Promise<LooseContent | null> }>({
    maxSize: rememberedChars,
    sizeCalculation: ({ text }) => text.length + 1,
  });

  constructor(derive: DeriveText) {
    this.#derive = derive;
  }

  /**
   * The changed documents of a client in the repositories of some families. A text whose chunks are not made in time is
   * left out; the next request finds them. So is what the index would not take either.
   * @param buffers the one last changed first
   * @param registered all families, in whose repositories the files may lie
   */
  async of(buffers: readonly OpenBuffer[], registered: readonly SearchFamily[]): Promise<Unsaved> {
    const repos = registered.flatMap((family) => family.repos);
    const changed: Changed[] = [];
    for (const buffer of buffers) {
      if (!buffer.unsaved || changed.length >= mostBuffers) continue;
      const place = placeOf(buffer.path, repos);
      if (place && (await isIndexable(place))) changed.push({ buffer, ...place });
    }
    if (changed.length === 0) return { files: [], notes: [] };
    return this.#inTime(changed);
  }

  async #inTime(changed: readonly Changed[]): Promise<Unsaved> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, deadlineMs, null);
    });
    const contents = await Promise.all(
      changed.map(({ buffer }) => Promise.race([this.#contentOf(buffer), late])),
    );
    clearTimeout(timer);
    const files: LaidOverFile[] = [];
    const notes: string[] = [];
    for (const [at, { buffer, repo, path }] of changed.entries()) {
      const content = contents[at];
      if (content) files.push({ repo: repo.id, path, content });
      else
        notes.push(`${buffer.path} was searched as it is saved: its text in the editor is not analysed yet.`);
    }
    return { files, notes };
  }

  #contentOf({ path, language, text }: OpenBuffer): Promise<LooseContent | null> {
    const id = `${language}\n${path}`;
    const known = this.#known.get(id);
    if (known?.text === text) return known.content;
    if (text.length > mostChars) return Promise.resolve(null);
    // Without an answer of a worker it is tried again with the next text.
    const content = this.#derive({ language, text }).then(
      (derived) => new DerivedContent(language, derived),
      () => null,
    );
    this.#known.set(id, { text, content });
    return content;
  }
}

class DerivedContent implements LooseContent {
  readonly key: string;
  readonly language: string;
  readonly rows: DeriveTextResult['rows'];
  readonly terms: Uint8Array;
  #vectors: { model: string; rows: readonly Float32Array[] } | null = null;

  constructor(language: string, { key, rows, terms }: DeriveTextResult) {
    this.language = language;
    this.key = key;
    this.rows = rows;
    this.terms = terms;
  }

  vectors(model: StaticModel): readonly Float32Array[] {
    if (this.#vectors?.model !== model.id) {
      const rows = this.rows.map(({ terms }) => {
        const vector = new Float32Array(model.dimensions);
        model.embed(terms, vector);
        return vector;
      });
      this.#vectors = { model: model.id, rows };
    }
    return this.#vectors.rows;
  }
}

/** The innermost of the repositories that a path lies in, and where in it; null if it is in none. */
function placeOf(
  path: string,
  repos: readonly SearchableRepo[],
): { repo: SearchableRepo; path: string } | null {
  let found: SearchableRepo | null = null;
  for (const repo of repos) {
    const isInside = path.startsWith(repo.root.endsWith('/') ? repo.root : `${repo.root}/`);
    if (isInside && repo.root.length > (found?.root.length ?? 0)) found = repo;
  }
  return found && { repo: found, path: path.slice(found.root.length).replace(/^\//, '') };
}

/** Whether the index has a file, or may have it once it is saved. What is on the disk and not indexed never is. */
async function isIndexable({ repo, path }: { repo: SearchableRepo; path: string }): Promise<boolean> {
  const published = repo.files.get(path);
  if (published) return published.key !== '';
  const parts = path.split('/');
  const name = parts.pop()?.toLowerCase() ?? '';
  if (isSecretPath(path) || skipByName(name) !== null || parts.some(isSkippedFolder)) return false;
  try {
    await lstat(join(repo.root, path));
    return false;
  } catch (error) {
    return systemCode(error) === 'ENOENT';
  }
}
