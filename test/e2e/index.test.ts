import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Connection } from '../../src/client/connection.js';
import { startDaemon, type TestDaemon } from '../support/daemon.js';
import { makeRepo, type TestRepo } from '../support/git-repo.js';

/** One real daemon for the file; each test has repositories of its own, and asks with waitFresh. */
let daemon: TestDaemon;
let client: Connection;
let repo: TestRepo;

beforeAll(async () => {
  daemon = await startDaemon({ env: { LCAD_VALIDATE_RESULTS: '1' } });
  client = await Connection.open(await daemon.connect());
});
afterAll(async () => {
  client.close();
  await daemon.stop();
});

const files = {
  'src/session.py':
    'class SessionStore:\n    """Keeps sessions of users."""\n\n    def open_session(self, user):\n        """Opens a session for a user."""\n        token = make_token(user)\n        self.sessions[token] = user\n        return token\n',
  'src/token.py':
    'import secrets\n\n\ndef make_token(user):\n    """Makes an unguessable token."""\n    prefix = user.name\n    suffix = secrets.token_hex(16)\n    return prefix + suffix\n',
  'docs/guide.md': '# Guide\n\nHow to install the zeppelin.\n\n## Flight\n\nFill it with helium first.\n',
  '.gitignore': 'build/\n',
};

beforeEach(() => {
  repo = makeRepo(files);
  repo.write('build/out.py', 'def ignored_quokka():\n    return 1\n');
  repo.write('.env', 'PASSWORD=secretquokka\n');
});
afterEach(async () => {
  await client.request('lcad/repos/remove', { repo: repo.root }).catch(() => undefined);
  repo.remove();
});

async function add(root = repo.root) {
  return await client.request('lcad/repos/add', { path: root, wait: true });
}

async function search(query: string, root = repo.root) {
  return await client.request('lcad/search', { query, repos: [root], waitFresh: true });
}

async function pathsOf(query: string, root = repo.root): Promise<string[]> {
  return (await search(query, root)).hits.map(({ path }) => path);
}

async function status(root = repo.root) {
  const { repos } = await client.request('lcad/status', { repo: root });
  const [found] = repos;
  if (!found) throw new Error(`${root} is not in the status`);
  return found;
}

describe('a repository that is added', () => {
  test('answers questions in plain language and by identifier, with lines', async () => {
    await add();
    const { hits, freshness } = await search('how is a token for a user made');
    expect(hits[0]).toMatchObject({
      path: 'src/token.py',
      name: 'make_token',
      kind: 'function',
      language: 'python',
    });
    expect(hits[0]?.snippet?.text).toContain('def make_token(user):');
    expect(freshness).toMatchObject([{ state: 'ready', fresh: true, pending: 0, branch: 'main' }]);
    expect((await search('open_session')).hits[0]).toMatchObject({ path: 'src/session.py' });
    expect((await pathsOf('helium'))[0]).toBe('docs/guide.md');
  });

  test('leaves out what is ignored, and never reads secrets', async () => {
    await add();
    expect(await pathsOf('quokka')).toEqual([]);
    expect((await status()).skipped.secret).toBe(1);
  });

  test('is one registration however it is named', async () => {
    const link = join(mkdtempSync(join(tmpdir(), 'lcad-link-')), 'link');
    symlinkSync(repo.root, link);
    await add();
    const again = await add(join(link, 'src'));
    expect(again).toMatchObject({ added: false, repo: { root: repo.root } });
    rmSync(link);
  });

  test('is counted in the status by language', async () => {
    await add();
    const { files: count, languages, generation, head, branch, kind } = await status();
    expect({ kind, branch, count }).toEqual({ kind: 'git', branch: 'main', count: 4 });
    expect(languages[0]).toMatchObject({ language: 'python', files: 2 });
    expect(generation).toBeGreaterThan(0);
    expect(head).toBe(repo.git('rev-parse', 'HEAD').trim());
    await expect.poll(async () => (await status()).watching, { timeout: 20_000 }).toBe('events');
  });
});

