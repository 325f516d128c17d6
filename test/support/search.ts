import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DerivedBatches } from '../../src/daemon/pipeline/derived-batches.js';
import type { SearchableRepo, SearchFamily, VectorSource } from '../../src/daemon/search/contract.js';
import type { FamilyStore } from '../../src/daemon/store/contract.js';
import { openFamilyStore } from '../../src/daemon/store/family.js';
import type { Freshness } from '../../src/protocol/common.js';
import { classify } from '../../src/workers/classify.js';
import { contentKey } from '../../src/workers/content-key.js';
import { derive } from '../../src/workers/derive.js';
import { detectLanguage } from '../../src/workers/languages.js';

const maxFileBytes = 1_000_000;

/** A repository on disk whose files are published by hand: what the daemon's repositories are to search. */
export class TestRepo implements SearchableRepo {
  readonly files = new Map<string, { key: string; language: string }>();
  readonly name: string;
  readonly epoch = 'first';
  generation = 0;
  pending = 0;
  readonly id: string;
  #known = { generation: -1, byKey: new Map<string, string[]>() };

  constructor(
    readonly root: string,
    readonly family: string,
  ) {
    this.name = basename(root);
    this.id = `id-${this.name}`;
  }

  pathsOf(key: string): readonly string[] {
    return this.#paths().get(key) ?? [];
  }

  /** Paths by content, made anew after each publish. */
  #paths(): Map<string, string[]> {
    if (this.#known.generation !== this.generation) {
      const byKey = new Map<string, string[]>();
      for (const [path, { key }] of this.files) byKey.set(key, [...(byKey.get(key) ?? []), path].sort());
      this.#known = { generation: this.generation, byKey };
    }
    return this.#known.byKey;
  }

  freshness(fresh: boolean): Freshness {
    const { id, name, root, epoch, generation, pending } = this;
    return {
      repo: id,
      name,
      root,
      epoch,
      generation,
      head: null,
      branch: null,
      pending,
      state: 'ready',
      fresh,
    };
  }
}

/** A family with a real store in a temporary folder. */
export class TestFamily implements SearchFamily {
  readonly repos: TestRepo[] = [];
  vectors: VectorSource | null = null;

  private constructor(
    readonly id: string,
    readonly folder: string,
    readonly store: FamilyStore,
  ) {}

  static async open(id = 'family'): Promise<TestFamily> {
    const folder = mkdtempSync(join(tmpdir(), 'lcad-search-'));
    return new TestFamily(id, folder, await openFamilyStore(join(folder, 'store')));
  }

  /** Adds a repository with these files, by path, and indexes them. */
  async addRepo(name: string, files: Record<string, string>): Promise<TestRepo> {
    const root = join(this.folder, name);
    mkdirSync(root);
    const repo = new TestRepo(root, this.id);
    this.repos.push(repo);
    await this.write(repo, files);
    return repo;
  }

  /** Adds a repository that exists; its files are only read. */
  async addExisting(root: string): Promise<TestRepo> {
    const repo = new TestRepo(root, this.id);
    this.repos.push(repo);
    await this.publish(repo, [...walk(root, '')]);
    return repo;
  }

  /** Writes files and publishes them. */
  async write(repo: TestRepo, files: Record<string, string>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(repo.root, path)), { recursive: true });
      writeFileSync(join(repo.root, path), text);
    }
    await this.publish(repo, Object.keys(files));
  }

  /** Forgets a file; what was derived from it stays in the store. */
  remove(repo: TestRepo, path: string): void {
    repo.files.delete(path);
    repo.generation++;
  }

  async publish(repo: TestRepo, paths: string[]): Promise<void> {
    const files = paths.flatMap((path) => {
      const bytes = readFileSync(join(repo.root, path));
      if (bytes.length > maxFileBytes || classify(path, bytes) !== null) return [];
      const language = detectLanguage(path, bytes.subarray(0, 4096));
      return [{ path, language, key: contentKey(language, bytes) }];
    });
    const fresh = [...new Map(files.map((file) => [file.key, file])).values()].filter(
      ({ key }) => !this.store.keys.has(key),
    );
    if (fresh.length > 0) await this.#derive(repo.root, fresh);
    for (const { path, key, language } of files) repo.files.set(path, { key, language });
    repo.generation++;
  }

  async #derive(root: string, files: { path: string; key: string; language: string }[]): Promise<void> {
    const result = await derive({
      type: 'derive',
      root,
      files,
      mode: 'syntax',
      parseDeadlineMs: 10_000,
      maxFileBytes,
      includeGenerated: false,
      progress: new SharedArrayBuffer(4),
    });
    const batches = new DerivedBatches();
    batches.add(result);
    await this.store.addChunks(batches.rows, batches.contents, batches.parts);
  }

  async close(): Promise<void> {
    await this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function* walk(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.name === '.git' || entry.name === 'node_modules') continue;
    if (entry.isDirectory()) yield* walk(root, path);
    else if (entry.isFile()) yield path;
  }
}
