import { move, transferableSymbol, valueSymbol } from 'piscina';
import type { DeriveResult, WorkerResult, WorkerTask } from './messages.js';

/**
 * Entry of every worker thread. The modules of a task are loaded when it first comes, so that a thread that only
 * lists and hashes files never loads the parser.
 */
export default async function runTask(task: WorkerTask): Promise<WorkerResult<WorkerTask>> {
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
      return moved(await derive(task));
    }
  }
}

/** Has piscina transfer the rows to the main thread instead of copying them. */
function moved(result: DeriveResult): DeriveResult {
  if (!result.rows) return result;
  const marked = { [transferableSymbol]: result.rows.buffer, [valueSymbol]: result };
  return move(marked as never) as unknown as DeriveResult;
}
