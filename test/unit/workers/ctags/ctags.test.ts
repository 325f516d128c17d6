import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chunkText } from '../../../../src/workers/chunk-text.js';
import { contentKey } from '../../../../src/workers/content-key.js';
import { type CtagsFound, findCtags } from '../../../../src/workers/ctags/detect.js';
import type { CtagsProgram } from '../../../../src/workers/ctags/program.js';
import { Tagger } from '../../../../src/workers/ctags/tagger.js';
import { outlineText } from '../../../../src/workers/outline/outline-text.js';
import { ampleMs, described } from '../../../support/chunks.js';
import { ctagsAt, writeCtags, writeProgram } from '../../../support/ctags.js';
import { isAlive, until } from '../../../support/watch.js';

const folder = mkdtempSync(join(tmpdir(), 'lcad-ctags-'));
/** The stand-in, and a Universal Ctags of this machine where there is one. */
const programs = [await ctagsAt(writeCtags(folder))];
const installed: CtagsFound = await findCtags('', process.env.PATH ?? '');
if (installed.state === 'found') programs.push(installed.program);
const [standIn] = programs as [CtagsProgram, ...CtagsProgram[]];

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const texts: Record<string, { text: string; outline: string[] }> = {
  sql: {
    text: 'CREATE TABLE orders (\n  id int,\n  state text\n);\n\n-- Doubles.\nCREATE FUNCTION twice(x int) RETURNS int AS $$\nBEGIN\n  RETURN 2 * x;\nEND;\n$$ LANGUAGE plpgsql;\n',
    outline: [
      '1-4 struct |orders at 1:13',
      '2-2 variable orders|id at 2:2',
      '3-3 variable orders|state at 3:2',
      '7-10 function |twice at 7:16 Doubles.',
    ],
  },
  makefile: {
    text: 'CC := cc\nall: tool\n\techo done\n\n# Links it.\ntool:\n\t$(CC) -o tool tool.c\n\tstrip tool\n\tls tool\n\techo tool\n',
    outline: ['1-1 variable |CC at 1:0', '2-3 function |all at 2:0', '6-10 function |tool at 6:0 Links it.'],
  },
  protobuf: {
    text: 'syntax = "proto3";\npackage shop.v1;\n\n// One order.\nmessage Order {\n}\n\nservice Orders {\n  rpc Place(Order) returns (Order);\n}\n',
    outline: [
      '2-10 module |shop.v1 at 2:8',
      '5-6 struct shop.v1|Order at 5:8 One order.',
      '8-10 interface shop.v1|Orders at 8:8',
      '9-10 method shop.v1.Orders|Place at 9:6',
    ],
  },
};

describe.each(programs)('Universal Ctags at $path', (program) => {
  it.each(Object.keys(texts))('finds the definitions of %s', async (language) => {
    const { text, outline: expected } = texts[language] as (typeof texts)[string];
    for (const ends of [text, text.replaceAll('\n', '\r\n')]) {
      const { outline, fallback } = await outlineText(language, ends, ampleMs, program);
      const shown = outline.definitions.map((one) => {
        const { kind, name, scope, startLine, endLine, line, column, doc } = one;
        return `${startLine}-${endLine} ${kind} ${scope}|${name} at ${line}:${column} ${doc}`.trimEnd();
      });
      expect({ shown, fallback }).toEqual({ shown: expected, fallback: null });
      expect(outline.references).toEqual([]);
      expect(new Set(outline.definitions.map(({ exported }) => exported))).toEqual(new Set([null]));
    }
  });

  it('gives chunks their names, where lines alone have none', async () => {
    const { text } = texts.makefile as (typeof texts)[string];
    const options = { mode: 'syntax', deadlineMs: ampleMs, outline: true } as const;
    const tagged = await chunkText('makefile', text, { ...options, ctags: program });
    expect(tagged.chunks.map(described)).toEqual(['1-3 block {CC all}', '5-10 function tool {tool}']);
    expect(tagged.outline).not.toBeNull();
    const plain = await chunkText('makefile', text, options);
    expect(plain).toMatchObject({ outline: null, fallback: null });
    expect(plain.chunks.map(described)).toEqual(['1-10 lines {}']);
    const byLines = await chunkText('makefile', text, { ...options, mode: 'lines', ctags: program });
    expect(byLines.chunks).toEqual(plain.chunks);
  });

  it('takes texts of all kinds one after the other', async () => {
    const odd = [
      'ä → 𝄞\n',
      '\r\r\rCREATE TABLE x (\r',
      '\u0000',
      '{"command":"generate-tags"}\n',
      'x'.repeat(300_000),
    ];
    const answers = await Promise.all(
      [...odd, 'CREATE TABLE last (\n  a int\n);\n'].map((text) =>
        outlineText('sql', text, ampleMs, program),
      ),
    );
    expect(answers.map(({ fallback }) => fallback)).toEqual(answers.map(() => null));
    expect(answers.at(-1)?.outline.definitions.map(({ name }) => name)).toEqual(['last', 'a']);
  });
});

