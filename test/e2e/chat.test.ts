import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runCli, runInTerminal, startCli } from '../support/cli.js';
import { ModelServer } from '../support/model-server.js';
import { makeProject, type Project } from '../support/project.js';

/** The real command with the real daemon, and a model server that says what it is told to. */
let project: Project;
let server: ModelServer;

const files = {
  'src/queue.ts':
    "import { step } from './step.js';\n\n/** Keeps retries in order. */\nexport class Queue {\n  /** Computes the retry delay. */\n  retryDelay(limit: number): number {\n    return step(limit) * 2;\n  }\n}\n",
  'src/step.ts': 'export function step(limit: number): number {\n  return limit + 1;\n}\n',
  '.env': 'TOKEN=abcdef\n',
};

beforeAll(async () => {
  server = await ModelServer.start({ kind: 'openai' });
  project = makeProject(files);
  configure(server.url);
  expect((await project.lcad('add', '.')).code).toBe(0);
});
afterEach(() => {
  server.reply = ['ok'];
  server.requests.length = 0;
});
afterAll(async () => {
  await project.remove();
  await server.close();
});

function configure(url: string, more = ''): void {
  mkdirSync(project.places.config, { recursive: true });
  const upstream = `[[inference.upstreams]]\nname = "test"\nkind = "openai"\nurl = "${url}"\nmodel = "test-coder"\n`;
  writeFileSync(project.places.configFile, `${more}\n${upstream}`);
}

const lcad: Project['lcad'] = (...words) => project.lcad(...words);
const piped = (input: string, ...words: string[]) =>
  runCli(['chat', ...words], { env: project.env, cwd: project.repo.root, input });
const messagesOf = (at: number) =>
  server.generations[at]?.body.messages as { role: string; content: string; tool_calls?: unknown }[];

describe('lcad ask', () => {
  test('prints the answer and the lines that it cites, none of them invented', async () => {
    server.answer(['It doubles the step ', '(src/queue.ts:6-8), ', 'see also src/none.ts:3.']);
    const { code, stdout, stderr } = await lcad('ask', 'how is the retry delay computed');
    expect(stdout).toBe(
      'It doubles the step (src/queue.ts:6-8), see also src/none.ts:3.\n\nsrc/queue.ts:6-8\n',
    );
    expect(stderr).toContain('src/none.ts:3');
    expect(code).toBe(0);
    const [system, question] = messagesOf(0);
    expect(system?.role).toBe('system');
    expect(question?.content).toMatch(/<retrieved_snippet-\d{12} .*path="src\/queue\.ts"/);
    expect(question?.content).toContain('how is the retry delay computed');
  });

  test('prints one JSON document', async () => {
    server.answer(['src/step.ts:1-3 adds one.']);
    const result = JSON.parse((await lcad('ask', 'what does step do', '--json')).stdout);
    expect(result).toMatchObject({ text: 'src/step.ts:1-3 adds one.', session: null, finishReason: 'stop' });
    expect(result.citations).toMatchObject([{ path: 'src/step.ts', startLine: 1, endLine: 3 }]);
    expect(result.contextTokens).toBeGreaterThan(50);
    expect(result.window.tokens).toBeLessThanOrEqual(result.window.budget);
  });

  test('sends no code with --tokens 0', async () => {
    await lcad('ask', 'hello', '--tokens', '0');
    expect(messagesOf(0)?.[1]).toEqual({ role: 'user', content: 'hello' });
  });

  test('answers the calls of tools, and not those for secrets or files elsewhere', async () => {
    writeFileSync(join(project.home, 'outside.txt'), 'outside\n');
    server.answer(
      {
        tokens: [],
        tools: [
          { name: 'read_lines', arguments: { path: 'src/step.ts', startLine: 1, endLine: 2 } },
          { name: 'read_lines', arguments: { path: '.env' } },
          { name: 'read_lines', arguments: { path: join(project.repo.root, '.env') } },
          { name: 'read_lines', arguments: { path: join(project.home, 'outside.txt') } },
          { name: 'callers', arguments: { name: 'step' } },
          { name: 'definition', arguments: { name: 'retryDelay' } },
          { name: 'search_code', arguments: { query: 'retry delay' } },
        ],
      },
      ['src/step.ts:2 adds.'],
    );
    const result = JSON.parse((await lcad('ask', 'what', '--tokens', '0', '--json')).stdout);
    const answers = messagesOf(1)?.filter(({ role }) => role === 'tool') ?? [];
    const [read, secret, absolute, outside, callers, definition, found] = answers.map(
      ({ content }) => content,
    );
    expect(read).toBe(
      'src/step.ts:1-2\n1: export function step(limit: number): number {\n2:   return limit + 1;',
    );
    for (const refused of [secret, absolute, outside]) {
      expect(refused).toMatch(/^Error: /);
      expect(refused).not.toContain('abcdef');
      expect(refused).not.toContain('outside\n');
    }
    expect(callers).toContain('src/queue.ts:7');
    expect(definition).toContain('src/queue.ts:');
    expect(found).toContain('src/queue.ts:');
    expect(result.citations).toMatchObject([{ path: 'src/step.ts', startLine: 2, endLine: 2 }]);
    expect(result.steps).toHaveLength(7);
  });

  test('shows what steers a terminal as text', async () => {
    server.answer(['a\u001b]0;title\u0007b']);
    const run = runInTerminal(['ask', 'what', '--tokens', '0'], { env: project.env, cwd: project.repo.root });
    expect(await run.ended()).toBe(0);
    expect(run.output()).toContain('a␛]0;title␇b');
    expect(run.output()).not.toContain('\u001b]0;');
  });

  test('is ended with Ctrl-C, also at the server', async () => {
    server.reply = { tokens: Array.from({ length: 500 }, () => 'word '), delayMs: 20 };
    const child = startCli(['ask', 'what', '--tokens', '0'], { env: project.env, cwd: project.repo.root });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGINT');
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130);
    await server.until(({ requests }) => requests.some(({ abortedAt }) => abortedAt !== null));
  });
});

