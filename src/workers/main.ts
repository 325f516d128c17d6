import { move, transferableSymbol, valueSymbol } from 'piscina';
import { collectGarbage } from '../shared/collect-garbage.js';
import type { DeriveResult, TermSegment, WorkerResult, WorkerTask } from './messages.js';

/**
 * Entry of every worker thread. The modules of a task are loaded when it first comes, so that a thread that only
 * lists and hashes files never loads the parser.
 */
export default async function runTask(task: WorkerTask): Promise<WorkerResult> {
  switch (task.type) {
    case 'scan': {
      const { scan } = await import('./scan/scan.js');
      return scan(task);
    }
    case 'hash': {
      const { hash } = await import('./hash.js');
      return hash(task);
    }
    case 'derive': {
      const { derive } = await import('./derive.js');
      const result = await derive(task);
      return moved(result, buffersOf(result));
    }
    case 'load-model': {
      const { loadSharedModel } = await import('./embed.js');
      return loadSharedModel(task);
    }
    case 'embed': {
      const { embedColumns } = await import('./embed.js');
      const result = embedColumns(task);
      return moved(result, [result.values.buffer, result.scales.buffer]);
    }
    case 'outline': {
      const { outlineBuffer } = await import('./outline-task.js');
      const result = await outlineBuffer(task);
      return moved(result, [result.packed.buffer]);
    }
    case 'derive-text': {
      const { deriveText } = await import('./derive-text.js');
      const result = await deriveText(task);
      return moved(result, [result.terms.buffer]);
    }
    case 'syntax': {
      const { syntaxOfText } = await import('./syntax-task.js');
      return syntaxOfText(task);
    }
    case 'around': {
      const { aroundPlace } = await import('./around-task.js');
      return aroundPlace(task);
    }
    case 'rest':
      return new Promise<never>(() => {});
    case 'build-terms': {
      const { buildSegment } = await import('./terms/segment.js');
      const result = buildSegment(task);
      // A thread without work would keep for good what building took.
      setImmediate(collectGarbage);
      return moved(result, segmentBuffers(result));
    }
  }
}

function buffersOf({ rows, vectors, outlines, terms }: DeriveResult): ArrayBufferLike[] {
  const buffers: ArrayBufferLike[] = [outlines.buffer, terms.buffer];
  if (rows) buffers.push(rows.buffer);
  if (vectors) buffers.push(vectors.values.buffer, vectors.scales.buffer);
  return buffers;
}

function segmentBuffers(segment: TermSegment): ArrayBufferLike[] {
  return Object.values(segment).flatMap((value) => (ArrayBuffer.isView(value) ? [value.buffer] : []));
}

/** Has piscina transfer the buffers to the main thread instead of copying them. */
function moved<T extends WorkerResult>(result: T, buffers: ArrayBufferLike[]): T {
  const marked = { [transferableSymbol]: buffers, [valueSymbol]: result };
  return move(marked as never) as unknown as T;
}
