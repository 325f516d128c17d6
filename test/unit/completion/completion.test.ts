import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Asked, Completion } from '../../../src/daemon/completion/completion.js';
import { countTokens } from '../../../src/daemon/context/tokens.js';
import { Graph } from '../../../src/daemon/graph/graph.js';
import type { OpenBuffer, Overlay } from '../../../src/daemon/overlay/contract.js';
import { LcadError } from '../../../src/shared/errors.js';
import { loadModel } from '../../../src/shared/model/load.js';
import { modelOf } from '../../../src/shared/model/static-model.js';
import { packagePath } from '../../../src/shared/package-root.js';
import { TestFamily, type TestRepo } from '../../support/search.js';

const queue =
  '/** Keeps work in order. */\nexport class Queue {\n  #jobs: Job[] = [];\n\n  /** Takes a job in. */\n  push(job: Job): void {\n    this.#jobs.push(job);\n  }\n\n  drain(limit: number): Job[] {\n    return this.#jobs.splice(0, limit);\n  }\n}\n\nexport interface Job {\n  name: string;\n  next: Job | null;\n}\n\nexport function emptyQueue(): Queue {\n  return new Queue();\n}\n\nfunction hidden() {}\n';
const main =
  "import { emptyQueue, Queue } from './queue.js';\nimport { retry } from './retry.js';\n\nexport function main() {\n  const queue = new Queue();\n  queue.drain(3);\n  retry(() => queue);\n}\n";
const files = {
  'src/queue.ts': queue,
  'src/main.ts': main,
  'src/retry.ts':
    "import { main } from './main.js';\n\nexport function retry(work: () => unknown): void {\n  for (let left = 3; left > 0; left--) {\n    work();\n    main();\n  }\n  console.log('a long body that is not short at all');\n  console.log('two');\n  console.log('three');\n  console.log('four');\n  console.log('five');\n  console.log('six');\n  console.log('seven');\n  console.log('eight');\n}\n",
  'src/save.ts': "import { Store } from './store.js';\nimport { Queue } from './queue.js';\n",
  'src/store.ts': `export class Store {\n${Array.from({ length: 12 }, (_, at) => `  method${at}(value: number): number {\n    return value + ${at};\n  }\n`).join('')}}\n`,
  'src/colors.ts': 'export const red = 1;\nexport const blue = 2;\n',
  'src/other.ts':
    'export function drainSlowly(queue: Queue) {\n  const jobs = queue.drain(1);\n  return jobs;\n}\n',
};

let family: TestFamily;
let repo: TestRepo;
let completion: Completion;

beforeEach(async () => {
  family = await TestFamily.open();
  onTestFinished(() => family.close());
  repo = await family.addRepo('shop', files);
  completion = new Completion(new Graph());
});

const overlayOf = (buffers: Partial<OpenBuffer>[] = [], views: Overlay['views'] = []): Overlay => ({
  buffers: buffers as OpenBuffer[],
  views,
  get: (path) => (buffers as OpenBuffer[]).find((one) => one.path === path),
  settled: () => Promise.resolve(),
});

/** Asks at the "|" of a text that stands in place of a file. */
function ask(path: string, marked: string, more: Partial<Asked['params']> = {}, overlay = overlayOf()) {
  const at = marked.indexOf('|');
  const text = `${marked.slice(0, at)}${marked.slice(at + 1)}`;
  const line = marked.slice(0, at).split('\n').length;
  const column = at - marked.lastIndexOf('\n', at);
  const locate = (file: string) =>
    file.startsWith(`${repo.root}/`) ? { family, repo, path: file.slice(repo.root.length + 1) } : null;
  const file = path.startsWith('/') ? path : `${repo.root}/${path}`;
  const params = { line, column, text, patienceMs: 5_000, ...more };
  const asked = {
    file,
    params,
    viewed: [],
    home: locate(file),
    locate,
    families: [family],
    overlay,
    overlayFiles: [],
  };
  return completion.context(asked, new AbortController().signal);
}
const symbolsOf = ({ items }: Awaited<ReturnType<typeof ask>>) =>
  items.flatMap(({ symbols, path }) => symbols.map(({ name }) => `${path} ${name}`));

