import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packagePath } from '../../src/shared/package-root.js';
import type { Report } from '../../src/training/eval/evaluate.js';
import { type CliResult, finished } from '../support/cli.js';
import { writeBelow } from '../support/git-repo.js';

const files: Record<string, string> = {
  'shop/src/session.py': `class SessionStore:
    """Keeps sessions of users in memory until they expire."""

    def load(self, token):
        """Find the session of a token."""
        return self.entries[token]
`,
  'shop/src/mail.py': `def send_mail(address, text):
    """Send a message by SMTP."""
    with connection() as smtp:
        smtp.send(address, text)
`,
  'shop/test/test_session.py': `def test_session_store():
    store = SessionStore()
    assert store.load("token") is None
`,
  'bank/ledger.go': `package bank

// Balance sums up the entries of an account.
func Balance(entries []Entry) int {
	total := 0
	for _, entry := range entries {
		total += entry.Amount
	}
	return total
}
`,
};
const queries = [
  {
    repo: 'shop',
    language: 'python',
    benchmark_root: 'src',
    query: 'where are sessions of users kept',
    category: 'semantic',
    relevant: [{ path: 'src/session.py' }],
    secondary: [],
  },
  {
    repo: 'shop',
    language: 'python',
    benchmark_root: 'src',
    query: 'send_mail',
    category: 'symbol',
    relevant: [{ path: 'src/mail.py', start_line: 1, end_line: 4 }],
    secondary: [],
  },
  {
    repo: 'bank',
    language: 'go',
    benchmark_root: '',
    query: 'sum of an account',
    category: 'semantic',
    relevant: [{ path: 'ledger.go' }],
    secondary: [],
  },
];

let dir: string;
let temporary: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lcad-retrieval-'));
  temporary = join(dir, 'tmp');
  mkdirSync(temporary);
  for (const [path, text] of Object.entries(files)) writeBelow(join(dir, 'repos'), path, text);
  writeFileSync(join(dir, 'queries.jsonl'), queries.map((query) => `${JSON.stringify(query)}\n`).join(''));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/**
 * Runs a program of src/training as built, with its own folder for temporary files.
 * @param interruptAt interrupts it once it has said this
 */
function run(program: string, words: string[], interruptAt?: string): Promise<CliResult> {
  const child = spawn(process.execPath, [packagePath('dist', 'training', program, 'main.js'), ...words], {
    env: { ...process.env, TMPDIR: temporary },
  });
  let said = '';
  child.stderr.on('data', (part) => {
    said += part;
    if (interruptAt !== undefined && said.includes(interruptAt)) child.kill('SIGINT');
  });
  return finished(child);
}

const given = () => ['--queries', join(dir, 'queries.jsonl'), '--repos', join(dir, 'repos')];
const everything = () => readdirSync(join(dir, 'repos'), { recursive: true }).sort();

describe('eval:retrieval', () => {
  test.each([
    ['a part of each repository', []],
    ['whole repositories without vectors', ['--whole', '--provider', 'none']],
  ])('asks a daemon of its own over %s', async (_what, flags) => {
    const before = everything();
    const results = join(dir, 'results.jsonl');
    const { code, stdout, stderr } = await run('eval', [
      ...given(),
      '--json',
      '--results',
      results,
      ...flags,
    ]);
    // Progress is told where it takes over a second.
    expect(stderr.replaceAll(/^indexing .*\n/gm, '')).toBe('');
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(report.overall).toMatchObject({ queries: 3, repos: 2, ndcg10: 1, mrr: 1 });
    expect(report.byLanguage.go).toMatchObject({ queries: 1 });
    expect(report.index).toMatchObject({ files: flags.length === 0 ? 3 : 4 });
    expect(report.withVectors).toBe(flags.length === 0 ? 3 : 0);
    const lines = readFileSync(results, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ results: [first] }) => first.path)).toEqual([
      'src/session.py',
      'src/mail.py',
      'ledger.go',
    ]);
    expect(everything()).toEqual(before);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('prints a table', async () => {
    const { stdout } = await run('eval', given());
    expect(stdout).toMatch(/^queries\s+3\s+1\.0000/m);
    expect(stdout).toMatch(/^index .* 3 files/m);
  });

  test('says what is wrong before it starts anything', async () => {
    const missing = await run('eval', ['--queries', join(dir, 'queries.jsonl'), '--repos', dir]);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain(join(dir, 'shop/src'));
    writeFileSync(join(dir, 'queries.jsonl'), '{"repo": "shop"}\n');
    expect((await run('eval', given())).stderr).toContain('queries.jsonl, line 1 is not a query');
    expect((await run('eval', [])).stderr).toContain('--queries');
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('leaves nothing behind when it is interrupted', async () => {
    const { code } = await run('eval', given(), 'are indexed');
    expect(code).toBe(130);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

test('train:ranker writes weights that the daemon can use', async () => {
  const out = join(dir, 'ranker.json');
  const { code, stdout } = await run('ranker', [...given(), '--out', out]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/builtin: NDCG@10 cross-validated benchmark_root [01]\.\d{4}/);
  const { builtin, none, fitted } = JSON.parse(readFileSync(out, 'utf8'));
  expect(fitted).toMatchObject({ queries: 3, measure: 'NDCG@10' });
  expect(Object.keys(builtin)).toContain('vector.whole');
  expect(Object.keys(none)).not.toContain('vector.whole');
  expect(readdirSync(temporary)).toEqual([]);
});
