import { describe, expect, test } from 'vitest';
import { type MaintenanceState, needsCompaction } from '../../../src/daemon/store/maintenance.js';

const calm: MaintenanceState = { rows: 75_000, fragments: 10, deletedRows: 0, staleVersions: 10 };

describe('needsCompaction', () => {
  test('leaves a table in good shape alone', () => {
    expect(needsCompaction(calm)).toBe(false);
    expect(needsCompaction({ ...calm, rows: 0, fragments: 0 })).toBe(false);
  });

  test.each([{ fragments: 100 }, { staleVersions: 1000 }, { deletedRows: 20_000 }])(
    'compacts when files pile up: %j',
    (change) => {
      expect(needsCompaction({ ...calm, ...change })).toBe(true);
    },
  );

  test('an empty table needs it for its old versions alone', () => {
    expect(needsCompaction({ ...calm, rows: 0, fragments: 100, deletedRows: 5 })).toBe(false);
    expect(needsCompaction({ ...calm, rows: 0, staleVersions: 1000 })).toBe(true);
  });
});
