import { LRUCache } from 'lru-cache';
import type { Place } from '../graph/definition.js';
import { folderOf } from '../graph/resolve/paths.js';

const mostFolders = 500;

/** The files of folders, remembered until their repository changes. */
export class Neighbours {
  readonly #known = new LRUCache<string, { generation: number; epoch: string; paths: readonly string[] }>({
    max: mostFolders,
  });

  /** Paths of the files in the same folder as a file, in order. */
  of({ repo: { repo }, path }: Pick<Place, 'repo' | 'path'>): readonly string[] {
    const folder = folderOf(path);
    const key = `${repo.id}\n${folder}`;
    const { generation, epoch } = repo;
    const known = this.#known.get(key);
    if (known && known.generation === generation && known.epoch === epoch) return known.paths;
    const paths = [...repo.files.keys()]
      .filter((other) => other.startsWith(folder) && folderOf(other) === folder)
      .sort();
    this.#known.set(key, { generation, epoch, paths });
    return paths;
  }
}
