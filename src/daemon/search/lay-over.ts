import type { StaticModel } from '../../shared/model/contract.js';
import type { LaidOverFile, LooseContent, SearchableRepo, SearchFamily, VectorSource } from './contract.js';
import { LaidOverStore } from './laid-over-store.js';
import { laidOverScores } from './laid-over-vectors.js';
import { MapOver } from './map-over.js';

/**
 * Families as they would be if some files had other contents: searches find those, scored as all others are, and no
 * longer what is published under the same paths. Vectors of a model server are not made for them. Families without such
 * files are returned as they are. Pure.
 */
export function layOver(families: readonly SearchFamily[], files: readonly LaidOverFile[]): SearchFamily[] {
  return families.map((family) => {
    const own = files.filter(({ repo }) => family.repos.some(({ id }) => id === repo));
    if (own.length === 0) return family;
    const repos = family.repos.map((repo) => {
      const here = own.filter((file) => file.repo === repo.id);
      return here.length === 0 ? repo : viewOf(repo, here);
    });
    const loose = new Map<string, LooseContent>();
    for (const { content } of own) if (!family.store.keys.has(content.key)) loose.set(content.key, content);
    const vectors = family.vectors && vectorsOver(family.vectors, loose);
    return { id: family.id, repos, vectors, store: new LaidOverStore(family.store, loose) };
  });
}

function viewOf(repo: SearchableRepo, laid: readonly LaidOverFile[]): SearchableRepo {
  const files = new Map(laid.map(({ path, content: { key, language } }) => [path, { key, language }]));
  return {
    id: repo.id,
    name: repo.name,
    root: repo.root,
    family: repo.family,
    published: repo,
    files: new MapOver(repo.files, files),
    pathsOf: (key) => [
      ...repo.pathsOf(key).filter((path) => !files.has(path)),
      ...[...files].flatMap(([path, file]) => (file.key === key ? [path] : [])),
    ],
    freshness: (fresh) => repo.freshness(fresh),
    get generation() {
      return repo.generation;
    },
    get epoch() {
      return repo.epoch;
    },
  };
}

function vectorsOver(source: VectorSource, loose: ReadonlyMap<string, LooseContent>): VectorSource {
  const { store, model, complete, kind } = source;
  if (!model || loose.size === 0) return source;
  return {
    complete,
    kind,
    model,
    embedQuery: (text, signal) => source.embedQuery(text, signal),
    store: {
      id: store.id,
      dimensions: store.dimensions,
      count: store.count,
      vectorOf: (id) => store.vectorOf(id),
      scan: async (query, likely) =>
        laidOverScores(await store.scan(query, likely), query, vectorsOf(loose, model)),
    },
  };
}

function vectorsOf(
  loose: ReadonlyMap<string, LooseContent>,
  model: StaticModel,
): Map<string, readonly Float32Array[]> {
  return new Map([...loose].map(([key, content]) => [key, content.vectors(model)]));
}
