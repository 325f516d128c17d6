import type { DocumentSymbol, SymbolInformation } from '../../protocol/lsp.js';
import type { OutlineDefinition } from '../../workers/outline/contract.js';

type Kind = OutlineDefinition['kind'];
type Described = Pick<
  OutlineDefinition,
  'kind' | 'name' | 'scope' | 'signature' | 'parent' | 'startLine' | 'endLine' | 'line' | 'column'
>;

const mostSymbols = 10_000;

/** LSP's SymbolKind (3.17) of each kind. */
const symbolKinds: Readonly<Record<Kind, number>> = {
  module: 2,
  class: 5,
  impl: 5,
  rule: 5,
  method: 6,
  enum: 10,
  interface: 11,
  trait: 11,
  function: 12,
  macro: 12,
  test: 12,
  variable: 13,
  constant: 14,
  section: 15,
  block: 15,
  lines: 15,
  element: 19,
  key: 20,
  struct: 23,
  type: 26,
};

/** LSP's SymbolKind of a kind. */
export function symbolKind(kind: Kind): number {
  return symbolKinds[kind];
}

/**
 * The definitions of a document as LSP has them: in each other, or in one list where the client knows no other form.
 * Pure.
 * @param capabilities those of the client, as it sent them
 */
export function documentSymbols(
  uri: string,
  definitions: readonly Described[],
  capabilities: Readonly<Record<string, unknown>>,
): (DocumentSymbol | SymbolInformation)[] {
  const shown = definitions.slice(0, mostSymbols);
  if (!isHierarchical(capabilities)) return shown.map((one) => flatSymbol(uri, one));
  const all = shown.map(documentSymbol);
  const top: DocumentSymbol[] = [];
  for (const [index, { parent }] of shown.entries()) {
    const symbol = all[index];
    if (symbol) (all[parent]?.children ?? top).push(symbol);
  }
  return top;
}

function isHierarchical(capabilities: Readonly<Record<string, unknown>>): boolean {
  const textDocument = capabilities.textDocument as Record<string, unknown> | null | undefined;
  const documentSymbol = textDocument?.documentSymbol as Record<string, unknown> | null | undefined;
  return documentSymbol?.hierarchicalDocumentSymbolSupport === true;
}

function flatSymbol(uri: string, definition: Described): SymbolInformation {
  const { name, kind, scope } = definition;
  return {
    name: name === '' ? kind : name,
    kind: symbolKind(kind),
    ...(scope === '' ? {} : { containerName: scope }),
    location: { uri, range: wholeRange(definition) },
  };
}

function documentSymbol(definition: Described): DocumentSymbol {
  const { name, kind, signature, line, column } = definition;
  const start = { line: line - 1, character: column };
  return {
    // Clients refuse a symbol without a name.
    name: name === '' ? kind : name,
    ...(signature === '' ? {} : { detail: signature }),
    kind: symbolKind(kind),
    range: wholeRange(definition),
    selectionRange: { start, end: { line: line - 1, character: column + name.length } },
    children: [],
  };
}

/** Whole lines: to the beginning of the one behind. */
function wholeRange({ startLine, endLine }: Described): DocumentSymbol['range'] {
  return { start: { line: startLine - 1, character: 0 }, end: { line: endLine, character: 0 } };
}
