import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MetricsResult } from '../../src/protocol/metrics.js';
import { ModelsResult } from '../../src/protocol/models.js';
import { placesOf } from '../../src/shared/paths.js';
import { type CliResult, runCli } from '../support/cli.js';
import { homeEnv, makeHome } from '../support/daemon.js';
import { ModelServer } from '../support/model-server.js';

let home: string;
let env: NodeJS.ProcessEnv;
let models: ModelServer;
let freePort: number;

beforeAll(async () => {
  home = makeHome();
  env = homeEnv(home);
  models = await ModelServer.start({
    kind: 'ollama',
    models: [
      { name: 'coder:1.5b', bytes: 986_000_000, parameters: '1.5B', quantisation: 'Q4_K_M' },
      { name: 'other:7b', loaded: false },
    ],
    reply: ['Hel', 'lo'],
  });
  freePort = await portWithoutServer();
});
afterAll(async () => {
  await lcad('stop');
  await models.close();
  rmSync(home, { recursive: true, force: true });
});

function lcad(...words: string[]): Promise<CliResult> {
  return runCli(words, { env });
}

/** Writes the configuration file and has it read. */
async function configure(text: string): Promise<void> {
  const { configFile } = placesOf(env);
  mkdirSync(dirname(configFile), { recursive: true });
  writeFileSync(configFile, text);
  await lcad('rpc', 'lcad/config/reload');
}

function portWithoutServer(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 1));
    });
  });
}

describe('without a model server', () => {
  beforeAll(() =>
    configure(
      `[[inference.upstreams]]\nname = "mine"\nkind = "ollama"\nurl = "http://127.0.0.1:${freePort}"\n`,
    ),
  );

  test('lcad models says what to start, and what this machine has room for', async () => {
    const { code, stdout, stderr } = await lcad('models');
    expect({ code, stderr }).toEqual({ code: 4, stderr: '' });
    expect(stdout).toMatch(/^chat +none$/m);
    expect(stdout).toContain(`mine  ollama at http://127.0.0.1:${freePort}  unreachable`);
    expect(stdout).toContain('ollama serve');
    expect(stdout).toContain('ollama pull');
    expect(stdout).toMatch(/With [\d.]+ GB of memory/);
  });

  test('as one JSON document', async () => {
    const { code, stdout } = await lcad('models', '--json');
    expect(code).toBe(4);
    const result = ModelsResult.parse(JSON.parse(stdout));
    expect(result.uses).toMatchObject({ chat: null, completion: null, embedding: { upstream: 'builtin' } });
    expect(result.servers).toMatchObject([
      { name: 'mine', configured: true, state: 'unreachable', models: [] },
    ]);
    expect(result.next).toContain('ollama serve');
  });

  test('lcad/generate says the same', async () => {
    const { code, stdout } = await lcad('rpc', 'lcad/generate', '{"prompt":"Hello"}', '--json');
    expect(code).toBe(1);
    expect(stdout).toContain('NO_MODEL_SERVER');
    expect(stdout).toContain('ollama serve');
  });
});

describe('with a model server', () => {
  beforeAll(() =>
    configure(
      `[[inference.upstreams]]\nname = "mine"\nkind = "ollama"\nurl = "${models.url}"\nmodel = "coder:1.5b"\n`,
    ),
  );

  test('lcad models shows what it offers and what is used for what', async () => {
    const { code, stdout } = await lcad('models');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^chat +coder:1\.5b \(mine\)$/m);
    expect(stdout).toMatch(/^completion +coder:1\.5b \(mine\)$/m);
    expect(stdout).toContain(`mine  ollama at ${models.url}  ready`);
    expect(stdout).toMatch(/coder:1\.5b +loaded +986 MB/);
    expect(stdout).toContain('other:7b');
    expect(stdout).not.toContain('ollama serve');
  });

  test('a generation is counted, and lcad metrics shows it', async () => {
    const made = await lcad('rpc', 'lcad/generate', '{"prompt":"Hello"}');
    expect(made.code).toBe(0);
    expect(JSON.parse(made.stdout)).toMatchObject({ text: 'Hello', upstream: 'mine', model: 'coder:1.5b' });
    const table = await lcad('metrics');
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/lcad\/generate +\d+/);
    expect(table.stdout).toMatch(/mine\/coder:1\.5b +chat +1/);
    const json = MetricsResult.parse(JSON.parse((await lcad('metrics', '--json')).stdout));
    expect(json.generations).toContainEqual(expect.objectContaining({ upstream: 'mine', done: 1 }));
    expect(json.text).toBeNull();
    const { stdout } = await lcad('metrics', '--prometheus');
    expect(stdout).toContain('# TYPE lcad_generations_total counter');
    expect(stdout).toContain(
      'lcad_generations_total{upstream="mine",model="coder:1.5b",class="chat",outcome="done"} 1',
    );
  });
});
