import type { CompleteResult } from '../../../protocol/complete.js';
import { completionAccepted } from '../../../protocol/lsp.js';
import { type ErrorKind, LcadError } from '../../../shared/errors.js';
import type { FimService, Show } from '../../fim/complete.js';
import type { OpenBuffer, Overlay } from '../../overlay/contract.js';
import { documentPath } from '../../overlay/uris.js';
import type { RequestContext } from '../contract.js';
import type { DaemonHandlers } from '../options.js';
import { pathOf } from './completion-context.js';

type Methods = 'lcad/complete' | 'textDocument/inlineCompletion' | 'workspace/executeCommand';

interface LspPosition {
  readonly line: number;
  readonly character: number;
}

/** LSP's InlineCompletionTriggerKind of a user who asks for it. */
const invoked = 1;
/** What an editor that asks with every key would show with every key: that models, or this file, cannot be had now. */
const repeated: ReadonlySet<ErrorKind> = new Set([
  'NO_MODEL_SERVER',
  'PROVIDER_UNREACHABLE',
  'PROVIDER_REFUSED',
  'PROVIDER_BAD_REPLY',
  'MODEL_UNKNOWN',
  'OUTPUT_STOPPED',
  'BUSY',
  'FILE_NOT_INDEXED',
  'INDEX_UNAVAILABLE',
]);

/** Handlers of `lcad/complete` and of LSP's own request for the same. */
export function completeHandlers(fim: FimService): Pick<DaemonHandlers, Methods> {
  const known = new Set<string>();
  const clientOf = ({ connection, overlay, onClose }: RequestContext) => {
    if (!known.has(connection)) {
      known.add(connection);
      onClose(() => {
        known.delete(connection);
        fim.forget(connection);
      });
    }
    return { id: connection, overlay };
  };
  return {
    'lcad/complete': (params, context) => {
      const { progressToken } = params;
      const send = context.progress(progressToken);
      const show: Show | undefined =
        progressToken === undefined
          ? undefined
          : {
              begin: ({ upstream, capabilities }) =>
                send({ kind: 'begin', upstream, model: capabilities.model }),
              text: (text) => send({ kind: 'text', text }),
            };
      return fim.complete(
        { ...params, file: pathOf(params.file, context.overlay) },
        clientOf(context),
        context.signal,
        show,
      );
    },
    'textDocument/inlineCompletion': async ({ textDocument, position, context: asked }, context) => {
      const { overlay, signal } = context;
      const place = placeOf(overlay, textDocument.uri, position, asked?.selectedCompletionInfo ?? null);
      try {
        const client = clientOf(context);
        const result = await fim.complete(place.params, client, signal);
        // Clients of LSP cannot say that they show it: who has not called it off does.
        fim.feedback({ id: result.id, event: 'shown' }, client);
        return { items: itemsOf(result, place) };
      } catch (error) {
        const isRepeated = error instanceof LcadError && repeated.has(error.kind);
        if (isRepeated && asked?.triggerKind !== invoked) return null;
        throw error;
      }
    },
    'workspace/executeCommand': ({ arguments: [id = ''] }, context) => {
      fim.feedback({ id, event: 'accepted' }, clientOf(context));
      return null;
    },
  };
}

interface Selected {
  readonly range: { readonly start: LspPosition; readonly end: LspPosition };
  readonly text: string;
}

interface LspPlace {
  readonly params: { file: string; line: number; column: number; text?: string };
  readonly position: LspPosition;
  readonly selected: Selected | null;
}

/** A place as if the item that is selected in the list of completions were accepted. */
function placeOf(overlay: Overlay, uri: string, position: LspPosition, selected: Selected | null): LspPlace {
  const buffer = overlay.get(uri);
  const file = buffer?.path ?? documentPath(uri);
  const line = position.line + 1;
  const isUsable =
    selected !== null &&
    buffer !== undefined &&
    !selected.text.includes('\n') &&
    selected.range.start.line === position.line &&
    selected.range.end.line === position.line &&
    selected.range.start.character <= selected.range.end.character;
  if (!isUsable) {
    return { params: { file, line, column: position.character + 1 }, position, selected: null };
  }
  const { start, end } = selected.range;
  const from = offsetOf(buffer, start);
  const to = offsetOf(buffer, end);
  const text = `${buffer.text.slice(0, from)}${selected.text}${buffer.text.slice(to)}`;
  const column = start.character + selected.text.length + 1;
  return { params: { file, line, column, text }, position, selected };
}

/** The nearest place that the text has. */
function offsetOf({ text }: OpenBuffer, { line, character }: LspPosition): number {
  let lineStart = 0;
  for (let at = 0; at < line; at++) {
    const end = text.indexOf('\n', lineStart);
    if (end < 0) return text.length;
    lineStart = end + 1;
  }
  const newline = text.indexOf('\n', lineStart);
  return Math.min(lineStart + character, newline < 0 ? text.length : newline);
}

function itemsOf({ id, text }: CompleteResult, { position, selected }: LspPlace) {
  if (text === '') return [];
  const command = { title: 'Count the completion as accepted', command: completionAccepted, arguments: [id] };
  if (!selected) return [{ insertText: text, range: { start: position, end: position }, command }];
  const insertText = `${selected.text}${text}`;
  return [{ insertText, filterText: insertText, range: selected.range, command }];
}
