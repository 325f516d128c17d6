import type { UnsavedText } from '../../edits/contract.js';
import type { Edits } from '../../edits/edits.js';
import type { RequestContext } from '../contract.js';
import type { DaemonHandlers } from '../options.js';

type Methods = 'lcad/edits/preview' | 'lcad/edits/apply' | 'lcad/edits/undo';

/** Handlers of `lcad/edits/…`. What a client has open and not saved is not written over. */
export function editHandlers(edits: Edits): Pick<DaemonHandlers, Methods> {
  return {
    'lcad/edits/preview': (params, context) => edits.preview(params, callerOf(context)),
    'lcad/edits/apply': (params, context) => edits.apply(params, callerOf(context)),
    'lcad/edits/undo': ({ id }, context) => edits.undo(id, callerOf(context)),
  };
}

function callerOf({ overlay, unsavedElsewhere, signal }: RequestContext) {
  const unsaved = (path: string): UnsavedText[] => {
    const buffer = overlay.get(path);
    const own = buffer?.unsaved ? [{ text: buffer.text, own: true }] : [];
    return [...own, ...unsavedElsewhere(path).map((text) => ({ text, own: false }))];
  };
  return { unsaved, signal };
}
