import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSession, type StoredTurn } from '../../../src/daemon/chat/session-file.js';
import { SessionStore } from '../../../src/daemon/chat/store.js';

let folder: string;
let store: SessionStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-chat-'));
  store = new SessionStore(join(folder, 'chat'), () => 90);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const turn = (question: string, answer = 'answer'): StoredTurn => ({
  is: 'turn',
  at: '2026-01-01T00:00:00.000Z',
  messages: [
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ],
  model: 'm',
  upstream: 'u',
  citations: [{ repo: 'r', root: '/r', path: 'a.ts', startLine: 1, endLine: 2 }],
  interrupted: false,
});
const fileOf = (id: string) => join(folder, 'chat', `${id}.jsonl`);

async function begun(...questions: string[]): Promise<string> {
  const { id } = store.create();
  for (const question of questions) {
    const known = await store.read(id).catch(() => ({ id, createdAt: 'now', turns: [] }));
    await store.append(known, turn(question));
  }
  return id;
}

describe('conversations on disk', () => {
  test('are there again for another store, and readable by their user only', async () => {
    const id = await begun('one', 'two');
    const again = new SessionStore(join(folder, 'chat'), () => 90);
    const { turns, notes } = await again.read(id);
    expect(turns).toEqual([turn('one'), turn('two')]);
    expect(notes).toEqual([]);
    expect(statSync(fileOf(id)).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'chat')).mode & 0o777).toBe(0o700);
    expect(await again.list()).toMatchObject([{ id, turns: 2, title: 'one' }]);
  });

  test('are deleted', async () => {
    const id = await begun('one');
    const before = await store.read(id);
    await store.delete(id);
    await expect(store.read(id)).rejects.toMatchObject({ kind: 'SESSION_UNKNOWN' });
    await expect(store.delete(id)).rejects.toMatchObject({ kind: 'SESSION_UNKNOWN' });
    await expect(store.append(before, turn('two'))).rejects.toMatchObject({ kind: 'SESSION_UNKNOWN' });
    expect(await store.list()).toEqual([]);
  });

  test.each(['', '..', '../../etc/passwd', 'a/b', 'AAAAAAAAAA', 'abc\0defghi'])(
    'are not named %j',
    async (id) => {
      await expect(store.read(id)).rejects.toMatchObject({ kind: 'SESSION_UNKNOWN' });
      await expect(store.delete(id)).rejects.toMatchObject({ kind: 'SESSION_UNKNOWN' });
    },
  );

  test('lose only what is damaged, and the file as it was is set aside', async () => {
    const id = await begun('one', 'two', 'three');
    const lines = readFileSync(fileOf(id), 'utf8').split('\n');
    const damaged = [lines[0], lines[1], '{"is":"turn"', lines[3], ''].join('\n');
    writeFileSync(fileOf(id), damaged);
    const { turns, notes } = await store.read(id);
    expect(turns).toEqual([turn('one'), turn('three')]);
    expect(notes).toEqual([expect.stringContaining(`${fileOf(id)}.damaged`)]);
    expect(readFileSync(`${fileOf(id)}.damaged`, 'utf8')).toBe(damaged);
    expect(await store.read(id)).toMatchObject({ notes: [] });
  });

  test('survive an append that was torn', async () => {
    const id = await begun('one', 'two');
    const text = readFileSync(fileOf(id), 'utf8');
    writeFileSync(fileOf(id), text.slice(0, -20));
    const found = await store.read(id);
    expect(found.turns).toEqual([turn('one')]);
    expect(found.notes).toHaveLength(1);
    await store.append(found, turn('again'));
    expect((await store.read(id)).turns).toEqual([turn('one'), turn('again')]);
  });

  test('without a head are set aside as a whole', async () => {
    const id = await begun('one');
    writeFileSync(fileOf(id), 'garbage\n');
    await expect(store.read(id)).rejects.toThrow('.damaged');
    expect(readdirSync(join(folder, 'chat'))).toEqual([`${id}.jsonl.damaged`]);
  });

  test('are read whatever is in the file', () => {
    const head = '{"is":"session","version":1,"id":"x","createdAt":"now"}';
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json()), { maxLength: 6 }), (lines) => {
        const found = readSession([head, ...lines].join('\n'), 'x');
        expect(found?.turns).toEqual([]);
      }),
    );
  });

  test('keep their latest turns where they grow too large', async () => {
    store = new SessionStore(join(folder, 'chat'), () => 90, { bytes: 4000 });
    const id = await begun(...Array.from({ length: 30 }, (_, at) => `question ${at}`));
    const { turns } = await store.read(id);
    expect(statSync(fileOf(id)).size).toBeLessThanOrEqual(4000);
    expect(turns.at(-1)?.messages[0]?.content).toBe('question 29');
    expect(turns.length).toBeLessThan(30);
  });

  test('go after the days that they are kept', async () => {
    const old = await begun('old');
    const young = await begun('young');
    const days = (count: number) => Date.now() / 1000 - count * 86_400;
    utimesSync(fileOf(old), days(91), days(91));
    utimesSync(fileOf(young), days(89), days(89));
    const again = new SessionStore(join(folder, 'chat'), () => 90);
    expect((await again.list()).map(({ id }) => id)).toEqual([young]);
    expect(readdirSync(join(folder, 'chat'))).toEqual([`${young}.jsonl`]);
  });

  test('are no more than the limit: the oldest go', async () => {
    store = new SessionStore(join(folder, 'chat'), () => 90, { sessions: 2 });
    const first = await begun('first');
    utimesSync(fileOf(first), 1_700_000_000, Date.now() / 1000 - 60);
    const others = [await begun('second'), await begun('third')];
    expect((await store.list()).map(({ id }) => id).sort()).toEqual(others.sort());
  });
});