describe('a change', () => {
  test('of a file is seen: saved, created, moved, deleted', async () => {
    await add();
    appendFileSync(join(repo.root, 'src/token.py'), '\n\ndef revoke_walrus(token):\n    return None\n');
    expect(await pathsOf('walrus')).toEqual(['src/token.py']);
    repo.write('src/new/deep.py', 'def narwhal():\n    return 1\n');
    expect(await pathsOf('narwhal')).toEqual(['src/new/deep.py']);
    renameSync(join(repo.root, 'src/new'), join(repo.root, 'src/moved'));
    expect(await pathsOf('narwhal')).toEqual(['src/moved/deep.py']);
    rmSync(join(repo.root, 'src/moved'), { recursive: true });
    expect(await pathsOf('narwhal')).toEqual([]);
  });

  test('is seen without asking for freshness, by the watcher', async () => {
    await add();
    appendFileSync(join(repo.root, 'src/token.py'), '\n# pangolin\n');
    await expect
      .poll(
        async () =>
          (await client.request('lcad/search', { query: 'pangolin', repos: [repo.root] })).hits.length,
        {
          timeout: 20_000,
        },
      )
      .toBe(1);
  });

  test('reaches subscribers with its generation and paths', async () => {
    await add();
    const seen: string[] = [];
    const { subscription } = await client.request('lcad/index/subscribe', { repos: [repo.root] });
    const stop = client.on('lcad/index/changed', (event) => seen.push(...event.changed));
    repo.write('src/fresh.py', 'def aardvark():\n    return 1\n');
    await expect.poll(() => seen, { timeout: 20_000 }).toContain('src/fresh.py');
    stop();
    await client.request('lcad/index/unsubscribe', { subscription });
  });

  test('is sent to so many subscriptions of a connection and no more', async () => {
    await add();
    const other = await Connection.open(await daemon.connect());
    for (let i = 0; i < 64; i++) await other.request('lcad/index/subscribe', {});
    await expect(other.request('lcad/index/subscribe', {})).rejects.toMatchObject({ kind: 'BUSY' });
    other.close();
  });

  test('of an ignore file takes effect', async () => {
    repo.write('notes/plan.md', '# Plan\n\nBuy a hovercraft.\n');
    await add();
    expect(await pathsOf('hovercraft')).toEqual(['notes/plan.md']);
    repo.write('.gitignore', 'build/\nnotes/\ndocs/\n');
    expect(await pathsOf('hovercraft')).toEqual([]);
    // Tracked, and so not ignored, whatever the rules say.
    expect(await pathsOf('helium')).toEqual(['docs/guide.md']);
    repo.write('.gitignore', '');
    expect(await pathsOf('hovercraft')).toEqual(['notes/plan.md']);
    expect(await pathsOf('quokka')).toEqual(['build/out.py']);
  });
});

describe('branches and worktrees', () => {
  test('a branch switch is seen at once and parses nothing that was seen before', async () => {
    await add();
    repo.git('checkout', '-q', '-b', 'other');
    repo.write('src/token.py', 'def make_badge(user):\n    return user.badge\n');
    repo.git('commit', '-q', '-am', 'badge');
    expect((await search('make_badge')).hits[0]?.path).toBe('src/token.py');
    repo.git('checkout', '-q', 'main');
    const back = await search('make_token');
    expect(back.freshness[0]).toMatchObject({ branch: 'main', fresh: true });
    expect(back.hits[0]?.path).toBe('src/token.py');
    expect((await search('make_badge')).hits.some(({ name }) => name === 'make_badge')).toBe(false);
    repo.git('checkout', '-q', 'other');
    expect((await search('make_badge')).freshness[0]?.branch).toBe('other');
  });

  test('a linked worktree shares what was derived, and answers for its own files', async () => {
    await add();
    const tree = `${repo.root}-tree`;
    repo.git('worktree', 'add', '-q', '-b', 'side', tree);
    writeFileSync(join(tree, 'src/side.py'), 'def capybara():\n    return 1\n');
    const added = await add(tree);
    expect(added.repo).toMatchObject({ kind: 'worktree', family: (await status()).family });
    expect(await pathsOf('capybara', tree)).toEqual(['src/side.py']);
    expect(await pathsOf('capybara')).toEqual([]);
    const both = await client.request('lcad/search', { query: 'make_token', repos: [repo.root, tree] });
    const hit = both.hits.find(({ path }) => path === 'src/token.py');
    expect([hit?.root, ...(hit?.otherPaths ?? [])].join()).toContain(tree);
    await client.request('lcad/repos/remove', { repo: tree });
    rmSync(tree, { recursive: true });
  });

  test('an unfinished rebase is shown and the index goes on', async () => {
    await add();
    repo.git('checkout', '-q', '-b', 'clash');
    repo.write('src/token.py', 'def clash_a():\n    return 1\n');
    repo.git('commit', '-q', '-am', 'a');
    repo.git('checkout', '-q', 'main');
    repo.write('src/token.py', 'def clash_b():\n    return 2\n');
    repo.git('commit', '-q', '-am', 'b');
    expect(() => repo.git('rebase', 'clash')).toThrow();
    expect(await pathsOf('clash_a')).toContain('src/token.py');
    expect((await status()).gitOperation).toBe('rebase');
    repo.git('rebase', '--abort');
    await search('anything');
    expect((await status()).gitOperation).toBeNull();
  });
});

