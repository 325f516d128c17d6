import type { SyntaxResult } from '../../../protocol/syntax.js';
import type { DaemonHandlers } from '../options.js';

/** Handler of `lcad/syntax`. @param parse parses in a worker thread */
export function syntaxHandlers(
  parse: (wanted: { path: string; text: string }) => Promise<SyntaxResult>,
): Pick<DaemonHandlers, 'lcad/syntax'> {
  return { 'lcad/syntax': ({ path, text }) => parse({ path, text }) };
}
