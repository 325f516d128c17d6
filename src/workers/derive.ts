import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { chunkText } from './chunk-text.js';
import { rowsOf } from './chunked-rows.js';
import { contentKey } from './content-key.js';
import { decode } from './decode.js';
import { VectorRows } from './embed.js';
import type { DerivedFile, DeriveResult, DeriveTask } from './messages.js';
import { RowColumns } from './row-columns.js';
import { packTerms } from './terms/pack.js';

/**
 * Parses files into chunks. A file that cannot be read, or whose bytes are no longer those of its key, is `changed`;
 * one whose parse takes too long has chunks by lines. The index of the file at work stands in `task.progress`, so
 * that whoever ends a thread that hangs knows which file it was.
 */
export async function derive(task: DeriveTask): Promise<DeriveResult> {
  const progress = new Int32Array(task.progress);
  const rows = idleColumns.pop() ?? new RowColumns();
  rows.clear();
  const vectors = task.model ? new VectorRows(task.model, roomForChunks) : null;
  const files: DerivedFile[] = [];
  const outlines: Uint8Array[] = [];
  const terms: Uint8Array[] = [];
  for (const [index, file] of task.files.entries()) {
    Atomics.store(progress, 0, index);
    files.push(await deriveFile(task, file, { rows, vectors, outlines, terms }));
  }
  const result = {
    files,
    rows: rows.finish(),
    rowCount: rows.count,
    outlines: joined(outlines),
    terms: joined(terms),
    vectors: vectors?.finish() ?? null,
  };
  idleColumns.push(rows);
  return result;
}

const roomForChunks = 512;

/** Column buffers between tasks: some megabytes that need not be allocated and collected for each. */
const idleColumns: RowColumns[] = [];

/** What a task gives, file by file. */
interface Output {
  rows: RowColumns;
  vectors: VectorRows | null;
  outlines: Uint8Array[];
  terms: Uint8Array[];
}

async function deriveFile(
  task: DeriveTask,
  { path, key, language }: DeriveTask['files'][number],
  output: Output,
): Promise<DerivedFile> {
  const bytes = readBounded(`${task.root}/${path}`, task.maxFileBytes);
  if (bytes === null || contentKey(language, bytes, task.ctags) !== key) {
    return { key, path, status: 'changed', chunks: 0, fallback: null, outlineBytes: 0, termBytes: 0 };
  }
  const options = { mode: task.mode, deadlineMs: task.parseDeadlineMs, outline: true, ctags: task.ctags };
  const chunked = await chunkText(language, decode(bytes), options);
  const { fallback, outline } = chunked;
  const rows = rowsOf(key, language, chunked);
  for (const row of rows) {
    output.vectors?.push(row.terms);
    output.rows.push(row);
  }
  if (outline) output.outlines.push(outline);
  const packed = packTerms(language, rows);
  output.terms.push(packed);
  const outlineBytes = outline?.length ?? 0;
  return {
    key,
    path,
    status: 'ok',
    chunks: rows.length,
    fallback,
    outlineBytes,
    termBytes: packed.length,
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A regular file's bytes; null if it is none (any more), cannot be read, or is larger than allowed. */
function readBounded(file: string, maxBytes: number): Buffer | null {
  let handle: number;
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    // Gone, replaced by a link, or no longer readable: the next scan says which.
    return null;
  }
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile() || stat.size > maxBytes) return null;
    // One byte more than expected: a file that has grown is seen to have.
    const buffer = Buffer.allocUnsafe(stat.size + 1);
    let length = 0;
    for (let got = -1; got !== 0 && length < buffer.length; length += got) {
      got = readSync(handle, buffer, length, buffer.length - length, length);
    }
    return length === stat.size ? buffer.subarray(0, length) : null;
  } catch {
    // An error of the disk or of a network folder while reading: the next scan meets it again and reports it.
    return null;
  } finally {
    closeSync(handle);
  }
}
