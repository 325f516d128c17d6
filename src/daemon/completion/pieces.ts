import type { GraphFamily } from '../graph/contract.js';
import type { Definition } from '../graph/definition.js';
import type { GraphView } from '../graph/graph-view.js';
import type { SearchableRepo } from '../search/contract.js';
import type { SymbolCandidate } from './candidates.js';
import type { Catalogue } from './catalogue.js';
import type { Piece } from './fit.js';
import { similarScore } from './rank.js';
import type { SimilarCode } from './similar.js';
import type { LinesOf, Texts } from './texts.js';

/** A definition of more lines is shown by its declaration. */
const shortLines = 12;
/** Of these kinds the lines inside are the declaration. */
const shortTypeLines = 24;
const types: ReadonlySet<string> = new Set(['class', 'interface', 'struct', 'enum', 'trait', 'type']);
/** A definition with a lower score is shown by its declaration. */
const leastForBody = 0.55;
const longestDoc = 160;

/** A definition as it may be shown, and where its body is if it deserves to be shown with it; else null. */
export interface SymbolPiece extends Piece {
  body: LinesOf | null;
}

/** Makes pieces of definitions: of each candidate once, and its text when that is asked for. */
export class SymbolPieces {
  readonly #known = new WeakMap<SymbolCandidate, SymbolPiece>();
  readonly #catalogue: Catalogue;
  readonly #texts: Texts;

  constructor(catalogue: Catalogue, texts: Texts) {
    this.#catalogue = catalogue;
    this.#texts = texts;
  }

  of(candidate: SymbolCandidate, families: readonly GraphFamily[], view: GraphView): SymbolPiece {
    const known = this.#known.get(candidate);
    if (known) return known;
    const piece = this.#made(candidate, bodyOf(candidate, families), view);
    this.#known.set(candidate, piece);
    return piece;
  }

  #made(candidate: SymbolCandidate, body: LinesOf | null, view: GraphView): SymbolPiece {
    const { definition, name, kind, reason, evidence, score } = candidate;
    const { repo, path, content, index } = definition;
    const [catalogue, texts] = [this.#catalogue, this.#texts];
    const line = content.line(index);
    const group =
      kind === 'members' ? `${repo.id}\n${path}\n${content.parent(index)}` : `${repo.id}\n${path}`;
    let declaration: Piece['forms'][number] | undefined;
    return {
      kind,
      repo: repo.id,
      root: repo.repo.root,
      path,
      language: content.language,
      body,
      get forms() {
        if (!declaration) {
          const key = `${content.key}:${index}:${kind === 'definition'}`;
          const start = content.startLine(index);
          const shown = catalogue.declaration(key, () => declared(candidate, view));
          declaration = { ...shown, span: [start, Math.max(start, line)] };
        }
        const text = body ? (texts.peek(body) ?? '') : '';
        return body && text !== ''
          ? [{ text, span: [body.startLine, body.endLine] as const }, declaration]
          : [declaration];
      },
      symbol: { name, line },
      reason,
      confidence: evidence.confidence,
      score,
      group: kind === 'definition' ? null : `${kind}\n${group}`,
    };
  }
}

/** Where the body of a definition is, if it deserves to be shown with it and is short; else null. */
function bodyOf(
  { kind, score, definition }: SymbolCandidate,
  families: readonly GraphFamily[],
): LinesOf | null {
  const span = kind === 'definition' && score >= leastForBody ? shortSpan(definition) : null;
  if (!span) return null;
  const { repo, content } = definition;
  const store = families.find(({ repos }) => repos.some(({ id }) => id === repo.id))?.store;
  return store ? { store, key: content.key, startLine: span[0], endLine: span[1] } : null;
}

/** The lines of a definition that is short enough to be shown with its body; else null. */
function shortSpan({ content, index }: Definition): readonly [number, number] | null {
  const [start, end] = [content.startLine(index), content.endLine(index)];
  const most = types.has(content.kind(index)) ? shortTypeLines : shortLines;
  return end > start && end - start < most ? [start, end] : null;
}

/** A definition by its declaration; one that is used near the cursor with what it is for, and what it is in. */
function declared({ definition, name, kind }: SymbolCandidate, view: GraphView): string {
  const { content, index } = definition;
  const { signature, doc } = content.texts(index);
  const bare = signature === '' ? name : signature;
  if (kind !== 'definition') return bare;
  const scope = view.contents.names.text(content.scope(index));
  const said = [scope === '' ? '' : `in ${scope}`, doc].filter((text) => text !== '');
  return [...said.map((text) => comment(text, content.language)), bare].join('\n');
}

/** Code that is like the lines around the cursor. */
export function pieceOfSimilar(repo: SearchableRepo, code: SimilarCode): Piece {
  return {
    kind: 'similar',
    repo: repo.id,
    root: repo.root,
    path: code.path,
    language: code.language,
    forms: [{ text: code.text, span: [code.startLine, code.endLine] }],
    symbol: null,
    reason: `like the lines around the cursor (${code.likeness.toFixed(2)})`,
    confidence: null,
    score: similarScore(code.likeness),
    group: null,
  };
}

const hashComments: ReadonlySet<string> = new Set(
  'python ruby bash fish perl r yaml elixir nix gdscript makefile cmake powershell tcl julia nim'.split(' '),
);
const dashComments: ReadonlySet<string> = new Set(['lua', 'haskell', 'elm', 'sql', 'ada']);

/** The first sentence of a text as a comment. */
function comment(text: string, language: string): string {
  const sentence = /^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
  const mark = hashComments.has(language) ? '#' : dashComments.has(language) ? '--' : '//';
  return `${mark} ${sentence.slice(0, longestDoc)}`;
}