describe('folders that overlap', () => {
  test('an inner registration takes its files from the outer one', async () => {
    const outer = mkdtempSync(join(tmpdir(), 'lcad-outer-'));
    mkdirSync(join(outer, 'inner'));
    writeFileSync(join(outer, 'a.py'), 'def outer_okapi():\n    return 1\n');
    writeFileSync(join(outer, 'inner/b.py'), 'def inner_okapi():\n    return 1\n');
    await add(outer);
    expect((await pathsOf('okapi', outer)).sort()).toEqual(['a.py', 'inner/b.py']);
    const inner = await client.request('lcad/repos/add', { path: join(outer, 'inner'), wait: true });
    expect(inner.note).toContain(outer);
    expect(await pathsOf('okapi', outer)).toEqual(['a.py']);
    await client.request('lcad/repos/remove', { repo: join(outer, 'inner') });
    expect((await pathsOf('okapi', outer)).sort()).toEqual(['a.py', 'inner/b.py']);
    await client.request('lcad/repos/remove', { repo: outer });
    rmSync(outer, { recursive: true });
  });
});

describe('bad input', () => {
  test.each([
    ['a path that does not exist', () => '/no/such/folder', 'REPO_PATH_NOT_FOUND'],
    ['a file', () => join(repo.root, 'src/token.py'), 'REPO_NOT_A_FOLDER'],
    ['the root of the file system', () => '/', 'REPO_TOO_BROAD'],
    ['a relative path', () => 'src', 'INVALID_PARAMS'],
  ] as [string, () => string, string][])('%s is a typed error', async (_what, path, kind) => {
    await expect(client.request('lcad/repos/add', { path: path() })).rejects.toMatchObject({ kind });
  });

  test('a bare repository is a typed error', async () => {
    const bare = mkdtempSync(join(tmpdir(), 'lcad-bare-'));
    repo.git('clone', '-q', '--bare', repo.root, join(bare, 'x.git'));
    const adding = client.request('lcad/repos/add', { path: join(bare, 'x.git') });
    await expect(adding).rejects.toMatchObject({ kind: 'REPO_BARE' });
    rmSync(bare, { recursive: true });
  });

  test('an empty repository is ready, and tells that it found nothing', async () => {
    const empty = makeRepo({});
    await add(empty.root);
    const { hits, freshness } = await search('anything', empty.root);
    expect({ hits, state: freshness[0]?.state }).toEqual({ hits: [], state: 'ready' });
    await client.request('lcad/repos/remove', { repo: empty.root });
    empty.remove();
  });

  test('invalid UTF-8 in names and content loses nothing else', async () => {
    writeFileSync(
      Buffer.concat([Buffer.from(`${repo.root}/bad-`), Buffer.from([0xff, 0xfe]), Buffer.from('.py')]),
      'x = 1\n',
    );
    writeFileSync(
      join(repo.root, 'latin.py'),
      Buffer.from('def caf\xe9_ocelot():\n    return 1\n', 'latin1'),
    );
    await add();
    expect(await pathsOf('ocelot')).toEqual(['latin.py']);
    expect((await status()).skipped['bad-name']).toBe(1);
  });

  test.each([
    '',
    '   ',
    'the of and',
    '\u0000\u0001\u0002',
    "' OR 1=1 --",
    '"unclosed (AND',
    '検索 エンジン',
    'x'.repeat(90_000),
  ])('the query %j is answered or refused, never by an error of the store', async (query) => {
    await add();
    const result = client.request('lcad/search', { query, repos: [repo.root] });
    await expect(
      result.then(
        ({ hits }) => Array.isArray(hits),
        (error) => error.kind === 'QUERY_EMPTY',
      ),
    ).resolves.toBe(true);
  });
});
