import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CompleteResult } from '../../src/protocol/complete.js';
import { runInTerminal } from '../support/cli.js';
import { ModelServer } from '../support/model-server.js';
import { makeProject, type Project } from '../support/project.js';

let server: ModelServer;
let project: Project;

beforeAll(async () => {
  server = await ModelServer.start({ kind: 'ollama', models: [{ name: 'qwen2.5-coder:1.5b' }] });
  project = makeProject({ 'src/main.ts': 'export function main() {\n  \n}\n' });
  const { configFile } = project.places;
  mkdirSync(dirname(configFile), { recursive: true, mode: 0o700 });
  const upstream = (name: string, url: string) =>
    `[[inference.upstreams]]\nname = "${name}"\nkind = "ollama"\nurl = "${url}"\nmodel = "qwen2.5-coder:1.5b"\n`;
  writeFileSync(configFile, `${upstream('here', server.url)}${upstream('gone', 'http://127.0.0.1:9')}`);
  expect((await lcad('add', '.')).code).toBe(0);
});
afterAll(async () => {
  await project.remove();
  await server.close();
});

const lcad: Project['lcad'] = (...words) => project.lcad(...words);

test('prints the completion, and on standard error where it came from', async () => {
  server.reply = ['return', ' 1;'];
  const { code, stdout, stderr } = await lcad('complete', 'src/main.ts:2:3');
  expect(stdout).toBe('return 1;\n');
  expect(stderr).toContain('qwen2.5-coder:1.5b on here');
  expect(code).toBe(0);
});

test('as one JSON document; without context and with the lines and tokens that are given', async () => {
  server.reply = ['return 2;', '\nmore();'];
  const words = ['--json', '--no-context', '--lines', 'single', '--max-tokens', '7'];
  const { code, stdout } = await lcad('complete', 'src/main.ts:2:3', ...words);
  expect(CompleteResult.parse(JSON.parse(stdout))).toMatchObject({ text: 'return 2;', source: 'model' });
  expect(server.generations.at(-1)?.body.options).toMatchObject({ num_predict: 7 });
  expect(code).toBe(0);
});

test('on a terminal it comes as it is written', async () => {
  server.reply = { tokens: ['return', ' 3;'], delayMs: 50 };
  const run = runInTerminal(['complete', 'src/main.ts:2:3', '--max-tokens', '9'], {
    cwd: project.repo.root,
    env: project.env,
  });
  await run.shows('return 3;');
  expect(await run.ended()).toBe(0);
});

test('nothing to complete, a wrong place, a server that is down', async () => {
  server.reply = ['<|endoftext|>'];
  const nothing = await lcad('complete', 'src/main.ts:1:1');
  expect(nothing).toMatchObject({ code: 4, stdout: '' });
  expect(nothing.stderr).toContain('nothing to add');
  expect((await lcad('complete', 'src/main.ts')).code).toBe(2);
  expect((await lcad('complete', 'src/main.ts:99:1')).code).toBe(2);
  const down = await lcad('complete', 'src/main.ts:1:2', '--server', 'gone');
  expect(down.code).toBe(1);
  expect(down.stdout).toBe('');
  expect(down.stderr).toMatch(/127\.0\.0\.1:9[\s\S]*ollama/i);
});