describe('a Universal Ctags that fails', () => {
  const good = 'CREATE TABLE t (\n  a int\n);\n';
  const options = { mode: 'syntax', outline: true, ctags: standIn } as const;

  it.each([
    ['crash', 'ctags ended (SIGSEGV)'],
    ['hang', 'ctags took longer than'],
    ['garbage', 'ctags said what is no answer'],
    ['fatal', 'ctags: cannot go on'],
    ['flood', 'ctags printed too much'],
  ])('by a %s leaves that file by lines, and only that', async (fault, reason) => {
    const deadlineMs = fault === 'hang' ? 2000 : ampleMs;
    const bad = await chunkText('sql', `${good}-- fault: ${fault}\n`, { ...options, deadlineMs });
    expect(bad.fallback).toContain(reason);
    expect(bad.outline).toBeNull();
    expect(bad.chunks.map(described)).toEqual(['1-4 lines {}']);
    const next = await chunkText('sql', good, { ...options, deadlineMs: ampleMs });
    expect(next.fallback).toBeNull();
    expect(next.chunks.map(described)).toEqual(['1-3 struct t {t a}']);
  });

  it('is started again for a file that it failed on once', async () => {
    const once = join(folder, 'once');
    const { chunks, fallback } = await chunkText('sql', `${good}-- fault: crash ${once}\n`, {
      ...options,
      deadlineMs: ampleMs,
    });
    expect(existsSync(once)).toBe(true);
    expect(fallback).toBeNull();
    expect(chunks.map(described)).toEqual(['1-4 struct t {t a}']);
  });

  it('is left alone for a while when it fails on one file after the other', async () => {
    const pids = join(folder, 'pids-rest');
    const tagger = new Tagger(await ctagsAt(writeCtags(folder, 'rests', `--pids=${pids}`)), { restMs: 500 });
    rmSync(pids);
    const ask = (text: string) => tagger.tagsOf('sql', text, ampleMs);
    for (let n = 0; n < 3; n++) expect(await ask('-- fault: crash')).toHaveProperty('failure');
    expect(await ask(good)).toEqual({ failure: 'ctags failed too often just now' });
    expect(readFileSync(pids, 'utf8').trim().split('\n')).toHaveLength(6);
    await until('it is asked again', async () => 'tags' in (await ask(good)));
    tagger.end();
  });

  it('is not used in another version than the one that was found', async () => {
    const program = await ctagsAt(writeCtags(folder, 'changes'));
    writeCtags(folder, 'changes', '--claims=6.9.9');
    const tagger = new Tagger(program);
    const answer = await tagger.tagsOf('sql', good, ampleMs);
    expect(answer).toEqual({ failure: 'ctags is now 6.9.9: `lcad restart`' });
    rmSync(program.path);
    expect(await tagger.tagsOf('sql', good, ampleMs)).toMatchObject({
      failure: expect.stringContaining('ctags cannot be started'),
    });
    tagger.end();
  });

  it('ends when it has been without work', async () => {
    const pids = join(folder, 'pids-idle');
    const program = await ctagsAt(writeCtags(folder, 'idles', `--pids=${pids}`));
    rmSync(pids);
    const tagger = new Tagger(program, { idleMs: 50 });
    for (let n = 1; n <= 2; n++) {
      expect(await tagger.tagsOf('sql', good, ampleMs)).toHaveProperty('tags');
      const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
      expect(started).toHaveLength(n);
      await until('it ends', () => !isAlive(started.at(-1) as number));
    }
  });
});

describe('looking for it', () => {
  it('tells what is there', async () => {
    expect(standIn).toMatchObject({
      version: '5.9.0',
      sandbox: false,
      languages: ['SQL', 'Make', 'Protobuf'],
    });
    expect(await findCtags(join(folder, 'none'), '')).toMatchObject({
      state: 'unusable',
      message: 'it cannot be run',
    });
    const exuberant = writeProgram(
      folder,
      'exuberant',
      'echo "Exuberant Ctags 5.8, Copyright (C) 1996-2009"',
    );
    expect(await findCtags(exuberant, '')).toEqual({
      state: 'unusable',
      path: exuberant,
      message: 'it is Exuberant Ctags 5.8, not Universal Ctags',
    });
    const plain = writeProgram(folder, 'plain', 'echo "Universal Ctags 5.9.0, Copyright"');
    expect(await findCtags(plain, '')).toMatchObject({
      state: 'unusable',
      message: 'it was built without its JSON interactive mode',
    });
  });

  it('takes the first on the PATH that can be used', async () => {
    const [first, second] = [mkdtempSync(join(folder, 'a-')), mkdtempSync(join(folder, 'b-'))];
    writeProgram(first, 'ctags', 'exit 1');
    const usable = writeCtags(second, 'ctags');
    const found = await findCtags('', `relative:${first}:${second}`);
    expect(found).toMatchObject({ state: 'found', program: { path: usable } });
  });

  it('tells builds of one version apart', async () => {
    const other = await ctagsAt(writeCtags(folder, 'other', '--about=Compiled: today'));
    expect(other.version).toBe(standIn.version);
    expect(other.build).not.toBe(standIn.build);
  });
});

describe('content keys', () => {
  const bytes = Buffer.from('all:\n');
  let other: CtagsProgram;
  beforeAll(() => {
    other = { ...standIn, build: 'another build' };
  });

  it('tell whether and by which build a content was derived, for its languages', () => {
    const keys = [undefined, standIn, other].map((ctags) => contentKey('makefile', bytes, ctags));
    expect(new Set(keys).size).toBe(3);
  });

  it('of all other languages are the same with and without it', () => {
    for (const language of ['typescript', 'text', 'markdown', 'cmake', 'constructor'])
      expect(contentKey(language, bytes, standIn)).toBe(contentKey(language, bytes));
  });
});