describe('lcad chat', () => {
  test('takes one message a line, and remembers', async () => {
    server.answer(['First.'], ['Second.']);
    const { code, stdout } = await piped('who are you\n\nand then\n', '--tokens', '0');
    expect(code).toBe(0);
    expect(stdout).toBe('First.\nSecond.\n');
    expect(messagesOf(1)?.slice(1)).toEqual([
      { role: 'user', content: 'who are you' },
      { role: 'assistant', content: 'First.' },
      { role: 'user', content: 'and then' },
    ]);
  });

  test('is listed, resumed after a restart of the daemon, and deleted', async () => {
    server.answer(['Because.'], ['Go on.']);
    const first = JSON.parse((await piped('why is this\n', '--tokens', '0', '--json')).stdout);
    const folder = join(project.places.data, 'chat');
    expect(readdirSync(folder)).toContain(`${first.session}.jsonl`);
    expect(statSync(join(folder, `${first.session}.jsonl`)).mode & 0o777).toBe(0o600);
    expect((await lcad('restart')).code).toBe(0);
    const { stdout } = await lcad('chat', '--list');
    expect(stdout).toMatch(new RegExp(`^${first.session} .*1 turn  why is this`));
    await piped('and\n', '--tokens', '0', '--resume', first.session);
    expect(
      messagesOf(1)
        ?.slice(1)
        .map(({ content }) => content),
    ).toEqual(['why is this', 'Because.', 'and']);
    expect((await lcad('chat', '--delete', first.session)).code).toBe(0);
    const gone = await piped('and\n', '--resume', first.session);
    expect(gone).toMatchObject({ code: 1, stdout: '' });
    expect(gone.stderr).toContain('lcad chat --list');
  });

  test('shows what was sent, begins anew, and ends', async () => {
    server.answer(['One.'], ['Two.']);
    const { stdout } = await piped('retry delay\n/context\n/clear\nstep\n/quit\nnever\n');
    expect(stdout).toContain('src/queue.ts:');
    expect(stdout).toMatch(/snippets?, 0 earlier turns; about [\d,]+ of [\d,]+ tokens/);
    expect(messagesOf(1)).toHaveLength(2);
    expect(server.generations).toHaveLength(2);
  });

  test('applies the changes of the last answer after asking', async () => {
    const block =
      'Do this:\n\nsrc/step.ts\n<<<<<<< SEARCH\n  return limit + 1;\n=======\n  return limit + 2;\n>>>>>>> REPLACE\n';
    server.answer([block], [block]);
    const no = await piped('change it\n/apply\nno\n', '--tokens', '0');
    expect(no.stdout).toContain('Nothing was changed.');
    expect(readFileSync(join(project.repo.root, 'src/step.ts'), 'utf8')).toContain('limit + 1');
    const yes = await piped('change it\n/apply\nyes\n', '--tokens', '0');
    expect(yes.stdout).toContain('+  return limit + 2;');
    expect(readFileSync(join(project.repo.root, 'src/step.ts'), 'utf8')).toContain('limit + 2');
  });

  test('takes back what it applied, and nothing else', async () => {
    writeFileSync(join(project.repo.root, 'src/other.ts'), 'export const a = 1;\n');
    server.answer([
      'src/other.ts\n<<<<<<< SEARCH\nexport const a = 1;\n=======\nexport const a = 2;\n>>>>>>> REPLACE\n',
    ]);
    const run = await piped('change it\n/apply\ny\n/undo\n/undo\n', '--tokens', '0');
    expect(run.stdout).toMatch(/1 file applied[\s\S]*src\/other\.ts changed \+1 -1\n1 file undone\n$/);
    expect(readFileSync(join(project.repo.root, 'src/other.ts'), 'utf8')).toBe('export const a = 1;\n');
    expect(run).toMatchObject({ code: 2 });
    expect(run.stderr).toContain('lcad edits --undo');
  });

  test('goes on after an answer that was ended in a terminal', async () => {
    server.answer({ tokens: Array.from({ length: 500 }, (_, at) => `w${at} `), delayMs: 20 }, ['Done.']);
    const run = runInTerminal(['chat', '--tokens', '0'], { env: project.env, cwd: project.repo.root });
    await run.shows('> ');
    run.type('long\r');
    await run.shows('w5 ');
    run.type('\u0003');
    await run.shows('ended');
    run.type('again\r');
    await run.shows('Done.');
    run.type('\u0004');
    expect(await run.ended()).toBe(0);
    expect(run.output()).toMatch(/\n`lcad chat --resume /);
  });
});

describe('without a model server', () => {
  test('says what to start, with exit code 1', async () => {
    configure('http://127.0.0.1:9');
    await lcad('restart');
    const { code, stdout, stderr } = await lcad('ask', 'what');
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/start|install/i);
    configure(server.url);
    await lcad('restart');
  });
});
