import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseMasks } from '../../src/client/eval/masking.js';
import { makeFolder, makeRepo, writeBelow } from '../support/git-repo.js';
import { ModelServer } from '../support/model-server.js';
import { makeProject, type Project } from '../support/project.js';

const functions = (name: string) =>
  Array.from(
    { length: 12 },
    (_, n) =>
      `export function ${name}${n}(queue: string[]): string {\n  return queue.slice(${n}).join('-${name}');\n}\n`,
  ).join('\n');

/** Whether a request is for the place behind this text. */
function atCursor(request: string, before: string): boolean {
  const { prompt = '', suffix } = JSON.parse(request) as { prompt?: string; suffix?: string };
  return suffix === undefined ? prompt.includes(`${before}<`) : prompt.endsWith(before);
}

let project: Project;
let server: ModelServer;

beforeAll(async () => {
  server = await ModelServer.start({ kind: 'ollama', reply: ['queue', '.', 'pop', '();'] });
  project = makeProject({ 'src/parser.ts': functions('parse'), 'src/printer.ts': functions('print') });
  const { repo } = project;
  repo.write(
    'src/parser.ts',
    `${functions('parse')}// the tokenizer splits words\nexport const tokenizer = 1;\n`,
  );
  repo.git('commit', '-qam', 'Let the parser have a tokenizer for words');
  repo.write('src/printer.ts', `${functions('print')}// pages have margins\nexport const margins = 2;\n`);
  repo.git('commit', '-qam', 'Give printed pages their margins');
  repo.write('notes.md', 'nothing\n');
  repo.git('add', '-A');
  repo.git('commit', '-qm', 'wip');
  mkdirSync(dirname(project.places.configFile), { recursive: true });
  writeFileSync(
    project.places.configFile,
    `[[inference.upstreams]]\nname = "test"\nkind = "ollama"\nurl = "${server.url}"\n`,
  );
  expect((await project.lcad('add', '.')).code).toBe(0);
});
afterAll(async () => {
  await project.remove();
  await server.close();
});

describe('lcad eval retrieval', () => {
  test('finds the files of past commits, and says what it left out', async () => {
    const report = await project.json('eval', 'retrieval');
    expect(report).toMatchObject({
      queries: 2,
      answersPerQuery: 1,
      leftOut: { trivial: 2, huge: 0, gone: 0 },
    });
    expect(report.scores.recall10).toMatchObject({ value: 1, high: 1 });
    // Two commits say little.
    expect(report.scores.recall10.low).toBeLessThan(0.6);
    expect(report.scores.reciprocalRank.value).toBeGreaterThanOrEqual(0.5);
    expect(report.notes[0]).toContain('as they are now');
  });

  test('for a person as a table', async () => {
    const { code, stdout, stderr } = await project.lcad('eval', 'retrieval', '--commits', '5');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^2 commits of /);
    expect(stdout).toMatch(/recall@10 +100\.0 % \[\d\d\.\d, 100\.0\]/);
    expect(stdout).toContain('2 that say too little');
  });
});

