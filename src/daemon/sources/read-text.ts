import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { classify } from '../../workers/classify.js';
import { decode } from '../../workers/decode.js';
import { detectLanguage } from '../../workers/languages.js';
import type { CollectOptions } from './contract.js';
import { NotAvailable } from './pieces.js';
import type { FileRules, Place } from './place.js';

/** The text of a file with the name of its language. */
export interface ReadText {
  readonly text: string;
  readonly language: string;
}

const headBytes = 4096;

/**
 * Reads a regular file of text. What is no text is refused as the index does it: binary, too large, empty.
 *
 * @param absolute canonical
 * @throws NotAvailable; system errors
 */
async function readText(absolute: string, maxBytes: number): Promise<ReadText> {
  // Not through a link that came meanwhile, and not waiting for the other end of a pipe.
  const handle = await open(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw new NotAvailable(`${absolute} is not a file.`);
    const tooLarge = `${absolute} is larger than ${Math.floor(maxBytes / 1024)} KiB (index.maxFileKib).`;
    if (stat.size > maxBytes) throw new NotAvailable(tooLarge);
    const bytes = await handle.readFile();
    if (bytes.length > maxBytes) throw new NotAvailable(tooLarge);
    const why = classify(absolute, bytes);
    if (why === 'binary') throw new NotAvailable(`${absolute} is binary.`);
    if (why === 'empty') throw new NotAvailable(`${absolute} is empty.`);
    return { text: decode(bytes), language: detectLanguage(absolute, bytes.subarray(0, headBytes)) };
  } finally {
    await handle.close();
  }
}

/** The text of a file: the client's if it holds the file open, else that of the disk. */
export async function textOf(place: Place, collect: CollectOptions, rules: FileRules): Promise<ReadText> {
  const unsaved = collect.unsaved?.(place.absolute);
  const language = place.repo.files.get(place.path)?.language;
  if (unsaved !== undefined) return { text: unsaved, language: language ?? '' };
  const read = await readText(place.absolute, rules.maxFileBytes);
  return language === undefined ? read : { ...read, language };
}
