import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stopDaemon } from '../../src/client/stop.js';
import { writeCtags, writeProgram } from '../support/ctags.js';
import { makeProject, type Project } from '../support/project.js';

/** The real commands with the real daemon, and a program that speaks as Universal Ctags does. */
let project: Project;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-ctags-'));
  project = makeProject({
    'schema.sql': '-- All orders.\nCREATE TABLE orders (\n  id int,\n  state text\n);\n',
    'main.py': 'def main():\n    pass\n',
  });
});
afterAll(async () => {
  await project.remove();
  rmSync(folder, { recursive: true, force: true });
});

const lcad: Project['lcad'] = (...words) => project.lcad(...words);
const json: Project['json'] = (...words) => project.json(...words);
/** Starts the daemon anew with other settings, and waits until it has caught up. */
async function configured(settings: string): Promise<void> {
  const { places } = project;
  mkdirSync(dirname(places.configFile), { recursive: true });
  writeFileSync(places.configFile, `[index]\n${settings}\n`);
  await stopDaemon(places);
  expect((await lcad('add', '.')).code).toBe(0);
  await lcad('search', 'orders', '--wait');
}
async function statesOf() {
  const { daemon } = await json('status');
  return daemon.ctags;
}

describe('definitions of languages without a grammar', () => {
  test('come from Universal Ctags, and come and go with it', async () => {
    const path = writeCtags(folder);
    await configured(`ctagsPath = "${path}"`);
    expect(await statesOf()).toEqual({
      state: 'found',
      version: '5.9.0',
      path,
      sandboxed: false,
      languages: ['makefile', 'protobuf', 'sql'],
      message: null,
      next: null,
    });
    expect((await lcad('symbols', 'orders')).stdout).toBe(
      'schema.sql\n     2 struct orders\n       CREATE TABLE orders ( id int, state text );\n',
    );
    expect(await json('def', 'orders')).toMatchObject({
      symbols: [{ path: 'schema.sql', line: 2, column: 14, kind: 'struct', name: 'orders' }],
    });

    await configured('ctags = "off"');
    expect(await statesOf()).toMatchObject({ state: 'off', version: null });
    expect((await lcad('symbols', 'orders')).code).toBe(4);
    expect((await lcad('symbols', 'main')).code).toBe(0);

    await configured(`ctagsPath = "${path}"`);
    expect((await lcad('symbols', 'orders')).code).toBe(0);
  });

  test('are absent where there is another program of the name, and `status` says so', async () => {
    const path = writeProgram(folder, 'exuberant', 'echo "Exuberant Ctags 5.8, Copyright (C) 1996-2009"');
    await configured(`ctagsPath = "${path}"`);
    const message = `${path} cannot be used: it is Exuberant Ctags 5.8, not Universal Ctags.`;
    const next = 'Install universal-ctags and run `lcad restart`.';
    expect(await statesOf()).toMatchObject({ state: 'unusable', message, next });
    const { stdout } = await lcad('status');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /ctags unusable: .*sql.* have no symbols\. .* Install universal-ctags/,
    );
    expect((await lcad('symbols', 'orders')).code).toBe(4);
  });
});
