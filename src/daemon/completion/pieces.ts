import type { GraphView } from '../graph/graph-view.js';
import type { SearchableRepo } from '../search/contract.js';
import type { Catalogue } from './catalogue.js';
import type { Piece } from './fit.js';
import { similarScore } from './rank.js';
import type { SimilarCode } from './similar.js';
import type { SymbolCandidate } from './symbols.js';

/** A definition of more lines is shown by its declaration. */
const shortLines = 12;
/** Of these kinds the lines inside are the declaration. */
const shortTypeLines = 24;
const types: ReadonlySet<string> = new Set(['class', 'interface', 'struct', 'enum', 'trait', 'type']);
/** A definition with a lower score is shown by its declaration. */
const leastForBody = 0.55;
const longestDoc = 160;

/** The lines of a definition, where it deserves to be shown with its body; null: its declaration will do. */
export function bodySpan({ definition, kind, score }: SymbolCandidate): readonly [number, number] | null {
  const { content, index } = definition;
  const [start, end] = [content.startLine(index), content.endLine(index)];
  const most = types.has(content.kind(index)) ? shortTypeLines : shortLines;
  const isShort = end > start && end - start < most;
  return kind === 'definition' && score >= leastForBody && isShort ? [start, end] : null;
}

/**
 * A definition as it may be shown: with its lines, if they are at hand, and by its declaration.
 * @param body text of the lines of `bodySpan`, or empty
 */
export function pieceOfSymbol(
  candidate: SymbolCandidate,
  body: string,
  catalogue: Catalogue,
  view: GraphView,
): Piece {
  const { definition, name, kind, reason, evidence, score } = candidate;
  const { repo, path, content, index } = definition;
  const { signature, doc } = catalogue.texts(content, index);
  const line = content.line(index);
  const start = content.startLine(index);
  const bare = signature === '' ? name : signature;
  const brief = kind === 'definition' && doc !== '' ? `${comment(doc, content.language)}\n${bare}` : bare;
  const whole = bodySpan(candidate);
  const parent = content.parent(index);
  const group = kind === 'members' ? `${repo.id}\n${path}\n${parent}` : `${repo.id}\n${path}`;
  const scope = view.contents.names.text(content.scope(index));
  return {
    kind,
    repo: repo.id,
    root: repo.repo.root,
    path,
    language: content.language,
    forms: [
      ...(whole && body !== '' ? [{ text: body, span: whole }] : []),
      {
        text:
          scope === '' || kind !== 'definition'
            ? brief
            : `${comment(`in ${scope}`, content.language)}\n${brief}`,
        span: [start, Math.max(start, line)] as const,
      },
    ],
    symbol: { name, line },
    reason,
    confidence: evidence.confidence,
    score,
    group: kind === 'definition' ? null : `${kind}\n${group}`,
  };
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
