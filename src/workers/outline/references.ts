import type { Node } from 'web-tree-sitter';
import type { Definition } from '../chunk/definition.js';
import type { Source } from '../chunk/source.js';
import { maxReceiver, type OutlineReference, type ReferenceKind } from './contract.js';
import type { Dialect } from './dialect.js';
import { type Mark, type Marks, Role } from './marks.js';
import { Enclosing } from './places.js';
import { isNamePart, receiverAt, type Spelling } from './receiver.js';
import { Scopes } from './scopes.js';

/** A part of the text whose names are no references, but for those that it imports. */
export interface Skipped {
  from: number;
  to: number;
  imported: readonly string[];
}

/**
 * The references among the marked names. Left out: names that are local where they stand, and uses of members of local
 * values and of expressions, which are mostly fields.
 *
 * @param skipped sorted by start, apart from each other
 */
export function referencesOf(
  source: Source,
  marks: Marks,
  definitions: readonly Definition[],
  { skipped, dialect }: { skipped: readonly Skipped[]; dialect: Dialect },
): OutlineReference[] {
  const { names } = marks;
  const owners = ownersOf(names, definitions);
  const text = new NameText(source, dialect.spelling);
  const scopes = new Scopes(marks, definitions, (node) => text.of(node), source.text);
  const own = new Set(definitions.map(({ name }) => name));
  const context: Context = { text, scopes, dialect, own };
  const references: OutlineReference[] = [];
  let at = 0;
  let nameEnd = 0;
  for (let index = 0; index < names.length; index++) {
    const mark = names[index] as Mark;
    const start = mark.node.startIndex;
    if (mark.role === Role.name) nameEnd = mark.node.endIndex;
    while (at < skipped.length && (skipped[at] as Skipped).to <= start) at++;
    if (mark.role >= Role.other || start < nameEnd) continue;
    const range = skipped[at];
    const owner = owners[index] as number;
    const reference =
      range !== undefined && range.from <= start
        ? importAt(context, mark, range, owner)
        : referenceAt(context, mark, owner, index);
    if (reference !== null) references.push(reference);
  }
  return references;
}

interface Context {
  text: NameText;
  scopes: Scopes;
  dialect: Dialect;
  /** Names of the file's definitions. */
  own: ReadonlySet<string>;
}

/**
 * Reads names from the text, for languages whose names are simple: asking the parser where each ends would take longer
 * than all the rest.
 */
class NameText {
  readonly text: string;
  readonly #spelling: Spelling;

  constructor(source: Source, spelling: Spelling) {
    this.text = source.text;
    this.#spelling = spelling;
  }

  of(node: Node): string {
    const { nameSigns, sigils, exact } = this.#spelling;
    const start = node.startIndex;
    if (exact) return this.text.slice(start, node.endIndex);
    let end = start;
    while (sigils !== '' && end < this.text.length && sigils.includes(this.text.charAt(end))) end++;
    const first = end;
    while (isNamePart(this.text.charCodeAt(end), nameSigns)) end++;
    return this.text.slice(start, end === first ? node.endIndex : end);
  }
}

function ownersOf(names: readonly Mark[], definitions: readonly Definition[]): Int32Array {
  const enclosing = new Enclosing(definitions);
  const owners = new Int32Array(names.length);
  for (let index = 0; index < names.length; index++)
    owners[index] = enclosing.at((names[index] as Mark).node.startIndex);
  return owners;
}

/** A name of an import statement, unless it is an alias or a part of the module's path. */
function importAt(
  { text }: Context,
  { node }: Mark,
  { imported }: Skipped,
  owner: number,
): OutlineReference | null {
  const name = text.of(node);
  if (!imported.includes(name)) return null;
  return referenceOf('import', name, node, { definition: owner });
}

function referenceAt(
  { text, scopes, dialect, own }: Context,
  mark: Mark,
  owner: number,
  index: number,
): OutlineReference | null {
  const { node } = mark;
  if (mark.role === Role.path) return pathAt(text, node, owner);
  const name = text.of(node);
  const start = node.startIndex;
  const kind = kindOf(text.text, mark, start + name.length);
  if (kind === null || !hasLetter.test(name)) return null;
  const { path, first } = receiverAt(text.text, start, dialect.spelling);
  if (path === null) {
    if (dialect.ignored.has(name) || scopes.typeOf(name, index) !== null) return null;
    return referenceOf(kind, name, node, { definition: owner });
  }
  if (path === '')
    return kind === 'use' ? null : referenceOf(kind, name, node, { definition: owner, receiver: path });
  if (dialect.selves.has(first)) {
    if (kind === 'use' && (path !== first || !own.has(name))) return null;
    return referenceOf(kind, name, node, { definition: owner, receiver: path });
  }
  const type = scopes.typeOf(first, index) ?? (dialect.locals?.test(first) ? '' : null);
  if (type !== null && kind === 'use') return null;
  return referenceOf(kind, name, node, {
    definition: owner,
    receiver: path,
    localReceiver: type !== null,
    receiverType: type ? typeOfPath(type, path, first) : null,
  });
}

const signs = /[?!]?\.|->|::/;

/** The type of a path that begins with a local name of a type; null if it is not known. */
function typeOfPath(type: string, path: string, first: string): string | null {
  const rest = path.slice(first.length);
  if (rest === '' || rest === '?' || rest === '!') return type;
  const steps = rest.split(signs).slice(1);
  const whole = [type, ...steps].join('>');
  return steps.every((step) => plainName.test(step)) && whole.length <= maxReceiver ? whole : null;
}

const plainName = /^[\w$#]+$/;
const hasLetter = /[A-Za-z_$\u0080-\uffff]/;

/** `A.B.C` refers to `C`, with the receiver `A.B`. */
function pathAt({ text }: NameText, node: Node, definition: number): OutlineReference {
  const written = text.slice(node.startIndex, node.endIndex);
  const at = written.lastIndexOf('.');
  const receiver = at < 0 ? null : written.slice(0, at);
  const reference = referenceOf('use', written.slice(at + 1), node, { definition, receiver });
  return { ...reference, column: reference.column + at + 1 };
}

function referenceOf(
  kind: ReferenceKind,
  name: string,
  node: Node,
  more: { definition: number } & Partial<OutlineReference>,
): OutlineReference {
  const { row, column } = node.startPosition;
  return {
    kind,
    name,
    receiver: more.receiver ?? null,
    localReceiver: more.localReceiver ?? false,
    receiverType: more.receiverType ?? null,
    line: row + 1,
    column,
    definition: more.definition,
  };
}

const kinds: ReferenceKind[] = ['use', 'use', 'use', 'type', 'call', 'inherit'];

/** Of a token, what follows tells: `f(` and `m![` are calls, `key:` and `key =>` are no references. */
function kindOf(text: string, { role }: Mark, end: number): ReferenceKind | null {
  if (role !== Role.token) return kinds[role] ?? 'use';
  const after = text.slice(end, end + 2);
  if (/^(?:\(|![([{])/.test(after)) return 'call';
  return /^(?::(?!:)| *=>)/.test(text.slice(end, end + 12)) ? null : 'use';
}
