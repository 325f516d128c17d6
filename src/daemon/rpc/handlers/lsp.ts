import { join } from 'node:path';
import type { Location, SymbolInformation } from '../../../protocol/lsp.js';
import type { Definition, Place } from '../../graph/definition.js';
import { atPlace } from '../../graph/find.js';
import type { Graph } from '../../graph/graph.js';
import type { GraphView } from '../../graph/graph-view.js';
import { lastPart } from '../../graph/members.js';
import { firstOf, type Reference, referencesTo } from '../../graph/references.js';
import { searchSymbols } from '../../graph/symbol-search.js';
import { documentSymbols, symbolKind } from '../../overlay/document-symbols.js';
import { clientUris, documentPath } from '../../overlay/uris.js';
import type { RequestContext } from '../contract.js';
import type { DaemonHandlers } from '../options.js';
import { clientView, filePlace, settleMs } from '../overlay-files.js';
import type { SearchScope } from '../search-scope.js';

type Methods =
  | 'workspace/symbol'
  | 'textDocument/definition'
  | 'textDocument/references'
  | 'textDocument/documentSymbol';

const mostSymbols = 200;
const mostDefinitions = 100;
/** LSP's MessageType. */
const information = 3;

interface Opened {
  view: GraphView;
  uriOf(path: string): string;
  /** What the graph knows of a document; null if that is nothing, or not of its text as it is. */
  place(uri: string): Place | null;
}

/** Handlers of LSP's own methods. Clients see their documents as they hold them, saved or not. */
export function lspHandlers(scope: SearchScope, graph: Graph): Pick<DaemonHandlers, Methods> {
  const open = async (context: RequestContext): Promise<Opened> => {
    const { overlay, signal } = context;
    const { families } = await scope.open({}, signal, { vectors: false });
    const { view, behind } = await clientView({ scope, graph }, families, context);
    return {
      view,
      uriOf: clientUris(overlay),
      place: (uri) => {
        const path = overlay.get(uri)?.path ?? documentPath(uri);
        // Places in a text lead astray in the outline of another.
        if (behind.includes(path)) return null;
        const file = filePlace(scope, path);
        const repo = file && view.repos.get(file.repo.id);
        const content = repo?.content(file?.path ?? '');
        return file && repo && content ? { repo, path: file.path, content } : null;
      },
    };
  };
  const at = ({ view, place }: Opened, uri: string, position: { line: number; character: number }) => {
    const where = place(uri);
    return where && atPlace(view, where, position.line + 1, position.character);
  };
  return {
    'workspace/symbol': async ({ query }, context) => {
      if (query.trim() === '') return [];
      const opened = await open(context);
      const { view } = opened;
      const found = searchSymbols(view, [...view.repos.values()], { name: query.trim(), match: 'fuzzy' });
      return found.slice(0, mostSymbols).map((one) => symbolInformation(opened, one));
    },
    'textDocument/definition': async ({ textDocument, position }, context) => {
      const opened = await open(context);
      const found = at(opened, textDocument.uri, position);
      if (!found) return null;
      return found.targets.slice(0, mostDefinitions).map((one) => definitionAt(opened, one));
    },
    'textDocument/references': async ({ textDocument, position, context: asked }, context) => {
      const opened = await open(context);
      const { view } = opened;
      const found = at(opened, textDocument.uri, position);
      if (!found) return [];
      const references = referencesTo(view, found.targets, [...view.repos.values()]);
      const definitions = asked?.includeDeclaration ? found.targets : [];
      const { count, leftOut } = references;
      if (leftOut > 0) {
        const message = `lcad shows the ${count} references nearest to the definition: ${leftOut} more places have its name, too many to be looked at. \`lcad grep\` lists them all.`;
        context.notify('window/showMessage', { type: information, message });
      }
      return [
        ...definitions.map((one) => definitionAt(opened, one)),
        ...firstOf(references).map((one) => locationOf(opened, one)),
      ];
    },
    'textDocument/documentSymbol': async ({ textDocument: { uri } }, context) => {
      const { overlay, clientCapabilities } = context;
      await overlay.settled(settleMs);
      const outline = overlay.get(uri)?.outline?.outline;
      if (outline) return documentSymbols(uri, outline.definitions, clientCapabilities);
      const { view, place } = await open(context);
      const content = place(uri)?.content;
      if (!content) return [];
      const definitions = Array.from({ length: content.definitionCount }, (_, index) => ({
        name: view.contents.names.text(content.name(index)),
        scope: view.contents.names.text(content.scope(index)),
        signature: '',
        kind: content.kind(index),
        parent: content.parent(index),
        startLine: content.startLine(index),
        endLine: content.endLine(index),
        line: content.line(index),
        column: content.column(index),
      }));
      return documentSymbols(uri, definitions, clientCapabilities);
    },
  };
}

function symbolInformation(opened: Opened, definition: Definition): SymbolInformation {
  const { names } = opened.view.contents;
  const { content, index } = definition;
  const scope = names.text(content.scope(index));
  return {
    name: names.text(content.name(index)),
    kind: symbolKind(content.kind(index)),
    ...(scope === '' ? {} : { containerName: scope }),
    location: definitionAt(opened, definition),
  };
}

function definitionAt({ view, uriOf }: Opened, { repo, path, content, index }: Definition): Location {
  const name = view.contents.names.text(content.name(index));
  // The default export of a module may have no name.
  const length = name === 'default' ? 0 : name.length;
  return {
    uri: uriOf(join(repo.repo.root, path)),
    range: nameRange(content.line(index), content.column(index), length),
  };
}

function locationOf({ view, uriOf }: Opened, { place, at }: Reference): Location {
  const { repo, path, content } = place;
  const { length } = lastPart(view.contents.names.text(content.referenceName(at)));
  return {
    uri: uriOf(join(repo.repo.root, path)),
    range: nameRange(content.referenceLine(at), content.referenceColumn(at), length),
  };
}

/** @param line from 1 @param column from 0 */
function nameRange(line: number, column: number, length: number): Location['range'] {
  return {
    start: { line: line - 1, character: column },
    end: { line: line - 1, character: column + length },
  };
}
