import { stat } from 'node:fs/promises';
import type { ContextSource } from '../../protocol/sources.js';
import type { CollectOptions } from './contract.js';
import { takeFolder } from './folder.js';
import { fitLines, lineCount, NotAvailable, type Taken } from './pieces.js';
import { type FileRules, locate, type Place, secretReason } from './place.js';
import { type ReadText, textOf } from './read-text.js';

/** A file or a range of it, as it is on disk or in the client's unsaved text; or a folder. */
export async function takeFile(
  request: ContextSource,
  collect: CollectOptions,
  rules: FileRules,
): Promise<Taken> {
  const given = request.path ?? '';
  const place = await locate(given, collect.repos);
  const unsaved = collect.unsaved?.(place.absolute);
  if (unsaved === undefined) {
    if (!place.exists) throw new NotAvailable(`There is no ${given}`);
    if ((await stat(place.absolute)).isDirectory()) return takeFolder(place, collect, rules);
  }
  const secret = secretReason([place.path, given], rules.includeSecrets);
  if (secret !== null) throw new NotAvailable(secret);
  return rangeOf(place, request, await textOf(place, collect, rules), collect.maxChars);
}

function rangeOf(place: Place, request: ContextSource, file: ReadText, maxChars: number): Taken {
  const count = lineCount(file.text);
  const { startLine = 1 } = request;
  const endLine = Math.min(request.endLine ?? count, count);
  const has = `${place.path} has ${count} ${count === 1 ? 'line' : 'lines'}`;
  if (startLine > count) throw new NotAvailable(`${has}: line ${startLine} is not in it.`);
  const { text, cut } = fitLines(linesOf(file.text, startLine, endLine), maxChars);
  if (text.trim() === '')
    throw new NotAvailable(`${place.path} has nothing but blanks there, or does not fit.`);
  const last = startLine + lineCount(text) - 1;
  const whole = startLine === 1 && last === count && !cut;
  const piece = {
    kind: 'file' as const,
    title: whole ? place.path : `Lines ${startLine} to ${last} of ${place.path}`,
    repo: place.repo.id,
    path: place.path,
    language: file.language,
    startLine,
    endLine: last,
    text,
  };
  return { pieces: [piece], omissions: cut ? [`${has}; those after line ${last} do not fit.`] : [] };
}

/** Lines by number, from 1, with their line ends. Pure. */
function linesOf(text: string, first: number, last: number): string {
  let at = 0;
  let start = 0;
  for (let line = 1; line <= last; line++) {
    if (line === first) start = at;
    const end = text.indexOf('\n', at);
    if (end < 0) return text.slice(start);
    at = end + 1;
  }
  return text.slice(start, at);
}