describe('the context of a completion', () => {
  test('has the definitions of what is used near, with a short body, and what is imported', async () => {
    const reply = await ask('src/main.ts', `${main.slice(0, -2)}  const more = |\n}\n`);
    expect(reply).toMatchObject({
      path: 'src/main.ts',
      language: 'typescript',
      source: 'params',
      repo: repo.id,
    });
    expect(`${reply.prefix.text}${reply.suffix.text}`).toBe(`${main.slice(0, -2)}  const more = \n}\n`);
    const found = symbolsOf(reply);
    expect(found).toContain('src/queue.ts Queue');
    expect(found).toContain('src/queue.ts emptyQueue');
    expect(found).toContain('src/retry.ts retry');
    expect(found).not.toContain('src/queue.ts hidden');
    const retry = reply.items.find(({ path }) => path === 'src/retry.ts');
    expect(retry).toMatchObject({ kind: 'definition', confidence: 'imported' });
    expect(retry?.text).toContain('retry(work: () => unknown)');
    expect(retry?.text).not.toContain('a long body');
    const whole = reply.items.find(({ symbols }) => symbols.some(({ name }) => name === 'Queue'));
    expect(whole?.text).toContain('splice(0, limit)');
  });

  test('offers the members of what stands before the cursor', async () => {
    const text =
      "import { Store } from './store.js';\n\nexport function save(store: Store) {\n  store.|\n}\n";
    const reply = await ask('src/save.ts', text);
    const members = reply.items.filter(({ kind }) => kind === 'members');
    expect(members[0]).toMatchObject({
      path: 'src/store.ts',
      reason: 'member of Store',
      confidence: 'imported',
    });
    expect(members[0]?.text).toContain('method7(value: number): number');
    expect(members[0]?.symbols).toHaveLength(12);
  });

  test('follows a type that is written on the line of the cursor itself', async () => {
    const text = (line: string) =>
      `import { Store } from './store.js';\nimport { Queue } from './queue.js';\n\nexport function save() {\n  ${line}\n}\n`;
    const first = await ask('src/save.ts', text('const one = new Store(); one.drain; one.|'));
    expect(symbolsOf(first)).toContain('src/store.ts method7');
    const second = await ask('src/save.ts', text('const one = new Queue(); one.drain; one.|'));
    expect(symbolsOf(second)).not.toContain('src/store.ts method7');
    const drain = second.items.find(({ text: shown }) => shown.includes('drain(limit: number)'));
    expect(drain).toMatchObject({ path: 'src/queue.ts', confidence: 'imported' });
  });

  test('offers what its own file defines, also what nobody else may use', async () => {
    const reply = await ask('src/queue.ts', `${queue.replace(' | null', '')}\nconst seen = hid|;\n`, {
      prefixTokens: 6,
    });
    const own = reply.items.find(({ symbols }) => symbols.some(({ name }) => name === 'hidden'));
    expect(own).toMatchObject({ kind: 'signatures', confidence: 'same-scope', reason: 'of the same file' });
  });

  test('waits for nothing unless it is told to: what was not in memory is there the next time', async () => {
    const marked = `${main.slice(0, -2)}  const more = |\n}\n`;
    const overlay = overlayOf();
    const first = await ask('src/main.ts', marked, { patienceMs: 0 }, overlay);
    expect(first.notes).toEqual(['Some texts were not in memory yet and are left out.']);
    expect(symbolsOf(first)).toContain('src/queue.ts Queue');
    expect(first.items.some(({ text }) => text.includes('splice(0, limit)'))).toBe(false);
    await expect
      .poll(async () => (await ask('src/main.ts', marked, { patienceMs: 0 }, overlay)).notes)
      .toEqual([]);
    const later = await ask('src/main.ts', marked, { patienceMs: 0 }, overlay);
    expect(later.items.some(({ text }) => text.includes('splice(0, limit)'))).toBe(true);
  });

  test('a file that was opened is ready for the first request in it, once anybody has asked', async () => {
    const marked = `${main.slice(0, -2)}  const more = |\n}\n`;
    await ask('src/colors.ts', 'export const red = |', { patienceMs: 0 });
    const file = `${repo.root}/src/main.ts`;
    const text = marked.replace('|', '');
    const buffer = { path: file, text, language: 'typescript', edits: [], outline: null };
    const overlay = overlayOf([buffer], [{ path: file, line: 8, at: 1 }]);
    const now = () => Promise.resolve({ families: [family], overlayFiles: [] });
    await completion.warm({ file, home: { family, repo, path: 'src/main.ts' }, overlay, now });
    const reply = await ask('src/main.ts', marked, { patienceMs: 0 });
    expect(reply.notes).toEqual([]);
    expect(reply.items.some(({ text: shown }) => shown.includes('splice(0, limit)'))).toBe(true);
  });

  test('of a file of 20,000 lines shows the windows around any place', async () => {
    const body = Array.from({ length: 20_000 }, (_, at) =>
      at % 4 === 0
        ? `export function step${at}(value: number) {`
        : at % 4 === 3
          ? '}'
          : `  use(value, ${at});`,
    );
    const lines = ["import { retry } from './retry.js';", ...body];
    await family.write(repo, { 'src/long.ts': `${lines.join('\n')}\n` });
    for (const line of [1, 10_003, 20_000]) {
      const marked = lines.map((text, at) => (at === line ? `${text} retry(|` : text)).join('\n');
      const reply = await ask('src/long.ts', marked);
      expect(reply.prefix.tokens).toBeLessThanOrEqual(2_000);
      expect(reply.prefix.endLine).toBe(line + 1);
      expect(reply.prefix.text.endsWith('retry(')).toBe(true);
      expect(symbolsOf(reply)).toContain('src/retry.ts retry');
    }
  });

  test('marks what is only guessed by its name and puts it last', async () => {
    const reply = await ask('src/other.ts', files['src/other.ts'].replace('return jobs;', 'queue.push(|'));
    const guessed = reply.items.filter(
      ({ confidence }) => confidence === 'unique-name' || confidence === 'ambiguous',
    );
    const sure = reply.items.filter(
      ({ confidence }) => confidence === 'imported' || confidence === 'same-scope',
    );
    for (const { score } of guessed) for (const one of sure) expect(score).toBeLessThanOrEqual(one.score);
  });

  test('keeps to its budget and repeats nothing', async () => {
    for (const contextTokens of [0, 10, 40, 200]) {
      const { items, tokens } = await ask('src/main.ts', main.replace('queue.drain(3);', 'queue.|'), {
        contextTokens,
      });
      expect(tokens).toBeLessThanOrEqual(contextTokens);
      expect(items.reduce((sum, { text }) => sum + countTokens(text), 0)).toBeLessThanOrEqual(contextTokens);
      const lines = items.flatMap(({ text }) => text.split('\n')).filter((line) => line.trim().length > 12);
      expect(new Set(lines).size).toBe(lines.length);
    }
  });

  test('has code that is like the lines around the cursor, never of the file itself', async () => {
    const model = modelOf(loadModel(packagePath('models/lcad-code-1.safetensors')));
    const store = await family.store.vectors(model.id, model.dimensions);
    const rows = await family.store.withoutVector(
      store,
      new Set([...repo.files.values()].map(({ key }) => key)),
      100,
    );
    for (const row of rows) {
      const vector = new Float32Array(model.dimensions);
      model.embed(row.terms, vector);
      const scale = Math.max(...vector.map(Math.abs)) / 127 || 1;
      await store.add({
        ids: [{ key: row.key, ord: row.ord }],
        values: Int8Array.from(vector, (value) => Math.round(value / scale)),
        scales: new Float32Array([scale]),
      });
    }
    family.vectors = {
      store,
      model,
      kind: 'builtin',
      complete: true,
      embedQuery: () => Promise.resolve(null),
    };
    const text = 'export function drainAll(queue: Queue) {\n  const jobs = queue.drain(100);\n  |\n}\n';
    const { items } = await ask('src/main.ts', text);
    const similar = items.filter(({ kind }) => kind === 'similar');
    expect(similar[0]).toMatchObject({ path: 'src/other.ts', startLine: 1 });
    expect(similar.map(({ path }) => path)).not.toContain('src/main.ts');
  });

  test('has the regions that the client edited and looked at, from its buffers', async () => {
    const path = `${repo.root}/src/other.ts`;
    const text = `${files['src/other.ts']}\nexport const unsaved = drainSlowly;\n`;
    const edits = [{ startLine: 6, endLine: 6, at: 5 }];
    const overlay = overlayOf(
      [{ path, text, language: 'typescript', edits, outline: null }],
      [{ path: `${repo.root}/src/colors.ts`, line: 2, at: 4 }],
    );
    const { items } = await ask('src/main.ts', main.replace('queue.drain(3);', '|'), {}, overlay);
    expect(items.find(({ kind }) => kind === 'edited')?.text).toContain('unsaved = drainSlowly');
    expect(items.find(({ kind }) => kind === 'viewed')).toMatchObject({
      path: 'src/colors.ts',
      startLine: 1,
    });
  });

  test('takes the text of the open buffer, else what is indexed', async () => {
    const path = `${repo.root}/src/main.ts`;
    const overlay = overlayOf([{ path, text: 'buffered', language: 'typescript', edits: [], outline: null }]);
    const at = { line: 1, column: 1 };
    const params = { ...at, text: undefined };
    expect((await ask('src/main.ts', '|', params, overlay)).suffix.text).toBe('buffered');
    const indexed = await ask('src/main.ts', '|', params);
    expect(indexed.source).toBe('index');
    expect(indexed.suffix.text).toBe(main);
  });
});

