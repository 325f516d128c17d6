/** What decides whether a table's files are compacted. */
export interface MaintenanceState {
  rows: number;
  fragments: number;
  /** Rows deleted since the last compaction. */
  deletedRows: number;
  /** Versions since old ones were last removed. */
  staleVersions: number;
}

// Measured at 74,000 chunks of real code: rewriting all rows takes 0.8 s of one core.
const fragmentsAtMost = 48;
const staleVersionsAtMost = 300;
const deletedShareAtMost = 0.2;

/** Whether to merge fragments, drop deleted rows and remove old versions. Pure. */
export function needsCompaction({ rows, fragments, deletedRows, staleVersions }: MaintenanceState): boolean {
  if (staleVersions > staleVersionsAtMost) return true;
  return rows > 0 && (fragments > fragmentsAtMost || deletedRows > rows * deletedShareAtMost);
}
