import { LRUCache } from 'lru-cache';
import { termsColumn } from '../../shared/terms.js';
import type { Confidence } from '../graph/contract.js';
import { type Definition, idOf, isTarget } from '../graph/definition.js';
import type { GraphView } from '../graph/graph-view.js';
import { groupOf } from '../graph/languages.js';
import { referencesOn } from '../graph/references-on.js';
import type { SearchableRepo, SearchFamily } from '../search/contract.js';
import type { FileIn } from './regions.js';
import { identifiersOf, jaccard, type LinesScan } from './scan.js';

import type { TextWindow } from './windows.js';

/** Code elsewhere that is like the lines around the cursor. */
export interface SimilarCode {
  path: string;
  key: string;
  language: string;
  startLine: number;
  endLine: number;
  text: string;
  /** From 0 to 1. */
  likeness: number;
}

/** What is known of the code that is like a place. */
export interface Similar {
  codes: readonly SimilarCode[];
  /** What it uses, by id. */
  used(
    view: GraphView,
  ): ReadonlyMap<string, { definition: Definition; confidence: Confidence; likeness: number }>;
}

/** Where and with what code that is like a place is looked for. */
export interface SimilarAsked {
  family: SearchFamily;
  repo: SearchableRepo;
  path: string;
  language: string;
  line: number;
  /** The lines around the cursor, without its own. */
  text: string;
  identifiers: ReadonlySet<string>;
}

/** The text around a cursor. */
export interface Around {
  prefix: TextWindow;
  suffix: TextWindow;
  language: string;
  cursor: { line: number };
}

interface Known {
  line: number;
  identifiers: ReadonlySet<string>;
  generation: number;
  similar: Similar;
}

/** Characters around the cursor that are compared with other code. */
const likeChars = { before: 1_500, after: 600 };
const filesKept = 200;
/** Chunks that are looked at, those whose text is compared, and those that are given. */
const nearest = 48;
const mostRead = 16;
const mostGiven = 5;
/** Lines shown of a chunk. */
const mostLines = 16;
/** Within so many lines, and with so many of the same identifiers, the last result is still right. */
const sameLines = 3;
const sameShare = 0.75;
/** What vectors count against identifiers. */
const vectorShare = 0.5;
const usersAtMost = 3;
const usesAtMost = 60;
const tasksAtMost = 4;

const nothing: Similar = { codes: [], used: () => new Map() };

/** What to look for code with that is like a place; null where none is looked for. */
export function similarTo({ family, repo, path }: FileIn, at: Around, scan: LinesScan): SimilarAsked | null {
  if (family.vectors?.kind !== 'builtin' || scan.nearby.size === 0) return null;
  const { prefix, suffix, language, cursor } = at;
  const text = `${prefix.text.slice(-likeChars.before)}${suffix.text.slice(0, likeChars.after)}`;
  return { family, repo, path, language, line: cursor.line, text, identifiers: scan.nearby };
}

/**
 * Finds code of the same repository that is like the lines around a place, by their vectors, then by the identifiers
 * that they share (Jaccard's coefficient). A result is kept for as long as the cursor stays where it is.
 */
export class SimilarFinder {
  readonly #known = new LRUCache<string, Known>({ max: filesKept });
  readonly #running = new Map<string, Promise<void>>();

  /** What is known of a place already; null: it has to be looked for. */
  peek(asked: SimilarAsked): Similar | null {
    const known = this.#known.get(keyOf(asked));
    if (!known || known.generation !== asked.repo.generation) return null;
    if (Math.abs(known.line - asked.line) > sameLines) return null;
    return jaccard(known.identifiers, asked.identifiers) >= sameShare ? known.similar : null;
  }

  /** What was known last of a place near by. */
  last(asked: SimilarAsked): Similar {
    return this.#known.get(keyOf(asked))?.similar ?? nothing;
  }

