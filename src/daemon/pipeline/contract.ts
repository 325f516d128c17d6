import type { SharedModel } from '../../workers/messages.js';
import type { Log } from '../log-contract.js';
import type { FamilyStore, VectorBatch } from '../store/contract.js';
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

/** Where vectors go that are made while chunks are derived. */
export interface DeriveEmbedding {
  /** The model to embed with; null: vectors are made otherwise, or not at all. Never fails. */
  model(): Promise<SharedModel | null>;
  /** Keeps vectors of a model. Never fails: what is lost is embedded again in the background. */
  add(model: string, vectors: VectorBatch): Promise<void>;
}

/** What both the indexer and its runs of derivation work with. */
export interface IndexContext {
  root: string;
  pool: WorkerPool;
  store: FamilyStore;
  /** Absent: chunks have no vectors. */
  embedding?: DeriveEmbedding | undefined;
  limits(): IndexLimits;
  /** Called as work goes on; often. */
  onPhase(phase: IndexPhase): void;
  onQuarantine(file: QuarantinedFile): void;
  log: Log;
}
