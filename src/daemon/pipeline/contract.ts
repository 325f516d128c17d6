import type { Log } from '../log-contract.js';
import type { FamilyStore } from '../store/contract.js';
import type { QuarantinedFile } from '../store/manifest.js';
import type { WorkerPool } from './pool.js';

/** Settings of the configuration that bear on what is read and parsed. */
export interface IndexLimits {
  maxFileBytes: number;
  includeGenerated: boolean;
  parseDeadlineMs: number;
}

/** How far an operation is: files done of the files of this phase. */
interface IndexPhase {
  phase: 'scan' | 'hash' | 'derive' | 'commit' | 'done';
  done: number;
  total: number;
}

/** What both the indexer and its runs of derivation work with. */
export interface IndexContext {
  root: string;
  pool: WorkerPool;
  store: FamilyStore;
  limits(): IndexLimits;
  /** Called as work goes on; often. */
  onPhase(phase: IndexPhase): void;
  onQuarantine(file: QuarantinedFile): void;
  log: Log;
}
