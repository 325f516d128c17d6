import type { Source } from '../chunk/source.js';
import { maxSignature, type Outline, type OutlineDefinition } from '../outline/contract.js';
import { type DocStyle, docInLines } from '../outline/doc.js';
import { kindOf, parentsOf, scopeOf } from '../outline/places.js';
import { folded, headOf } from '../outline/signature.js';
import type { TaggedDefinition } from './definitions.js';

const lineComments: Partial<Record<DocStyle, RegExp>> = {
  slash: /\/\/.*/g,
  hash: /(^|\s)#.*/g,
  dash: /--.*/g,
  percent: /%.*/g,
  semicolon: /;.*/g,
  bang: /!.*/g,
};

/** The outline of a text whose definitions Universal Ctags has told: it has no references and no imports. Pure. */
export function taggedOutline(
  source: Source,
  definitions: readonly TaggedDefinition[],
  docs: DocStyle,
): Outline {
  const parents = parentsOf(definitions);
  const found: OutlineDefinition[] = [];
  for (const [index, definition] of definitions.entries()) {
    const { name, startLine, endLine, nameLine, nameIndex, docLine } = definition;
    const parent = found[parents[index] ?? -1] ?? null;
    found.push({
      kind: kindOf(definition, parent),
      name,
      scope: scopeOf(definition, parent),
      signature: signatureOf(source, definition, lineComments[docs] ?? null),
      doc: docInLines(source, docLine, startLine, docs),
      exported: null,
      parent: parents[index] ?? -1,
      startLine: startLine + 1,
      endLine: endLine + 1,
      line: nameLine + 1,
      column: nameIndex - source.start(nameLine),
    });
  }
  return { module: null, definitions: found, references: [], imports: [] };
}

/**
 * The declaration up to the end of its parameters; these from the program where they look like a body. What begins in
 * the midst of a line has its name only.
 */
function signatureOf(source: Source, definition: TaggedDefinition, lineComment: RegExp | null): string {
  const { name, nameIndex, parameters, isFirst, startIndex, startLine } = definition;
  const isBare = parameters === '' || parameters.length > maxParameters;
  if (!isFirst) return isBare || !parameters.startsWith('(') ? name : `${name}${parameters}`;
  // What other languages write before a declaration with this sign is left out of heads.
  const isMarked = source.text.charAt(startIndex) === '@';
  const whole = isMarked ? source.line(startLine).trim() : headOf(source, definition, nameIndex, -1);
  const head = folded(whole, lineComment).replace(/\s*\\$/, '');
  if (isBare || !head.endsWith(name)) return head;
  return `${head}${parameters.startsWith('(') ? '' : ' '}${parameters}`;
}

const maxParameters = maxSignature >> 1;
