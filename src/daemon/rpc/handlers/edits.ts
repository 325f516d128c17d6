import type { Edits } from '../../edits/edits.js';
import type { RequestContext } from '../contract.js';
import type { DaemonHandlers } from '../options.js';

type Methods = 'lcad/edits/preview' | 'lcad/edits/apply' | 'lcad/edits/undo';

/** Handlers of `lcad/edits/…`. What this client has open and not saved is not written over. */
export function editHandlers(edits: Edits): Pick<DaemonHandlers, Methods> {
  return {
    'lcad/edits/preview': (params, context) => edits.preview(params, callerOf(context)),
    'lcad/edits/apply': (params, context) => edits.apply(params, callerOf(context)),
    'lcad/edits/undo': ({ id }, context) => edits.undo(id, callerOf(context)),
  };
}

function callerOf({ overlay, signal }: RequestContext) {
  const unsaved = (path: string): string | undefined => {
    const buffer = overlay.get(path);
    return buffer?.unsaved ? buffer.text : undefined;
  };
  return { unsaved, signal };
}