describe('lcad eval completion', () => {
  test('completes the same places in both ways', async () => {
    const report = await project.json('eval', 'completion', '--samples', '4', '--seed', '3');
    expect(report).toMatchObject({ seed: 3, upstream: 'test', samples: 4, failed: {} });
    for (const arm of [report.withContext, report.withoutContext]) {
      expect(arm.editSimilarity.value).toBeGreaterThan(0);
      expect(arm.editSimilarity.value).toBeLessThan(1);
      expect(arm.editSimilarity.low).toBeLessThanOrEqual(arm.editSimilarity.value);
      expect(arm.parses.value).toBeLessThanOrEqual(1);
    }
    expect(report.difference.editSimilarity.value).toBeCloseTo(
      report.withContext.editSimilarity.value - report.withoutContext.editSimilarity.value,
    );
  });

  test('shows the model nothing of what is hidden', async () => {
    const unique = (n: number) => `  const kept${n} = lookUp(table, "word-${(n * 7919) % 10007}", ${n});`;
    const text = [
      'export function all() {',
      ...Array.from({ length: 30 }, (_, n) => unique(n)),
      '}',
      '',
    ].join('\n');
    project.repo.write('src/unique.ts', text);
    project.repo.git('add', '-A');
    const tracked = ['src/parser.ts', 'src/printer.ts', 'src/unique.ts'];
    const read = (path: string) => readFileSync(join(project.repo.root, path), 'utf8');
    const masks = chooseMasks(tracked, 9, 5, read).filter(({ path }) => path === 'src/unique.ts');
    expect(masks.length).toBeGreaterThan(1);
    server.requests.length = 0;
    const report = await project.json('eval', 'completion', '--samples', '9', '--seed', '5');
    expect(report.samples).toBe(9);
    for (const { text: shown, line, hidden } of masks) {
      const before = shown.split('\n')[line - 1] ?? '';
      const words = /"word-\d+"/.exec(hidden)?.[0];
      const asked = server.requests
        .map(({ body }) => JSON.stringify(body))
        .filter((one) => atCursor(one, before));
      expect(asked.length).toBeGreaterThan(1);
      if (words) for (const one of asked) expect(one).not.toContain(words.slice(1, -1));
    }
  });

  test('shows nothing that only a hidden import leads to, and hides no line that has a copy', async () => {
    const { repo } = project;
    const names = Array.from({ length: 24 }, (_, n) => `alpha${n}x`);
    for (const [n, name] of names.entries()) {
      repo.write(
        `lib/part${n}.ts`,
        `export function ${name}(left${n}: number): void {\n  void left${n};\n}\n`,
      );
    }
    const lines = names.map((name, n) => `import { ${name} } from './part${n}.js';`);
    repo.write(
      'lib/index.ts',
      [...Array(6).fill('// parts'), ...lines, ...Array(6).fill('// end'), ''].join('\n'),
    );
    repo.write('lib/more.ts', lines.slice(12).join('\n'));
    repo.git('add', '-A');
    server.requests.length = 0;
    const report = await project.json('eval', 'completion', '--samples', '60', '--seed', '7');
    expect(report.copied).toBeGreaterThan(0);
    const asked = server.requests
      .map(({ body }) => JSON.stringify(body))
      .filter((body) => body.includes('// parts'));
    expect(asked.length).toBeGreaterThan(1);
    for (const body of asked) {
      const shown = names.filter((_, n) => body.includes(`./part${n}.js`));
      const led = names.filter((name) => body.includes(name) && !shown.includes(name));
      // Of a line that is hidden from the quote on, the name itself is given.
      for (const name of led) expect(body).not.toContain(`function ${name}`);
    }
  });

  test('the same seed gives the same scores, as a table', async () => {
    const { code, stdout } = await project.lcad('eval', 'completion', '--samples', '4', '--seed', '3');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^4 lines of .*model test-coder/);
    expect(stdout).toMatch(/edit similarity +\d+\.\d % \[/);
  });

  test('says what to do when there is no model server', async () => {
    const { code, stderr } = await project.lcad('eval', 'completion', '--server', 'nobody');
    expect(code).not.toBe(0);
    expect(stderr).toContain('nobody');
  });
});

test('says so where there is no git and where there is no history', async () => {
  const plain = makeFolder();
  const empty = makeRepo();
  try {
    writeBelow(plain, 'a.ts', 'export const a = 1;\n');
    empty.write('a.ts', 'export const a = 1;\n');
    expect((await project.lcad('add', plain, empty.root)).code).toBe(0);
    const noGit = await project.lcad('eval', 'retrieval', '--repo', plain);
    expect(noGit.code).toBe(1);
    expect(noGit.stderr).toContain('needs a git repository');
    const noHistory = await project.lcad('eval', 'retrieval', '--repo', empty.root, '--json');
    expect({ code: noHistory.code, stdout: noHistory.stdout }).toEqual({ code: 4, stdout: 'null\n' });
    const noCode = await project.lcad('eval', 'completion', '--repo', empty.root);
    expect(noCode.code).toBe(4);
    expect(noCode.stderr).toContain('no tracked code');
  } finally {
    rmSync(plain, { recursive: true, force: true });
    empty.remove();
  }
});

test('says what a wrong option may be, and has examples', async () => {
  const wrong = await project.lcad('eval', 'retrieval', '--commits', '0');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('from 1 to 5000');
  const help = await project.lcad('eval', '--help');
  expect(help.stdout).toContain('lcad eval retrieval');
});
