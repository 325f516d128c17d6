import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from '../../src/client/api.js';
import { makeHome, startDaemon, type TestDaemon } from '../support/daemon.js';
import { makeRepo } from '../support/git-repo.js';

const count = 120;
const name = (i: number) => `src/file${i}.ts`;
const text = (word: string, i: number) => `export const ${word}${i} = ${i};\n${'// filling\n'.repeat(2000)}`;

let home: string;
let repo: ReturnType<typeof makeRepo>;
let daemon: TestDaemon;

beforeAll(async () => {
  home = makeHome();
  repo = makeRepo(Object.fromEntries(Array.from({ length: count }, (_, i) => [name(i), text('old', i)])));
  daemon = await startDaemon({ home });
});
afterAll(async () => {
  await daemon.stop();
  repo.remove();
  rmSync(home, { recursive: true, force: true });
});

const connect = () => openClient({ places: daemon.places, start: false });

/** The first word of each file, which tells whether it was changed. */
function words(): Set<string> {
  const all = Array.from({ length: count }, (_, i) => readFileSync(join(repo.root, name(i)), 'utf8'));
  return new Set(all.map((one) => /const (old|fresh)/.exec(one)?.[1] ?? 'neither'));
}

const edits = Array.from({ length: count }, (_, i) => ({
  path: name(i),
  search: `export const old${i} = ${i};\n`,
  replace: `export const fresh${i} = ${i};\n`,
}));

test('a daemon that is killed while it writes leaves all files changed or none', {
  timeout: 120_000,
}, async () => {
  const first = await connect();
  await first.request('lcad/repos/add', { path: repo.root });
  first.close();
  const ends: string[] = [];
  for (const delayMs of [5, 20, 40, 60, 90, 130, 180, 250]) {
    for (let i = 0; i < count; i++) writeFileSync(join(repo.root, name(i)), text('old', i));
    const client = await connect();
    const preview = await client.request('lcad/edits/preview', { edits, repo: repo.root });
    expect(preview.problems).toEqual([]);
    const applied = client.request('lcad/edits/apply', { id: preview.id }).then(
      () => 'done',
      () => 'cut',
    );
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await daemon.kill9();
    const reply = await applied;
    client.close();
    daemon = await startDaemon({ home });
    const next = await connect();
    // Waits for what the last daemon left to be dealt with.
    const unknown = next.request('lcad/edits/undo', { id: '000000000000' });
    await expect(unknown).rejects.toMatchObject({ kind: 'EDIT_UNKNOWN' });
    const [word, ...others] = words();
    expect(others, `killed after ${delayMs} ms`).toEqual([]);
    if (reply === 'done') expect(word).toBe('fresh');
    ends.push(`${reply} ${word}`);
    expect(readdirSync(join(repo.root, 'src'))).toHaveLength(count);
    if (word === 'fresh') {
      await next.request('lcad/edits/undo', {});
      expect(words()).toEqual(new Set(['old']));
    }
    next.close();
  }
  expect(ends).toContain('cut old');
});
