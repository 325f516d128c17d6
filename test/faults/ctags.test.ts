import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WorkerPool } from '../../src/daemon/pipeline/pool.js';
import { contentKey } from '../../src/workers/content-key.js';
import type { CtagsProgram } from '../../src/workers/ctags/program.js';
import { ctagsAt, writeCtags } from '../support/ctags.js';
import { isAlive, until } from '../support/watch.js';

/** Child processes of worker threads that cannot end them any more. */
let folder: string;
let pids: string;
let ctags: CtagsProgram;
let pool: WorkerPool;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-ctags-'));
  pids = join(folder, 'pids');
  ctags = await ctagsAt(writeCtags(folder, 'ctags', `--pids=${pids}`));
  rmSync(pids);
  pool = new WorkerPool({
    threads: 1,
    stallMs: 60_000,
    taskDeadlineMs: 60_000,
    ctags: Promise.resolve(ctags),
  });
});
afterEach(async () => {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Has a thread derive a file on which the program hangs. Resolves when it does. */
async function hanging(signal: AbortSignal): Promise<{ outcome: Promise<unknown>; pid: number }> {
  const bytes = Buffer.from('CREATE TABLE t (\n  a int\n);\n-- fault: hang\n');
  writeFileSync(join(folder, 'a.sql'), bytes);
  const file = { path: 'a.sql', language: 'sql', key: contentKey('sql', bytes, ctags) };
  const limits = { parseDeadlineMs: 50_000, maxFileBytes: 1 << 20, includeGenerated: false };
  const outcome = pool
    .derive({ root: folder, files: [file], mode: 'syntax', ...limits }, signal)
    .catch((error: unknown) => error);
  await until('the program runs', () => existsSync(pids) && readFileSync(pids, 'utf8').endsWith('\n'));
  return { outcome, pid: Number(readFileSync(pids, 'utf8')) };
}

/** A process whose thread is gone stays in the table of processes until the one around it ends. */
function runs(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
}

test('a program that hangs ends with the thread that asked it', async () => {
  const stop = new AbortController();
  const { outcome, pid } = await hanging(stop.signal);
  expect(runs(pid)).toBe(true);
  stop.abort(new Error('enough'));
  expect(await outcome).toEqual(new Error('enough'));
  await until('it ends', () => !runs(pid));
});

test('a program that hangs ends with the pool', async () => {
  const { outcome, pid } = await hanging(new AbortController().signal);
  await pool.close();
  await outcome;
  await until('it ends', () => !runs(pid));
});
