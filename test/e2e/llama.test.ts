import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Connection, type GenerationProgress, openClient } from '../../src/client/api.js';
import { packagePath } from '../../src/shared/package-root.js';
import { placesOf } from '../../src/shared/paths.js';
import { homeEnv, makeHome, startDaemon, type TestDaemon } from '../support/daemon.js';
import { writeTinyModel } from '../support/gguf.js';

const template = '{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}[assistant] ';
const words = Array.from({ length: 40 }, (_, index) => `▁word${index}`);

const program = packagePath('bin/lcadd.js');
let closers: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closers.reverse()) await close();
  closers = [];
});

/** A daemon with a model file of its own: one that writes words for ever, a context of 4096 tokens long. */
async function start(settings = '', run = program): Promise<{ daemon: TestDaemon; client: Connection }> {
  const home = makeHome();
  closers.push(() => rmSync(home, { recursive: true, force: true }));
  const file = join(home, 'endless.gguf');
  writeTinyModel(file, { script: words, endless: true, contextTokens: 4096, chatTemplate: template });
  const places = placesOf(homeEnv(home));
  mkdirSync(dirname(places.configFile), { recursive: true });
  const upstream = `name = "own"\nkind = "llama-cpp"\nfile = "${file}"\nthreads = 1\n${settings}`;
  writeFileSync(places.configFile, `[[inference.upstreams]]\n${upstream}\n[guard]\nsecrets = false\n`);
  const daemon = await startDaemon({ home, program: run });
  closers.push(() => daemon.stop());
  const client = await openClient({ places, start: false });
  closers.push(() => client.close());
  return { daemon, client };
}

/** A generation under way. */
interface Running {
  readonly result: Promise<{ text: string; finishReason: string } | Error>;
  readonly text: () => string;
  cancel(): void;
  /** Waits until something was written. */
  begun(): Promise<void>;
}

function generate(client: Connection, maxTokens: number): Running {
  const controller = new AbortController();
  let text = '';
  const onProgress = (part: GenerationProgress): void => {
    if (part.kind === 'text') text += part.text;
  };
  const result = client
    .request('lcad/generate', { prompt: 'Hello', maxTokens }, { onProgress, signal: controller.signal })
    .catch((error: Error) => error);
  return {
    result,
    text: () => text,
    cancel: () => controller.abort(),
    begun: () => until(() => text !== ''),
  };
}

/** Processes with a model that a daemon has. */
function modelProcesses({ pid }: TestDaemon): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  return lines
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((found) => Number(found?.[2]) === pid && found?.[3]?.includes('bundle/llama.js'))
    .map((found) => Number(found?.[1]));
}

async function load(client: Connection): Promise<{ running: number; queued: number }> {
  const { servers } = await client.request('lcad/models', {});
  return servers[0] ?? { running: -1, queued: -1 };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a daemon with a .gguf file', () => {
  test('streams what the model writes, and ends it with the daemon', async () => {
    const { daemon, client } = await start();
    const answer = generate(client, 5);
    expect(await answer.result).toMatchObject({
      text: expect.stringMatching(/word0 word1 word2 word3 word4$/),
      finishReason: 'length',
      model: 'endless',
      usage: { outputTokens: 5 },
    });
    const pids = modelProcesses(daemon);
    expect(pids).toHaveLength(1);
    client.close();
    await daemon.stop();
    expect(modelProcesses(daemon)).toEqual([]);
    expect(() => process.kill(pids[0] ?? 0, 0)).toThrow('ESRCH');
  });

  test('gives the slot of a cancelled request to the one that waits', async () => {
    const { daemon, client } = await start();
    const first = generate(client, 4000);
    await first.begun();
    const second = generate(client, 3);
    await until(async () => (await load(client)).queued === 1);
    expect(second.text()).toBe('');
    first.cancel();
    expect(await first.result).toMatchObject({ kind: 'REQUEST_CANCELLED' });
    expect(await second.result).toMatchObject({ finishReason: 'length' });
    expect(await load(client)).toMatchObject({ running: 0, queued: 0 });
    expect(modelProcesses(daemon)).toHaveLength(1);
  });

  test('works on as many at a time as it has slots', async () => {
    const { daemon, client } = await start('concurrency = 2');
    const [first, second] = [generate(client, 4000), generate(client, 4000)];
    await Promise.all([first.begun(), second.begun()]);
    const third = generate(client, 3);
    await until(async () => (await load(client)).queued === 1);
    expect(await load(client)).toMatchObject({ running: 2, queued: 1 });
    second.cancel();
    expect(await third.result).toMatchObject({ finishReason: 'length' });
    const before = first.text().length;
    await until(() => first.text().length > before);
    first.cancel();
    await Promise.all([first.result, second.result]);
    expect(modelProcesses(daemon)).toHaveLength(1);
  });

  test('whose process is killed in the middle of an answer says so once, and starts it anew', async () => {
    const { daemon, client } = await start();
    const answer = generate(client, 4000);
    await answer.begun();
    const [pid] = modelProcesses(daemon);
    if (pid === undefined) throw new Error('The model has no process.');
    process.kill(pid, 'SIGKILL');
    const error = await answer.result;
    expect(error).toMatchObject({ kind: 'PROVIDER_UNREACHABLE' });
    expect((error as Error).message).toContain('SIGKILL');
    expect(await generate(client, 3).result).toMatchObject({ finishReason: 'length' });
    expect(modelProcesses(daemon)).not.toContain(pid);
    expect(await load(client)).toMatchObject({ running: 0, queued: 0 });
  });

  test('without the package node-llama-cpp says what to install, and does all else', async () => {
    const bare = mkdtempSync(join(tmpdir(), 'lcad-bare-'));
    closers.push(() => rmSync(bare, { recursive: true, force: true }));
    for (const part of ['bin', 'dist', 'package.json']) {
      cpSync(packagePath(part), join(bare, part), { recursive: true });
    }
    for (const part of ['grammars', 'models']) symlinkSync(packagePath(part), join(bare, part));
    mkdirSync(join(bare, 'node_modules'));
    for (const name of readdirSync(packagePath('node_modules'))) {
      if (name.startsWith('.') || name === 'node-llama-cpp') continue;
      symlinkSync(packagePath('node_modules', name), join(bare, 'node_modules', name));
    }
    const { client } = await start('', join(bare, 'bin/lcadd.js'));
    const error = await generate(client, 3).result;
    expect(error).toMatchObject({
      kind: 'PROVIDER_REFUSED',
      next: expect.stringContaining('npm install -g node-llama-cpp'),
    });
    expect(await client.request('lcad/status', {})).toMatchObject({ daemon: {} });
    expect(await load(client)).toMatchObject({ running: 0, queued: 0 });
  });
});
