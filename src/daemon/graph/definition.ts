import type { ChunkKind } from '../../workers/chunk/kinds.js';
import type { Content } from './content.js';
import type { Confidence } from './contract.js';
import type { RepoGraph } from './repo-graph.js';

/** A definition in a file. */
export interface Definition {
  repo: RepoGraph;
  path: string;
  content: Content;
  /** Index in the content. */
  index: number;
}

/** What a reference leads to. */
export interface Resolution {
  confidence: Confidence;
  /** Never empty. Several where one name is defined in several parts, or where it is ambiguous. */
  targets: readonly Definition[];
}

/** A file with its content. */
export interface Place {
  repo: RepoGraph;
  path: string;
  content: Content;
}

const classes: ReadonlySet<ChunkKind> = new Set([
  'class',
  'interface',
  'struct',
  'enum',
  'trait',
  'impl',
  'type',
  'module',
]);
const noTargets: ReadonlySet<ChunkKind> = new Set([
  'section',
  'key',
  'element',
  'rule',
  'block',
  'lines',
  'test',
]);

/** Whether definitions of this kind have members. */
export function hasMembers(kind: ChunkKind): boolean {
  return classes.has(kind);
}

/** Whether code can refer to definitions of this kind. */
export function isTarget(kind: ChunkKind): boolean {
  return !noTargets.has(kind);
}

/** Tells definitions apart: two have the same if they are the same. */
export function idOf({ repo, path, index }: Pick<Definition, 'repo' | 'path' | 'index'>): string {
  return `${repo.id}\n${path}\n${index}`;
}

/** Whether two are the same. */
export function isSame(a: Definition, b: Definition): boolean {
  return a.index === b.index && a.path === b.path && a.repo === b.repo;
}

/** Whether nothing but modules and namespaces is around a definition. */
export function isTop(content: Content, index: number): boolean {
  for (let at = content.parent(index); at >= 0; at = content.parent(at)) {
    if (content.kind(at) !== 'module') return false;
  }
  return true;
}

/** Definitions without `impl` blocks, where there are others: the type itself is what a name means. */
export function preferred(found: readonly Definition[]): readonly Definition[] {
  if (found.length < 2) return found;
  const types = found.filter(({ content, index }) => content.kind(index) !== 'impl');
  return types.length > 0 ? types : found;
}
