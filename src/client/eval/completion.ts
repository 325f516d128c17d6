import { readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CompleteParams } from '../../protocol/complete.js';
import { LcadError } from '../../shared/errors.js';
import type { Connection } from '../connection.js';
import {
  type Case,
  type CompletionReport,
  type Pair,
  reportOf,
  scoreCompletion,
} from './completion-report.js';
import { presentFiles, trackedFiles } from './git.js';
import { chooseMasks, heldOut, type Mask } from './masking.js';
import { randomFrom } from './statistics.js';

export interface CompletionWanted {
  readonly root: string;
  readonly samples: number;
  readonly seed: number;
  /** Which model is asked. */
  readonly server: Pick<CompleteParams, 'model' | 'upstream'>;
}

const code = new Set(
  '.c .h .cc .cpp .hpp .cs .java .kt .scala .go .rs .swift .dart .js .mjs .cjs .jsx .ts .mts .cts .tsx .vue .py .rb .php .lua .ex .hs .sh'.split(
    ' ',
  ),
);
const mostBytes = 200_000;
/** Of a file that is only looked through for copies of hidden lines: what is longer is not indexed. */
const mostSearchedBytes = 4 << 20;
/** Places that are considered for each one that is wanted. */
const considered = 4;
const mostFailures = 5;
const patienceMs = 5000;
/** Faults of the set-up: they would be the same at every place. */
const fatal = new Set([
  'NO_MODEL_SERVER',
  'MODEL_UNKNOWN',
  'REQUEST_CANCELLED',
  'CONNECTION_LOST',
  'SHUTTING_DOWN',
]);
/**
 * Hides ends of lines in files of a repository and has them completed, with and without code from elsewhere.
 * @returns null if no line is fit
 * @throws NO_MODEL_SERVER, GIT_UNAVAILABLE, and the first error if nothing but errors comes
 */
export async function evaluateCompletion(
  connection: Connection,
  wanted: CompletionWanted,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (done: number, total: number) => void },
): Promise<CompletionReport | null> {
  const { masks, copied } = await places(wanted, signal);
  if (masks.length === 0) return null;
  const random = randomFrom(wanted.seed);
  const pairs: Pair[] = [];
  const failed: Record<string, number> = {};
  let row = 0;
  for (const [index, mask] of masks.entries()) {
    try {
      pairs.push(await completeBoth(connection, wanted, mask, random() < 0.5, signal));
      row = 0;
    } catch (error) {
      if (!(error instanceof LcadError) || signal.aborted || fatal.has(error.kind)) throw error;
      if (++row >= mostFailures && error.kind !== 'OUTPUT_STOPPED') throw error;
      failed[error.kind] = (failed[error.kind] ?? 0) + 1;
    }
    onProgress(index + 1, masks.length);
  }
  return reportOf(wanted, pairs, { failed, copied });
}

/** Lines that stand in one file alone, and how many of those looked at stand in others too. */
async function places({ root, samples, seed }: CompletionWanted, signal: AbortSignal) {
  const tracked = (await trackedFiles(root, signal)).filter((path) => code.has(extname(path)));
  const read = (path: string) => textOf(join(root, path), mostBytes);
  const masks = chooseMasks(tracked, samples * considered, seed, read);
  const all = await presentFiles(root, signal);
  return heldOut(masks, samples, all, (path) => {
    signal.throwIfAborted();
    return textOf(join(root, path), mostSearchedBytes);
  });
}

/**
 * The file is opened without what is hidden, as an editor would: so what the daemon knows of its imports and definitions
 * is of that text too, and not of the one on disk.
 * @param contextFirst the order of the two, so that neither always finds the server's cache warm
 */
async function completeBoth(
  connection: Connection,
  wanted: CompletionWanted,
  mask: Mask,
  contextFirst: boolean,
  signal: AbortSignal,
): Promise<Pair> {
  const parsed = await parses(connection, mask.path, lineExtended(mask, mask.hidden), signal);
  const textDocument = { uri: pathToFileURL(join(wanted.root, mask.path)).href };
  connection.notify('textDocument/didOpen', {
    textDocument: { ...textDocument, version: 1, text: mask.text },
  });
  try {
    // The reply comes when the text has been analysed.
    await connection.request('textDocument/documentSymbol', { textDocument }, { signal });
    const first = await complete(connection, wanted, mask, contextFirst, signal);
    const second = await complete(connection, wanted, mask, !contextFirst, signal);
    const [withIt, without] = contextFirst ? [first, second] : [second, first];
    return { path: mask.path, with: withIt, without, parsed };
  } finally {
    connection.notify('textDocument/didClose', { textDocument });
  }
}

async function complete(
  connection: Connection,
  { root, server }: CompletionWanted,
  mask: Mask,
  useContext: boolean,
  signal: AbortSignal,
): Promise<Case> {
  const { path, line, column, text, hidden } = mask;
  const params = {
    file: join(root, path),
    line,
    column,
    text,
    useContext,
    lines: 'single' as const,
    patienceMs,
    ...server,
  };
  const result = await connection.request('lcad/complete', params, { signal });
  return {
    scores: scoreCompletion(result.text, hidden),
    parses: await parses(connection, path, lineExtended(mask, result.text), signal),
    result,
  };
}

/** The text with something where the rest of the line is hidden. */
function lineExtended({ text, line }: Mask, by: string): string {
  return text
    .split('\n')
    .map((one, index) => (index === line - 1 ? one + by : one))
    .join('\n');
}

async function parses(
  connection: Connection,
  path: string,
  text: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { valid } = await connection.request('lcad/syntax', { path, text }, { signal });
  return valid === true;
}

function textOf(path: string, most: number): string | null {
  try {
    return statSync(path).size > most ? null : readFileSync(path, 'utf8');
  } catch {
    return null; // Deleted, but git has it still.
  }
}