describe('bad input', () => {
  const kindOf = (work: Promise<unknown>) =>
    work.then(
      () => 'no error',
      (error: unknown) => (error instanceof LcadError ? error.kind : String(error)),
    );

  test('a place outside of the text, and a file without a text, are errors', async () => {
    expect(await kindOf(ask('src/main.ts', '|', { line: 9 }))).toBe('LINE_NOT_FOUND');
    expect(await kindOf(ask('src/main.ts', '|', { column: 2 }))).toBe('LINE_NOT_FOUND');
    expect(await kindOf(ask('src/none.ts', '|', { text: undefined }))).toBe('FILE_NOT_INDEXED');
    expect(await kindOf(ask('/elsewhere/a.ts', '|', { text: undefined }))).toBe('FILE_NOT_INDEXED');
  });

  test('a file outside of every repository has its windows, and a note', async () => {
    const reply = await ask('/elsewhere/a.ts', 'one|two');
    expect(reply).toMatchObject({ repo: null, path: '/elsewhere/a.ts', items: [], prefix: { text: 'one' } });
    expect(reply.notes[0]).toContain('in no registered repository');
  });

  test('a new file has what can be had without its symbols', async () => {
    const reply = await ask('src/new.ts', 'const queue = |');
    expect(reply.prefix.text).toBe('const queue = ');
    expect(reply.notes.join()).toContain('symbols of this file are not known');
  });

  test('binary text, long lines and large files end well', async () => {
    expect((await ask('src/main.ts', 'a\0b|')).notes.join()).toContain('binary');
    const long = `const a = [${'drain, '.repeat(300_000)}|${'push, '.repeat(300_000)}];\n`;
    expect((await ask('src/main.ts', long)).prefix.tokens).toBeLessThanOrEqual(2_000);
    const large = `${'const a = queue.drain(1);\n'.repeat(20_000)}queue.|\n${'queue.push(job);\n'.repeat(20_000)}`;
    const reply = await ask('src/main.ts', large);
    expect(reply.prefix.endLine).toBe(20_001);
    expect(reply.prefix.whole).toBe(false);
  });

  test('a request that was given up ends with its reason', async () => {
    const gone = AbortSignal.abort(new LcadError('REQUEST_CANCELLED', 'gone'));
    const file = `${repo.root}/src/main.ts`;
    const home = { family, repo, path: 'src/main.ts' };
    const asked = {
      file,
      params: { line: 1, column: 1, text: main },
      viewed: [],
      home,
      locate: () => home,
      families: [family],
      overlay: overlayOf(),
      overlayFiles: [],
    };
    expect(await kindOf(completion.context(asked, gone))).toBe('REQUEST_CANCELLED');
  });
});
