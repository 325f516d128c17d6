import { byParent, type ExportRule, isInside, type Visible } from './exported.js';

/** Modifiers stand before the first bracket or sign of a declaration. */
const hasModifier = ({ head }: Visible, modifier: RegExp) => modifier.test(/^[^({=:]*/.exec(head)?.[0] ?? '');

/** What is public unless it says otherwise. */
function unless(modifier: RegExp): ExportRule {
  return (about) => !isInside(about) && byParent(about) && !hasModifier(about, modifier);
}

export const kotlinExport = unless(/\b(?:private|internal)\b/);
export const scalaExport = unless(/\b(?:private|protected)\b/);
export const swiftExport = unless(/\b(?:private|fileprivate)\b/);

export const csharpExport: ExportRule = (about) => {
  const { definition, parent } = about;
  if (definition.kind === 'module') return null;
  if (isInside(about) || !byParent(about)) return false;
  if (parent?.kind === 'interface' || parent?.kind === 'enum') return true;
  return hasModifier(about, /\b(?:public|protected)\b/);
};

/** Members by their visibility; what stands at the top has none. */
export const phpExport: ExportRule = (about) => {
  if (about.parent === null || about.parent.kind === 'module') return null;
  return !isInside(about) && byParent(about) && !hasModifier(about, /\bprivate\b/);
};

/** Methods after a bare `private`, or in a line that begins with it, are not. */
export const rubyExport: ExportRule = (about) => {
  const { definition, parent, accesses, source } = about;
  if (definition.kind === 'test' || isInside(about)) return false;
  if (definition.kind !== 'method' || /^def\s+self\./.test(about.head)) return byParent(about);
  const line = source.text.slice(source.start(definition.startLine), definition.startIndex);
  if (/\b(?:private|protected)\b/.test(line)) return false;
  const from = parent === null ? 0 : source.start(parent.startLine - 1);
  let access = 'public';
  for (const { index, text } of accesses) {
    if (index > definition.startIndex) break;
    if (index > from) access = text;
  }
  return access === 'public' && byParent(about);
};

export const elixirExport: ExportRule = (about) =>
  !isInside(about) && about.definition.kind !== 'test' && !/^def(?:p|macrop|guardp|np)\b/.test(about.head);

/** What the header lists; all where it lists nothing. Constructors go with their type. */
export const headerExport: ExportRule = (about) => {
  const { definition, parent, listed } = about;
  if (definition.kind === 'impl') return null;
  if (isInside(about)) return false;
  if (parent !== null) return parent.exported;
  return listed === null || listed.has('..') || listed.has(definition.name);
};

export const luaExport: ExportRule = (about) => {
  const { source, definition, head } = about;
  const line = source.text.slice(source.start(definition.startLine), definition.startIndex);
  return !isInside(about) && !/\blocal\b/.test(line) && !/^local\b/.test(head);
};

/** `pub` in front; constructors go with their type. */
export const pubExport: ExportRule = (about) => {
  const { definition, parent, head } = about;
  if (isInside(about) || definition.kind === 'test') return false;
  if (definition.kind === 'constant' && parent !== null && parent.kind === 'type') return parent.exported;
  return byParent(about) && /^(?:pub|export)\b/.test(head);
};

export const dartExport: ExportRule = (about) =>
  !isInside(about) && byParent(about) && !about.definition.name.startsWith('_');

export const clojureExport: ExportRule = (about) =>
  !/^\(\s*defn-|^\(\s*\w+\s+\^(?::private|\{:private true)/.test(about.head);
