import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeProject, type Project } from '../support/project.js';

const queue =
  'export class Queue {\n  drain(limit: number): void {\n    step(limit);\n  }\n}\n\nfunction step(limit: number) {\n  return limit;\n}\n\nexport function gone() {\n  return 1;\n}\n';

let project: Project;

beforeAll(async () => {
  project = makeProject({
    'src/queue.ts': queue,
    'src/main.ts':
      "import { gone, Queue } from './queue.js';\n\nexport function main() {\n  const queue = new Queue();\n  queue.drain(3);\n}\n\nexport function other() {\n  return gone();\n}\n",
    'src/ring.ts':
      "import { main } from './main.js';\nexport function ring(again: boolean): void {\n  if (again) turn();\n  main();\n}\nexport function turn(): void {\n  ring(false);\n}\n",
    'test/main.test.ts': "import { main } from '../src/main.js';\ntest('it runs', () => {\n  main();\n});\n",
  });
  expect((await lcad('add', '.')).code).toBe(0);
});
afterAll(() => project.remove());

const lcad: Project['lcad'] = (...words) => project.lcad(...words);
const json: Project['json'] = (...words) => project.json(...words);
const namesOf = (result: { symbols: { distance: number; symbol: { name: string } | null }[] }) =>
  result.symbols.map(({ distance, symbol }) => `${distance} ${symbol?.name}`);

test('of a symbol: callers of callers, through cycles, and tests, with their chains', async () => {
  const result = await json('impact', 'step', '--depth', '5');
  expect(namesOf(result)).toEqual(['1 drain', '2 main', '3 ring', '4 turn']);
  expect(result.tests).toMatchObject([{ path: 'test/main.test.ts', distance: 3, confidence: 'imported' }]);
  expect(result.symbols[1].via.map(({ name }: { name: string }) => name)).toEqual(['drain', 'step']);
  expect(namesOf(await json('impact', 'step', '--depth', '1'))).toEqual(['1 drain']);
  expect((await lcad('impact', 'turn')).stdout).toContain('function ring');
});

test('of a file, and of nothing that anything depends on', async () => {
  expect(namesOf(await json('impact', 'src/main.ts', '--depth', '1'))).toEqual(['1 ring']);
  const { code, stderr } = await lcad('impact', 'other');
  expect(code).toBe(4);
  expect(stderr).toContain('Nothing that is indexed depends on other.');
});

test('of changes: modified and removed symbols', async () => {
  const none = await lcad('impact', '--diff');
  expect(none.code).toBe(4);
  expect(none.stderr).toContain('Nothing is changed');
  project.repo.write(
    'src/queue.ts',
    queue.replace('return limit;', 'return limit + 1;').replace(/export function gone[\s\S]*$/, ''),
  );
  const result = await json('impact', '--diff');
  expect(
    result.diff.symbols.map(
      ({ change, symbol }: { change: string; symbol: { name: string } }) => `${change} ${symbol.name}`,
    ),
  ).toEqual(['modified step', 'removed gone']);
  expect(namesOf(result)).toEqual(expect.arrayContaining(['1 drain', '1 other', '2 main']));
  expect((await lcad('impact', '--staged')).code).toBe(4);
  project.repo.git('add', '-A');
  expect((await json('impact', '--staged')).diff.symbols).toHaveLength(2);
  project.repo.git('commit', '-q', '-m', 'second');
  // The lines of the commit are not those of the working tree any more.
  project.repo.write('src/main.ts', '// a line\n// another\nexport function main() {}\n');
  expect((await json('impact', '--diff', 'HEAD')).diff.symbols).toHaveLength(2);
  const unknown = await lcad('impact', '--diff', 'nowhere');
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toContain('nowhere is no commit');
});

test('the map fits its budget, and is about its focus', async () => {
  const whole = await json('map');
  expect(whole.text).toContain('src/queue.ts:\n  export class Queue\n');
  expect(whole.files.reduce((sum: number, { rank }: { rank: number }) => sum + rank, 0)).toBeLessThanOrEqual(
    1.0001,
  );
  const small = await json('map', '--tokens', '20');
  expect(small.tokens).toBeLessThanOrEqual(20);
  expect(small.files.length).toBeLessThan(whole.files.length);
  const { tokens } = await json('map', 'src/queue.ts');
  expect((await json('map', 'src/queue.ts', '--tokens', String(tokens - 1))).text).toContain('⋮');
  expect((await json('map', '--focus', 'src/ring.ts')).files[0].path).toBe('src/ring.ts');
  expect((await json('map', 'test', '--json')).files.map(({ path }: { path: string }) => path)).not.toContain(
    'src/queue.ts',
  );
  expect((await lcad('map', '--tokens', '1')).code).toBe(4);
});
