import type { Outline, OutlineImport, OutlineReference } from '../../src/workers/outline/contract.js';
import { outlineText } from '../../src/workers/outline/outline-text.js';
import { ampleMs } from './chunks.js';

/** The outline of a text; fails where there is a grammar but no syntax tree. */
export async function outlined(languageId: string, text: string): Promise<Outline> {
  const { outline, fallback } = await outlineText(languageId, text, ampleMs);
  if (fallback !== null) throw new Error(fallback);
  return outline;
}

/** An outline as lines: module, definitions, imports, references. */
export function describedOutline(outline: Outline): string[] {
  const { module, definitions, imports, references } = outline;
  return [
    ...(module === null ? [] : [`module ${module}`]),
    ...definitions.map((definition) => {
      const { startLine, endLine, line, column, kind, scope, name, exported, signature, doc } = definition;
      const seen = exported === null ? '' : exported ? ' exported' : ' inner';
      const called = [scope, name].filter((part) => part !== '').join(' › ');
      return `${startLine}-${endLine} ${line}:${column} ${kind} ${called}${seen} | ${signature} | ${doc}`;
    }),
    ...imports.map((entry) => `${entry.line} ${describedImport(entry)}`),
    ...references.map((reference) => {
      const { line, column, definition } = reference;
      const inside = outline.definitions[definition]?.name ?? '';
      return `${line}:${column} ${describedReference(reference)} < ${inside}`;
    }),
  ];
}

/** `static ./a.js default=a {b, c as d} namespace=e *` */
function describedImport(entry: Omit<OutlineImport, 'line'>): string {
  const { form, specifier, names, wildcard } = entry;
  const listed = names.map(({ name, alias }) => (name === alias ? name : `${name} as ${alias}`)).join(', ');
  return [
    form,
    specifier,
    ...(entry.default === null ? [] : [`default=${entry.default}`]),
    ...(listed === '' ? [] : [`{${listed}}`]),
    ...(entry.namespace === null ? [] : [`namespace=${entry.namespace}`]),
    ...(wildcard ? ['*'] : []),
  ].join(' ');
}

/** `call receiver / name (local: Type)`; an expression as the receiver is "…". */
function describedReference({ kind, name, receiver, localReceiver, receiverType }: OutlineReference): string {
  const before = receiver === null ? '' : `${receiver === '' ? '…' : receiver} / `;
  const local = localReceiver ? ` (local${receiverType === null ? '' : `: ${receiverType}`})` : '';
  return `${kind} ${before}${name}${local}`;
}

/** The references of a text in order, described, without their places. */
export async function references(language: string, text: string): Promise<string[]> {
  return (await outlined(language, text)).references.map(describedReference);
}

/** The imports of a text in order, described. */
export async function imports(language: string, text: string): Promise<string[]> {
  return (await outlined(language, text)).imports.map(describedImport);
}

/** The definitions of a text: "scope › name exported". */
export async function exportedNames(language: string, text: string): Promise<Record<string, boolean | null>> {
  const { definitions } = await outlined(language, text);
  return Object.fromEntries(
    definitions.map(({ scope, name, exported }) => [
      [scope, name].filter((part) => part !== '').join('.'),
      exported,
    ]),
  );
}
