import type { z } from 'zod';
import type { CompletionFeedbackParams } from '../../protocol/complete.js';
import {
  type ClientNotification,
  clientNotifications,
  type ParsedNotification,
} from '../../protocol/methods.js';
import type { Log } from '../log-contract.js';
import type { ClientOverlay } from '../overlay/client-overlay.js';
import { invalidParams } from './wire-errors.js';

/** Notifications that the session itself acts upon. */
type OfSession = 'initialized' | 'exit' | '$/cancelRequest';
type OfDocuments = Exclude<ClientNotification, OfSession>;

/** What notifications act upon. */
interface Acted {
  readonly overlay: ClientOverlay;
  readonly log: Log;
  readonly feedback: (params: CompletionFeedbackParams) => void;
}

type Handlers = {
  [N in OfDocuments]: (params: ParsedNotification<N>, acted: Acted) => void;
};

const handlers: Handlers = {
  'textDocument/didOpen': ({ textDocument }, { overlay }) => {
    const { uri, languageId, version, text } = textDocument;
    overlay.open({ uri, languageId: languageId ?? '', version: version ?? 0, text });
  },
  'textDocument/didChange': ({ textDocument, contentChanges }, { overlay }) => {
    const changes = contentChanges.map(({ range, text }) => ({ range: range ?? undefined, text }));
    overlay.change(textDocument.uri, textDocument.version ?? null, changes);
  },
  'textDocument/didSave': ({ textDocument, text }, { overlay }) =>
    overlay.save(textDocument.uri, text ?? undefined),
  'textDocument/didClose': ({ textDocument }, { overlay }) => overlay.close(textDocument.uri),
  'lcad/didView': ({ uri, line }, { overlay }) => overlay.view(uri, line ?? null),
  'lcad/completion/feedback': (params, { feedback }) => feedback(params),
};

/**
 * Acts upon what a client says of its documents; other notifications are ignored. One that cannot be understood is
 * logged, and its document, whose text is not known any more, is given up.
 */
export function onNotification({ method, params }: { method: string; params: unknown }, acted: Acted): void {
  const { overlay, log } = acted;
  if (!Object.hasOwn(handlers, method)) return;
  const name = method as OfDocuments;
  const schema: z.ZodType = clientNotifications[name].params;
  const parsed = schema.safeParse(params);
  if (parsed.success) {
    (handlers[name] as (params: unknown, acted: Acted) => void)(parsed.data, acted);
    return;
  }
  const { message } = invalidParams(method, parsed.error);
  log.debug({ method }, message);
  const uri = uriIn(params);
  if (uri !== null && method !== 'lcad/didView' && method !== 'lcad/completion/feedback')
    overlay.lose(uri, `${uri} is seen as it is saved, no longer as it is edited: ${message}`);
}

function uriIn(params: unknown): string | null {
  const { textDocument } = (params ?? {}) as { textDocument?: { uri?: unknown } | null };
  return typeof textDocument?.uri === 'string' ? textDocument.uri : null;
}
