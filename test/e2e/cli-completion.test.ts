import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalog } from '../../src/client/catalog.js';
import { chunkKinds } from '../../src/client/help.js';
import { runBash, runCli } from '../support/cli.js';
import { handlersWith, startServer, type TestServer } from '../support/rpc.js';

let server: TestServer;
let folder: string;
let env: NodeJS.ProcessEnv;

const repo = (name: string) => ({
  id: name,
  name,
  root: `/code/${name}`,
  kind: 'git' as const,
  family: 'f',
  state: 'ready' as const,
  addedAt: '2025-01-01T00:00:00.000Z',
});

beforeAll(async () => {
  server = await startServer({
    handlers: {
      ...handlersWith(),
      'lcad/repos/list': () => ({ repos: [repo('shop'), repo('my shelf'), repo('other')] }),
    },
  });
  folder = mkdtempSync(join(tmpdir(), 'lcad-complete-'));
  mkdirSync(join(folder, 'sources dir'));
  mkdirSync(join(folder, 'shed'));
  writeFileSync(join(folder, 'simple.txt'), '');
  env = { LCAD_HOME: folder, LCAD_SOCKET: server.path };
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What bash offers for a line with the cursor at its end: the real script, and its own machinery around it. */
async function offers(line: string): Promise<string[]> {
  const words = line.split(' ');
  const script = `
eval "$(lcad completion bash)"
complete -p lcad >&2
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
COMP_LINE='${line}'
COMP_POINT=${line.length}
_lcad lcad "$\{COMP_WORDS[COMP_CWORD]}" "$\{COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "$\{COMPREPLY[@]}"`;
  const { code, stdout, stderr } = await runBash(script, { cwd: folder, env });
  expect({ code, stderr: stderr.trim() }).toEqual({ code: 0, stderr: 'complete -F _lcad lcad' });
  return stdout.split('\n').filter((one) => one !== '');
}

describe('completion in bash', () => {
  test('commands', async () => {
    expect(await offers('lcad ')).toEqual([...catalog.map(({ name }) => name), 'help']);
    expect(await offers('lcad re')).toEqual(['related', 'refs', 'remove', 'reindex', 'restart']);
    expect(await offers('lcad help st')).toEqual(['status', 'start', 'stop']);
    expect(await offers('lcad config ')).toEqual([
      'list',
      'get',
      'set',
      'unset',
      'path',
      'init',
      'edit',
      'reload',
    ]);
  });

  test('options', async () => {
    expect(await offers('lcad search --e')).toEqual(['--exact', '--explain']);
    expect(await offers('lcad search word --no')).toEqual(['--no-color']);
    expect(await offers('lcad config list --')).toEqual(['--json', '--changed', '--no-color', '--help']);
  });

  test('names of repositories, also with blanks, folders and files', async () => {
    expect(await offers('lcad search x --repo sh')).toEqual(['shop', 'shed']);
    expect(await offers('lcad remove my')).toEqual(['my\\ shelf']);
    expect(await offers('lcad add s')).toEqual(['shed', 'sources dir']);
    expect(await offers('lcad related si')).toEqual(['simple.txt']);
  });

  test('languages and kinds, also after a comma', async () => {
    expect(await offers('lcad search x --lang typ')).toEqual(['typescript']);
    expect(await offers('lcad search x --lang go,ru')).toEqual(['go,rust', 'go,ruby']);
    expect(await offers('lcad search x -k ')).toEqual([...chunkKinds]);
  });

  test('keys, methods and shells', async () => {
    expect(await offers('lcad config set index.max')).toEqual(['index.maxFileKib']);
    expect(await offers('lcad rpc lcad/repos/')).toEqual([
      'lcad/repos/add',
      'lcad/repos/remove',
      'lcad/repos/list',
      'lcad/repos/reindex',
    ]);
    expect(await offers('lcad completion ')).toEqual(['bash', 'zsh', 'fish']);
  });

  test('nothing where anything may be typed', async () => {
    expect(await offers('lcad search ')).toEqual([]);
    expect(await offers('lcad search x --limit ')).toEqual([]);
    expect(await offers('lcad nonsense ')).toEqual([]);
  });
});

describe('what the scripts ask', () => {
  test('candidates come with a description', async () => {
    const { stdout } = await runCli(['__complete', 'search', '--expl'], { env });
    expect(stdout).toBe('--explain\tshow what each feature adds to the score of a result\n:none\n');
  });

  test('without a daemon there are no names, and none is started', async () => {
    const { code, stdout, stderr } = await runCli(['__complete', 'remove', ''], {
      env: { LCAD_HOME: folder },
    });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: ':dirs\n', stderr: '' });
  });

  test.each([
    ['zsh', '#compdef lcad'],
    ['fish', 'complete -c lcad'],
  ])('%s has its script', async (shell, part) => {
    expect((await runCli(['completion', shell], { env })).stdout).toContain(part);
  });
});