  /** Looks for it. @throws INDEX_UNAVAILABLE */
  async find(asked: SimilarAsked): Promise<void> {
    const key = keyOf(asked);
    const running = this.#running.get(key);
    if (running) return running;
    if (this.#running.size >= tasksAtMost) return;
    const { line, identifiers } = asked;
    const { generation } = asked.repo;
    const work = search(asked)
      .then((similar) => void this.#known.set(key, { line, identifiers, generation, similar }))
      .finally(() => this.#running.delete(key));
    this.#running.set(key, work);
    return work;
  }
}

async function search(asked: SimilarAsked): Promise<Similar> {
  const { family, repo, path, text } = asked;
  const { vectors, store } = family;
  const vector = new Float32Array(vectors?.store.dimensions ?? 0);
  if (!vectors?.model?.embed(termsColumn(text), vector)) return nothing;
  const own = repo.files.get(path)?.key;
  const group = groupOf(asked.language);
  const isWanted = (key: string) => {
    if (key === own) return false;
    const [other] = repo.pathsOf(key);
    return other !== undefined && other !== path && groupOf(repo.files.get(other)?.language ?? '') === group;
  };
  const hits = (await vectors.store.scan(vector, nearest)).nearest(nearest, isWanted);
  const rows = new Map(
    (await store.fetch(hits.slice(0, mostRead))).map((row) => [`${row.key}:${row.ord}`, row]),
  );
  const codes: SimilarCode[] = [];
  for (const { key, ord, similarity } of hits.slice(0, mostRead)) {
    const row = rows.get(`${key}:${ord}`);
    const [other] = repo.pathsOf(key);
    if (!row || other === undefined) continue;
    const part = bestPart(row.text, asked.identifiers);
    const likeness = vectorShare * Math.max(0, similarity) + (1 - vectorShare) * Math.min(1, part.share * 2);
    const startLine = row.startLine + part.from;
    codes.push({
      path: other,
      key,
      language: row.language,
      startLine,
      endLine: startLine + part.lines - 1,
      text: part.text,
      likeness,
    });
  }
  const best = codes
    .sort((a, b) => b.likeness - a.likeness || (a.path < b.path ? -1 : 1))
    .slice(0, mostGiven);
  return { codes: best, used: rememberedUses(repo.id, best) };
}

/** The lines of a chunk that share most with the identifiers, and how much (Jaccard's coefficient). */
function bestPart(text: string, identifiers: ReadonlySet<string>) {
  const lines = text.split('\n');
  let best = { from: 0, share: -1 };
  const step = Math.max(1, mostLines >> 2);
  for (let from = 0; from === 0 || from + mostLines - step < lines.length; from += step) {
    const share = jaccard(identifiersOf(lines.slice(from, from + mostLines).join('\n')), identifiers);
    if (share > best.share) best = { from, share };
  }
  const shown = lines.slice(best.from, best.from + mostLines);
  return { from: best.from, lines: shown.length, text: shown.join('\n'), share: best.share };
}

/** What code uses, resolved when it is first asked for and again when the graph has changed. */
function rememberedUses(repo: string, codes: readonly SimilarCode[]): Similar['used'] {
  let version = -1;
  let uses: ReturnType<Similar['used']> = new Map();
  return (view) => {
    if (version !== view.contents.version) {
      uses = usesOf(view, repo, codes);
      version = view.contents.version;
    }
    return uses;
  };
}

function usesOf(view: GraphView, repo: string, codes: readonly SimilarCode[]): ReturnType<Similar['used']> {
  const uses = new Map<string, { definition: Definition; confidence: Confidence; likeness: number }>();
  for (const { path, key, startLine, endLine, likeness } of codes.slice(0, usersAtMost)) {
    const place = view.linker.modules.place(repo, path);
    if (place?.content.key !== key) continue;
    let left = usesAtMost;
    for (const at of referencesOn(place.content, startLine, endLine)) {
      if (left-- === 0) break;
      const found = view.linker.resolve(place, at);
      if (found?.targets.length !== 1) continue;
      const [definition] = found.targets;
      if (!definition || !isTarget(definition.content.kind(definition.index))) continue;
      const id = idOf(definition);
      if ((uses.get(id)?.likeness ?? 0) < likeness) {
        uses.set(id, { definition, confidence: found.confidence, likeness });
      }
    }
  }
  return uses;
}

function keyOf({ repo, path }: SimilarAsked): string {
  return `${repo.id}\n${path}`;
}
