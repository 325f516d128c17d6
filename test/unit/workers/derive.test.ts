import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arrow } from '../../../src/shared/arrow.js';
import type { ChunkRow } from '../../../src/workers/chunk-rows.js';
import { chunkSchema } from '../../../src/workers/chunk-rows.js';
import { contentKey } from '../../../src/workers/content-key.js';
import { derive } from '../../../src/workers/derive.js';
import type { DeriveTask } from '../../../src/workers/messages.js';
import { unpackOutline } from '../../../src/workers/outline/compact.js';
import { ampleMs, faultsIn, fixtures } from '../../support/chunks.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lcad-derive-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Writes a file and returns what a task says of it. */
function written(path: string, content: string | Buffer, language = 'text'): DeriveTask['files'][number] {
  const bytes = Buffer.from(content);
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), bytes);
  return { path, language, key: contentKey(language, bytes) };
}

function taskOf(files: DeriveTask['files'], more: Partial<DeriveTask> = {}): DeriveTask {
  return {
    type: 'derive',
    root,
    files,
    mode: 'syntax',
    parseDeadlineMs: ampleMs,
    maxFileBytes: 1 << 20,
    includeGenerated: false,
    progress: new SharedArrayBuffer(4),
    ...more,
  };
}

async function rowsOf(task: DeriveTask): Promise<ChunkRow[]> {
  const { rows, rowCount } = await derive(task);
  const read = rows ? arrow.tableFromIPC(rows).toArray() : [];
  expect(read).toHaveLength(rowCount);
  return read.map((row) => ({ ...row }) as ChunkRow);
}

describe('the outlines of files', () => {
  it('come one behind the other, from the same parse as the rows', async () => {
    const files = [
      written('a.py', 'import os\n\ndef one():\n    two()\n', 'python'),
      written('notes.md', '# Notes\n', 'markdown'),
      { ...written('gone.py', 'def gone(): pass\n', 'python'), key: 'of other bytes' },
      written('b.ts', 'export class B {}\n', 'typescript'),
    ];
    const { files: derived, outlines } = await derive(taskOf(files));
    expect(derived.map(({ outlineBytes }) => outlineBytes > 0)).toEqual([true, false, false, true]);
    const [first = 0] = derived.map(({ outlineBytes }) => outlineBytes);
    const [a, b] = [outlines.subarray(0, first), outlines.subarray(first)].map(unpackOutline);
    expect(a?.definitions.map(({ name }) => name)).toEqual(['one']);
    expect(a?.references.map(({ name }) => name)).toEqual(['two']);
    expect(a?.imports.map(({ specifier }) => specifier)).toEqual(['os']);
    expect(b?.definitions.map(({ name, kind }) => `${kind} ${name}`)).toEqual(['class B']);
  });

  it('are not made where there is no parser', async () => {
    const file = written('a.py', 'def one(): pass\n', 'python');
    const { outlines } = await derive(taskOf([file], { mode: 'lines' }));
    expect(outlines).toHaveLength(0);
  });
});

