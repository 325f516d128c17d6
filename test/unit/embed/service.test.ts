import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmbeddingConfig, EmbeddingWorkers } from '../../../src/daemon/embed/contract.js';
import type { EmbeddedFamily } from '../../../src/daemon/embed/family-embedder.js';
import { EmbeddingService } from '../../../src/daemon/embed/service.js';
import { Indexer, type IndexReport } from '../../../src/daemon/pipeline/indexer.js';
import { LiveIndex } from '../../../src/daemon/pipeline/live-index.js';
import { WorkerPool } from '../../../src/daemon/pipeline/pool.js';
import type { FamilyStore } from '../../../src/daemon/store/contract.js';
import { openFamilyStore } from '../../../src/daemon/store/family.js';
import { Config } from '../../../src/protocol/config.js';
import { EmbeddingServer } from '../../support/embedding-server.js';
import { writeModel } from '../../support/model-file.js';

const words = ['zebra', 'lion', 'walk', 'run', 'valu'];
const id = 'family';
const signal = new AbortController().signal;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const patient = { timeout: 20_000 };

let folder: string;
let root: string;
let modelFile: string;
let pool: WorkerPool;
let store: FamilyStore;
let live: LiveIndex;
let family: EmbeddedFamily;
let service: EmbeddingService;
/** Paths that had no vector for their chunk or their names when they were published. */
let lacking: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-embedding-'));
  root = mkdtempSync(join(folder, 'root-'));
  modelFile = join(folder, 'model.safetensors');
  writeModel(modelFile, 'first', words);
  pool = new WorkerPool({ threads: 2, stallMs: 10_000, taskDeadlineMs: 20_000 });
  store = await openFamilyStore(join(folder, 'store'));
  live = new LiveIndex();
  lacking = [];
  family = { id, folder, store, liveKeys: () => new Set(live.keys()) };
});
afterEach(async () => {
  await service.close();
  await pool.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(config: Partial<EmbeddingConfig> = {}, workers: EmbeddingWorkers = pool): EmbeddingService {
  const whole = { ...Config.parse({}).embedding, ...config };
  service = new EmbeddingService(whole, { workers, modelFile, log: quiet });
  service.warm();
  return service;
}

const source = (name: string) =>
  `def ${name}(value):\n    a = value\n    b = a + 1\n    c = b * 2\n    return c\n`;

/** Writes files and indexes all. */
async function index(files: Record<string, string>): Promise<IndexReport> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  const limits = { maxFileBytes: 1 << 20, includeGenerated: false, parseDeadlineMs: 5000 };
  const noRules = { gitDir: null, globalExcludes: null, extraIgnore: [], trackedIgnored: [], submodules: [] };
  const indexer = new Indexer({
    root,
    pool,
    store,
    live,
    embedding: service.derivingOf(id),
    limits: () => limits,
    rules: async () => ({ ...noRules, maxFileBytes: 1 << 20, includeSecrets: false }),
    onPhase: () => undefined,
    onPublish: (changed) => {
      const vectors = service.vectorsOf(id)?.store;
      lacking.push(...changed.filter((path) => !vectors?.has({ key: keyOf(path), ord: 0 })));
      service.changed(id);
    },
    onPending: () => undefined,
    onQuarantine: () => undefined,
    log: quiet,
  });
  return await indexer.run({ whole: true, paths: new Set(), anew: false }, signal);
}

const some = { 'zebra.py': source('zebra_walk'), 'lion.py': source('lion_run') };
const keyOf = (path: string) => live.entries.get(path)?.key ?? '';

/** Paths whose chunks are nearest to a question, nearest first. */
async function nearest(question: string): Promise<string[]> {
  const vectors = service.vectorsOf(id);
  const vector = await vectors?.embedQuery(question, signal);
  const scores = await vectors?.store.scan(vector as Float32Array, 10);
  return (scores?.nearest(10, () => true) ?? []).flatMap(({ key }) => live.pathsOf(key));
}

const state = () => service.status(id)?.state;

describe('the built-in model', () => {
  test('is loaded when something needs it, though nobody asked for that', async () => {
    const whole = Config.parse({}).embedding;
    service = new EmbeddingService(whole, { workers: pool, modelFile, log: quiet });
    await service.join(family);
    await sleep(200);
    expect(service.status(id)).toMatchObject({ state: 'building', model: null });
    expect((await index(some)).published).toBe(2);
    expect(lacking).toEqual([]);
    expect(state()).toBe('ready');
  });

  test('is loaded for a question', async () => {
    const whole = Config.parse({}).embedding;
    service = new EmbeddingService(whole, { workers: pool, modelFile, log: quiet });
    await service.join(family);
    await service.opened();
    expect(service.status(id)?.model).toMatch(/^first-/);
  });

  test('is the default, and gives vectors to chunks before they are published', async () => {
    await open().join(family);
    expect((await index(some)).published).toBe(2);
    expect(lacking).toEqual([]);
    expect(service.status(id)).toMatchObject({
      provider: 'builtin',
      model: expect.stringMatching(/^first-/),
      dimensions: 32,
      state: 'ready',
      embedded: 2,
      total: 2,
      message: null,
    });
  });

  test('answers questions at once, with zeros if it knows none of the words', async () => {
    await open().join(family);
    await index(some);
    expect(await nearest('a walking zebra')).toEqual(['zebra.py', 'lion.py']);
    expect(await nearest('lions')).toEqual(['lion.py', 'zebra.py']);
    const vectors = service.vectorsOf(id);
    expect(vectors).toMatchObject({ kind: 'builtin', complete: true, model: { dimensions: 32 } });
    const unknown = await vectors?.embedQuery('unheard of', signal);
    expect([...(unknown ?? [])].every((value) => value === 0)).toBe(true);
  });

  test('embeds what has no vector yet, the same as when it is derived', async () => {
    await open({ provider: 'none' }).join(family);
    await index(some);
    expect(service.vectorsOf(id)).toBeNull();
    service.configure(Config.parse({}).embedding);
    await expect.poll(state, patient).toBe('ready');
    const healed = service.vectorsOf(id)?.store;
    const key = keyOf('zebra.py');
    const before = await healed?.vectorOf({ key, ord: 0 });
    await store.deleteContents([key]);
    live.remove('zebra.py');
    await index(some);
    expect(await healed?.vectorOf({ key, ord: 0 })).toEqual(before);
  });

  test.each([
    ['is missing', () => rmSync(modelFile)],
    ['is damaged', () => writeFileSync(modelFile, 'damaged')],
  ])('is shown as unavailable where its file %s, and files are indexed without it', async (_what, spoil) => {
    spoil();
    await open().join(family);
    expect((await index(some)).published).toBe(2);
    expect(service.vectorsOf(id)).toBeNull();
    expect(service.status(id)).toMatchObject({ provider: 'builtin', state: 'unavailable', embedded: 0 });
    expect(service.status(id)?.message).toContain(modelFile);
    expect(service.status(id)?.message).toMatch(/install lcad again/);
  });

  test('says so if a model of a server is configured beside it', async () => {
    await open({ model: 'nomic-embed-text' }).join(family);
    await service.opened();
    expect(service.status(id)?.message).toContain('nomic-embed-text');
  });
});

describe('another version of the built-in model', () => {
  async function withFirstModel(): Promise<string> {
    await open().join(family);
    await index(some);
    await expect.poll(() => store.vectorIds(), patient).toHaveLength(1);
    await service.close();
    return (await store.vectorIds())[0] as string;
  }

  test('builds its vectors beside the old ones, which go when it is complete', async () => {
    const old = await withFirstModel();
    writeModel(modelFile, 'second', words.toReversed(), 64);
    await open().join(family);
    await expect.poll(state, patient).toBe('ready');
    await expect.poll(() => store.vectorIds(), patient).not.toContain(old);
    expect(service.status(id)).toMatchObject({ dimensions: 64, model: expect.stringMatching(/^second-/) });
    expect(await nearest('zebra')).toEqual(['zebra.py', 'lion.py']);
  });

  test('leaves the old vectors alone until then, also when it is interrupted', async () => {
    const old = await withFirstModel();
    writeModel(modelFile, 'second', words.toReversed(), 64);
    const stuck = {
      loadModel: pool.loadModel.bind(pool),
      embed: () => new Promise<never>((_resolve, reject) => setTimeout(reject, 50, new Error('stopped'))),
    };
    await open({}, stuck).join(family);
    await service.opened();
    await expect.poll(() => store.vectorIds(), patient).toHaveLength(2);
    expect(state()).toBe('building');
    expect(service.vectorsOf(id)?.complete).toBe(false);
    await service.close();
    expect(await store.vectorIds()).toContain(old);
    await open().join(family);
    await expect.poll(() => store.vectorIds(), patient).toHaveLength(1);
    expect(await store.vectorIds()).not.toContain(old);
  });
});

describe('a change of provider', () => {
  test('leaves questions to the old model until the vectors of the new one are complete', async () => {
    const server = await EmbeddingServer.start({ small: 16 });
    try {
      const onServer = { provider: 'ollama', model: 'small', url: server.url, batchSize: 1 } as const;
      await open().join(family);
      await index(some);
      server.faults.push({ kind: 'status', status: 503 }, { kind: 'status', status: 503 });
      service.configure({ ...Config.parse({}).embedding, ...onServer });
      await expect.poll(state, patient).toBe('unreachable');
      expect(service.vectorsOf(id)).toMatchObject({ kind: 'builtin', complete: true });
      // What is new meanwhile is found by the model that answers.
      await index({ 'both.py': source('zebra_lion') });
      expect(service.vectorsOf(id)?.store.has({ key: keyOf('both.py'), ord: 0 })).toBe(true);
      await expect.poll(state, patient).toBe('ready');
      await expect.poll(() => service.vectorsOf(id)?.kind, patient).toBe('external');
      expect(service.vectorsOf(id)?.model).toBeNull();
      service.configure(Config.parse({}).embedding);
      await expect.poll(() => service.vectorsOf(id)?.kind, patient).toBe('builtin');
      await expect.poll(() => store.vectorIds(), patient).toEqual([service.vectorsOf(id)?.store.id]);
    } finally {
      await server.stop();
    }
  });

  test('back to the one before, in the moment when the new one takes over, drops what is of no more use', async () => {
    const server = await EmbeddingServer.start({ small: 16 });
    try {
      const onServer = { provider: 'ollama', model: 'small', url: server.url } as const;
      await open().join(family);
      await index(some);
      service.configure({ ...Config.parse({}).embedding, ...onServer });
      await expect.poll(() => service.vectorsOf(id)?.kind, { ...patient, interval: 0 }).toBe('external');
      service.configure(Config.parse({}).embedding);
      await expect.poll(() => service.vectorsOf(id)?.kind, patient).toBe('builtin');
      await expect.poll(() => store.vectorIds(), patient).toEqual([service.vectorsOf(id)?.store.id]);
    } finally {
      await server.stop();
    }
  });
});
