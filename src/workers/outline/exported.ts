import type { Definition } from '../chunk/definition.js';
import { kindRules } from '../chunk/kinds.js';
import type { Source } from '../chunk/source.js';
import type { OutlineDefinition } from './contract.js';

/** What the rules of languages decide from. */
export interface Visible {
  source: Source;
  definition: Definition;
  /** The declaration's text before its body, without annotations. */
  head: string;
  parent: OutlineDefinition | null;
  /** Names that the file's export statements list; null if it has no such statement. */
  listed: ReadonlySet<string> | null;
  /** Index and text of the access specifiers around it, sorted. */
  accesses: readonly { index: number; text: string }[];
}

/** Whether a definition can be used from outside of its file, by the language's own rule; null without a notion. */
export type ExportRule = (about: Visible) => boolean | null;

/** Nothing inside a function can be seen from outside. */
export const isInside = ({ parent }: Visible) => parent !== null && kindRules[parent.kind].hasHead;
const isMember = ({ parent }: Visible) => parent !== null && parent.kind !== 'module';
export const byParent = ({ parent }: Visible) => parent === null || parent.exported !== false;

export const ecmascriptExport: ExportRule = (about) => {
  const { definition, head, parent, listed, source } = about;
  if (isInside(about) || definition.kind === 'test') return false;
  if (isMember(about)) {
    if (parent?.kind === 'test') return false;
    return byParent(about) && !definition.name.startsWith('#') && !/^(?:\w+\s+)*private\b/.test(head);
  }
  const line = source.text.slice(source.start(definition.startLine), definition.startIndex);
  if (/^export\b/.test(head) || /\bexport\b/.test(line)) return byParent(about);
  if (/^(?:module\.)?exports\b/.test(head)) return true;
  return listed?.has(definition.name) ?? false;
};

export const pythonExport: ExportRule = (about) => {
  const { name } = about.definition;
  if (isInside(about) || !byParent(about)) return false;
  if (about.parent === null && about.listed !== null) return about.listed.has(name);
  return !name.startsWith('_') || (about.parent !== null && /^__\w+__$/.test(name));
};

export const goExport: ExportRule = (about) => !isInside(about) && /^\p{Lu}/u.test(about.definition.name);

export const rustExport: ExportRule = (about) => {
  const { definition, head, parent, source } = about;
  if (definition.kind === 'impl') return null;
  if (isInside(about)) return false;
  if (definition.kind === 'macro')
    return source.lines(definition.docLine, definition.startLine).includes('macro_export');
  const isPublic = /^pub\b(?!\s*\(\s*self\s*\))/.test(head);
  if (parent === null || parent.kind === 'module') return isPublic;
  if (parent.kind === 'impl') return isPublic || /\bfor\b/.test(parent.signature);
  return parent.exported;
};

/** `public` and `protected`; what is in an interface without a modifier is public. */
export const javaExport: ExportRule = (about) => {
  const { definition, head, parent } = about;
  if (isInside(about) || !byParent(about)) return false;
  if (parent?.kind === 'interface' || (parent?.kind === 'enum' && definition.kind === 'constant'))
    return !/\bprivate\b/.test(head);
  return /^(?:[\w@]+\s+)*(?:public|protected)\b/.test(head);
};

/** Linkage: what is not `static`. Types and macros have none. */
export const cExport: ExportRule = (about) => {
  const { kind } = about.definition;
  if (kind !== 'function' && kind !== 'variable') return null;
  return !isInside(about) && !/^(?:\w+\s+)*static\b/.test(about.head);
};

/** Access specifiers for members of classes, linkage for the others. */
export const cppExport: ExportRule = (about) => {
  const { definition, parent, accesses, source } = about;
  if (isInside(about)) return false;
  if (parent === null || parent.kind === 'module') {
    if (definition.scope !== '' || definition.kind === 'method') return null;
    return cExport(about);
  }
  let access = parent.kind === 'class' ? 'private' : 'public';
  const from = source.start(parent.line - 1);
  for (const { index, text } of accesses) {
    if (index > definition.startIndex) break;
    // Specifiers of the base classes stand before the class's body, in its head.
    if (index > from && /^\s*:(?!:)/.test(source.text.slice(index + text.length, index + text.length + 8)))
      access = text;
  }
  return access !== 'private' && byParent(about);
};
