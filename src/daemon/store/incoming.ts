import type { RecordBatch, Table } from 'apache-arrow';
import { arrow } from '../../shared/arrow.js';
import { LcadError } from '../../shared/errors.js';
import { hasChunkSchema } from './chunk-table.js';

/**
 * The rows of some Arrow IPC streams as one table, without copying them.
 * @param contents every key in the rows with its number of chunks
 * @param isThere contents whose rows are left out
 * @returns null if no rows remain
 * @throws INTERNAL_ERROR if the rows are not those of `contents`
 */
export function incomingRows(
  streams: readonly Uint8Array[],
  contents: ReadonlyMap<string, number>,
  isThere: (key: string) => boolean,
): Table | null {
  let batches = streams.flatMap((stream) => arrow.tableFromIPC(stream).batches);
  const rows = batches.reduce((sum, batch) => sum + batch.numRows, 0);
  const told = [...contents.values()].reduce((sum, count) => sum + count, 0);
  if (batches.some(({ schema }) => !hasChunkSchema(schema))) {
    throw new LcadError('INTERNAL_ERROR', 'The rows that were given have other columns than the store.');
  }
  if (rows !== told) {
    throw new LcadError('INTERNAL_ERROR', `${rows} rows were given for contents of ${told} chunks.`);
  }
  if ([...contents.keys()].some(isThere)) batches = batches.flatMap((batch) => without(batch, isThere));
  batches = batches.filter((batch) => batch.numRows > 0);
  return batches.length === 0 ? null : new arrow.Table(batches);
}

/** A batch in pieces, without the rows of some contents. */
function without(batch: RecordBatch, isThere: (key: string) => boolean): RecordBatch[] {
  const keys = batch.getChild('key');
  const pieces: RecordBatch[] = [];
  let from = 0;
  for (let i = 0; i <= batch.numRows; i++) {
    if (i < batch.numRows && !isThere(String(keys?.get(i)))) continue;
    if (i > from) pieces.push(batch.slice(from, i));
    from = i + 1;
  }
  return pieces;
}