describe('the rows of a file', () => {
  it('have all columns of the schema', async () => {
    const text =
      '// Adds.\nfunction addAll(a, b) {\n  const sum = a + b;\n  // 😀 ünïcode\n  return sum;\n}\n';
    const file = written('src/a.js', text, 'javascript');
    const { rows } = await derive(taskOf([file]));
    const table = arrow.tableFromIPC(rows as Uint8Array);
    expect(table.schema.fields.map(String)).toEqual(chunkSchema.fields.map(String));
    const [row] = table.toArray();
    expect({ ...row }).toEqual({
      key: file.key,
      ord: 0,
      startLine: 1,
      endLine: 6,
      language: 'javascript',
      kind: 'function',
      name: 'addAll',
      scope: '',
      symbols: 'addAll',
      text: text.trimEnd(),
      terms: expect.stringMatching(/ addall .* ünïcod .* addall /),
    });
  });

  it('hold the text of every fixture, line by line', async () => {
    const all = fixtures();
    const files = all.map(({ file, text, language }) => written(file, text, language));
    const rows = await rowsOf(taskOf(files));
    for (const [index, { text, file }] of all.entries()) {
      const own = rows.filter((row) => row.key === files[index]?.key);
      const lines = text.split('\n');
      expect(
        own.map((row) => row.ord),
        file,
      ).toEqual(own.map((_, ord) => ord));
      for (const row of own) expect(row.text).toBe(lines.slice(row.startLine - 1, row.endLine).join('\n'));
      expect(
        faultsIn(
          text,
          own.map((row) => ({ ...row, symbols: [] }) as never),
        ),
        file,
      ).toEqual([]);
    }
  });

  it('can be moved to another thread', async () => {
    const { rows } = await derive(taskOf([written('a.txt', 'text\n')]));
    const moved = structuredClone(rows, { transfer: [(rows as Uint8Array).buffer as ArrayBuffer] });
    expect(arrow.tableFromIPC(moved as Uint8Array).numRows).toBe(1);
  });

  it.each([
    ['UTF-8 with a byte order mark', Buffer.from('\ufeffgrüße\n'), 'grüße'],
    ['UTF-16, little endian', Buffer.from('\ufeffgrüße 😀\n', 'utf16le'), 'grüße 😀'],
    ['UTF-16, big endian', Buffer.from('\ufeffgrüße\n', 'utf16le').swap16(), 'grüße'],
    ['invalid UTF-8', Buffer.from([0x61, 0xff, 0x62, 0xc3, 0x0a]), 'a\ufffdb\ufffd'],
    ['line ends of Windows', Buffer.from('a\r\nb\r\n'), 'a\nb'],
  ])('are text, from %s', async (_, bytes, text) => {
    const rows = await rowsOf(taskOf([written('a.txt', bytes)]));
    expect(rows.map((row) => row.text)).toEqual([text]);
  });

  it('are by lines when the task says so', async () => {
    const file = written('a.py', 'def f():\n    a = 1\n    b = 2\n    c = 3\n    return a\n', 'python');
    const rows = await rowsOf(taskOf([file], { mode: 'lines' }));
    expect(rows.map(({ kind, name }) => ({ kind, name }))).toEqual([{ kind: 'lines', name: '' }]);
  });

  it('are by lines, and the result says why, when parsing takes too long', async () => {
    const slow = written('slow.rs', 'fn f() { g(1, 2); }\n'.repeat(20_000), 'rust');
    const { files } = await derive(taskOf([slow], { parseDeadlineMs: 1 }));
    expect(files[0]).toMatchObject({ status: 'ok', fallback: 'parsing took longer than 1 ms' });
    expect(files[0]?.chunks).toBeGreaterThan(100);
  });
});

describe('a file that is no longer what the task says', () => {
  it('is changed and has no rows, and the others have theirs', async () => {
    const edited = written('edited.txt', 'before\n');
    writeFileSync(join(root, 'edited.txt'), 'after\n');
    const deleted = written('deleted.txt', 'text\n');
    rmSync(join(root, 'deleted.txt'));
    const linked = written('linked.txt', 'text\n');
    rmSync(join(root, 'linked.txt'));
    symlinkSync('good.txt', join(root, 'linked.txt'));
    const folder = written('folder', 'text\n');
    rmSync(join(root, 'folder'));
    mkdirSync(join(root, 'folder'));
    const pipe = written('pipe', 'text\n');
    rmSync(join(root, 'pipe'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const grown = written('grown.txt', 'text\n'.repeat(20));
    const good = written('good.txt', 'good\n');
    const task = taskOf([edited, deleted, linked, folder, pipe, grown, good], { maxFileBytes: 50 });
    const { files, rowCount } = await derive(task);
    expect(files.map(({ path, status }) => `${path} ${status}`)).toEqual([
      'edited.txt changed',
      'deleted.txt changed',
      'linked.txt changed',
      'folder changed',
      'pipe changed',
      'grown.txt changed',
      'good.txt ok',
    ]);
    expect(rowCount).toBe(1);
  });

  it('of another language is another content', async () => {
    const file = written('a.h', 'int f(void);\n', 'c');
    const { files, rows } = await derive(taskOf([{ ...file, language: 'cpp' }]));
    expect(files[0]?.status).toBe('changed');
    expect(rows).toBeNull();
  });
});

describe('progress', () => {
  it('tells which file was at work', async () => {
    const progress = new SharedArrayBuffer(4);
    await derive(taskOf([written('a', 'a\n'), written('b', 'b\n'), written('c', 'c\n')], { progress }));
    expect(Atomics.load(new Int32Array(progress), 0)).toBe(2);
  });
});

describe('content keys', () => {
  it('are 22 characters that depend on language and bytes', () => {
    const keys = [
      contentKey('c', Buffer.from('a')),
      contentKey('cpp', Buffer.from('a')),
      contentKey('c', Buffer.from('b')),
    ];
    expect(new Set(keys).size).toBe(3);
    for (const key of keys) expect(key).toMatch(/^[\w-]{22}$/);
    expect(contentKey('c', new Uint8Array([97]))).toBe(keys[0]);
  });
});
