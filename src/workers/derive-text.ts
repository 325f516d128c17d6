import { chunkText } from './chunk-text.js';
import { rowsOf } from './chunked-rows.js';
import { contentKey } from './content-key.js';
import type { DeriveTextResult, DeriveTextTask } from './messages.js';
import { packTerms } from './terms/pack.js';

/** Cuts the text of an editor, which may not be on the disk, into chunks as the file would be. */
export async function deriveText(task: DeriveTextTask): Promise<DeriveTextResult> {
  const { language, ctags } = task;
  const key = contentKey(language, Buffer.from(task.text), ctags);
  // A "\r" by itself ends a line for editors.
  const text = task.text.replace(/\r\n?/g, '\n');
  const options = { mode: 'syntax' as const, deadlineMs: task.parseDeadlineMs, ctags };
  const rows = rowsOf(key, language, await chunkText(language, text, options));
  return { key, rows, terms: new Uint8Array(packTerms(language, rows)) };
}
