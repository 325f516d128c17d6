import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Indexer, type IndexReport } from '../../src/daemon/pipeline/indexer.js';
import { LiveIndex } from '../../src/daemon/pipeline/live-index.js';
import { WorkerPool } from '../../src/daemon/pipeline/pool.js';
import type { FamilyStore } from '../../src/daemon/store/contract.js';
import { openFamilyStore } from '../../src/daemon/store/family.js';
import type { QuarantinedFile } from '../../src/daemon/store/manifest.js';
import { packagePath } from '../../src/shared/package-root.js';

let folder: string;
let store: FamilyStore;
let pool: WorkerPool;
let live: LiveIndex;
let quarantined: Map<string, QuarantinedFile>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-pool-'));
  store = await openFamilyStore(join(folder, 'store'));
  live = new LiveIndex();
  quarantined = new Map();
});
afterEach(async () => {
  await pool.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

async function index(files: Record<string, string>): Promise<IndexReport> {
  const root = mkdtempSync(join(folder, 'root-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  pool = new WorkerPool({
    threads: 2,
    // Far above what a healthy file takes, the start of a thread and a grammar on a busy machine included.
    stallMs: 3000,
    taskDeadlineMs: 20_000,
    entry: packagePath('test/fixtures/pool/worker.mjs'),
  });
  const indexer = new Indexer({
    root,
    pool,
    store,
    live,
    limits: () => ({ maxFileBytes: 1 << 20, includeGenerated: false, parseDeadlineMs: 5000 }),
    rules: async () => ({
      gitDir: null,
      globalExcludes: null,
      extraIgnore: [],
      trackedIgnored: [],
      submodules: [],
      maxFileBytes: 1 << 20,
      includeSecrets: false,
    }),
    onPhase: () => undefined,
    onPublish: () => undefined,
    onPending: () => undefined,
    onQuarantine: (file) => quarantined.set(file.path, file),
    log: quiet,
  });
  return await indexer.run({ whole: true, paths: new Set(), anew: false }, new AbortController().signal);
}

function source(word: string): string {
  return `def ${word}(value):\n    a = value\n    b = a + 1\n    c = b * 2\n    return c\n`;
}

function others(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`file${i}.py`, source(`other_${i}`)]));
}

async function kindsOf(path: string): Promise<string[]> {
  const key = live.entries.get(path)?.key ?? '';
  return (await store.chunksOf([key])).map(({ kind }) => kind);
}

describe('a file that', () => {
  test.each([
    ['hangs', 'hang.py'],
    ['takes all memory of its thread', 'greedy.py'],
  ])('%s is indexed by lines, and the others of its batch as ever', async (_what, name) => {
    const report = await index({ ...others(40), [name]: source('culprit') });
    expect(report.published).toBe(41);
    expect([...quarantined.keys()]).toEqual([name]);
    expect(quarantined.get(name)?.key).toBe(live.entries.get(name)?.key);
    expect(await kindsOf(name)).toEqual(['lines']);
    for (let i = 0; i < 40; i++) expect(await kindsOf(`file${i}.py`)).toEqual(['function']);
    expect(pool.stats().restarts).toBe(1);
  });

  test('ends its thread even by lines is left out and shown; the others are not', async () => {
    const report = await index({ ...others(20), 'fatal.py': source('culprit'), 'hang.py': source('slow') });
    expect(report.published).toBe(22);
    expect([...quarantined.keys()].sort()).toEqual(['fatal.py', 'hang.py']);
    expect(quarantined.get('fatal.py')?.reason).toContain('not searchable');
    expect(await kindsOf('fatal.py')).toEqual([]);
    for (let i = 0; i < 20; i++) expect(await kindsOf(`file${i}.py`)).toEqual(['function']);
  });
});
