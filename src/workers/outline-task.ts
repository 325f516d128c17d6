import { contentKey } from './content-key.js';
import { detectLanguage } from './languages.js';
import type { OutlineResult, OutlineTask } from './messages.js';
import { packOutline } from './outline/compact.js';
import { outlineText } from './outline/outline-text.js';

/** Bytes of a text's beginning that may tell its language, as of a file (hash.ts). */
const languageHeadBytes = 16_384;

/** Outlines the text of an editor, which may not be on the disk, as the file would be. */
export async function outlineBuffer(task: OutlineTask): Promise<OutlineResult> {
  const bytes = Buffer.from(task.text);
  const language = task.language ?? detectLanguage(task.path, bytes.subarray(0, languageHeadBytes));
  // A "\r" by itself ends a line for editors.
  const text = task.text.replace(/\r\n?/g, '\n');
  const { outline, fallback } = await outlineText(language, text, task.parseDeadlineMs, task.ctags);
  const lines = text.split('\n');
  const packed = new Uint8Array(packOutline(outline, (line) => lines[line - 1] ?? ''));
  return { language, key: contentKey(language, bytes, task.ctags), packed, failure: fallback };
}
