import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ClientOverlay } from '../../../src/daemon/overlay/client-overlay.js';
import type { OutlineMade, OutlineWanted } from '../../../src/daemon/overlay/outliner.js';
import type { OverlaysOptions } from '../../../src/daemon/overlay/overlays.js';
import { clientUris } from '../../../src/daemon/overlay/uris.js';
import { contentKey } from '../../../src/workers/content-key.js';
import { outlineBuffer } from '../../../src/workers/outline-task.js';
import { testOverlays } from '../../support/rpc.js';

const ampleMs = 20_000;

function overlays(options: Partial<OverlaysOptions> = {}) {
  const logged: string[] = [];
  const log = (details: object, message: string) => void logged.push(`${message} ${JSON.stringify(details)}`);
  const all = testOverlays({ debug: log, info: log, warn: log, error: log }, options);
  const told: string[] = [];
  const client = () => all.open((message) => told.push(message));
  return { all, client, told, logged };
}

function folder(): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), 'lcad-overlay-')));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const document = (uri: string, text: string, languageId = 'typescript') => ({
  uri,
  text,
  languageId,
  version: 1,
});
const insert = (line: number, character: number, text: string) => ({
  range: { start: { line, character }, end: { line, character } },
  text,
});
const names = (overlay: ClientOverlay, uri: string) =>
  overlay.get(uri)?.outline?.outline.definitions.map(({ name }) => name);

describe('documents', () => {
  test('are those of one client alone, and go with it', async () => {
    const { all, client } = overlays();
    const [one, other] = [client(), client()];
    one.open(document('file:///a.ts', 'one'));
    other.open(document('file:///a.ts', 'other'));
    one.change('file:///a.ts', 2, [insert(0, 3, '!')]);
    expect(one.get('/a.ts')?.text).toBe('one!');
    expect(other.get('/a.ts')?.text).toBe('other');
    expect(all.chars).toBe(9);
    one.end();
    expect(one.buffers).toEqual([]);
    expect(all.chars).toBe(5);
    one.open(document('file:///a.ts', 'late'));
    expect(one.buffers).toEqual([]);
    other.close('file:///a.ts');
    expect(all.chars).toBe(0);
  });

  test('do not change once they were given out', () => {
    const overlay = overlays().client();
    overlay.open(document('file:///a.ts', 'a'));
    const before = overlay.get('/a.ts');
    overlay.change('file:///a.ts', 7, [insert(0, 1, 'b')]);
    expect(before).toMatchObject({ text: 'a', version: 1, edits: [] });
    expect(overlay.get('/a.ts')).toMatchObject({
      text: 'ab',
      version: 7,
      unsaved: true,
      edits: [{ startLine: 1, endLine: 1 }],
    });
  });

  test('have versions that grow, whatever the client says', () => {
    const overlay = overlays().client();
    overlay.open({ ...document('file:///a.ts', 'a'), version: 5 });
    for (const version of [3, null, 9]) overlay.change('file:///a.ts', version, [insert(0, 0, 'x')]);
    expect(overlay.get('/a.ts')).toMatchObject({ version: 9, text: 'xxxa' });
  });

  test('come in the order in which they were touched last', () => {
    const overlay = overlays().client();
    for (const name of ['a', 'b', 'c']) overlay.open(document(`file:///${name}.ts`, ''));
    overlay.change('file:///a.ts', 2, [{ text: 'x' }]);
    expect(overlay.buffers.map(({ path }) => path)).toEqual(['/a.ts', '/c.ts', '/b.ts']);
  });

  test('that are not open are ignored, and logged once', () => {
    const { client, logged } = overlays();
    const overlay = client();
    overlay.change('file:///a.ts', 1, [{ text: 'x' }]);
    overlay.change('file:///a.ts', 2, [{ text: 'y' }]);
    overlay.save('file:///b.ts', 'x');
    overlay.close('file:///c.ts');
    expect(overlay.buffers).toEqual([]);
    expect(logged).toEqual([
      'a document that is not open was changed: ignored {"uri":"file:///a.ts"}',
      'a document that is not open was saved: ignored {"uri":"file:///b.ts"}',
    ]);
  });

  test('have the language of their file, or else the one that the client names', () => {
    const overlay = overlays().client();
    overlay.open(document('file:///x/run', '#!/bin/sh\n', 'plaintext'));
    overlay.open(document('file:///x/a.py', '', 'typescript'));
    overlay.open(document('untitled:Untitled-1', '', 'typescriptreact'));
    overlay.open(document('untitled:Untitled-2', '', 'no such thing'));
    expect(overlay.buffers.map(({ path, language }) => `${path} ${language}`)).toEqual([
      'untitled:Untitled-2 text',
      'untitled:Untitled-1 tsx',
      '/x/a.py python',
      '/x/run bash',
    ]);
  });
});

describe('names of files', () => {
  test('are read from URIs as clients write them', () => {
    const overlay = overlays().client();
    const paths = {
      'file:///none/a%20b%23%C3%A9.ts': '/none/a b#é.ts',
      'file://localhost/none/c.ts': '/none/c.ts',
      'FILE:///none/d.ts': '/none/d.ts',
      'file:///none/%40scope/%5Bid%5D.ts': '/none/@scope/[id].ts',
    };
    for (const [uri, path] of Object.entries(paths)) {
      overlay.open(document(uri, uri));
      expect(overlay.get(path)?.text).toBe(uri);
      expect(overlay.get(uri)?.path).toBe(path);
    }
    for (const uri of [
      'file://elsewhere/a.ts',
      'file:///a%2Fb.ts',
      'file:///%ff',
      'file:///a%00b',
      'nonsense',
      'git:/a.ts?x',
    ]) {
      overlay.open(document(uri, ''));
      expect(overlay.get(uri)?.path).toBeDefined();
    }
  });

  test('are canonical, and given back as the client names them', () => {
    const real = folder();
    mkdirSync(join(real, 'code/src'), { recursive: true });
    writeFileSync(join(real, 'code/src/a.ts'), '');
    symlinkSync(join(real, 'code'), join(real, 'link'));
    const overlay = overlays().client();
    const uri = `${pathToFileURL(join(real, 'link')).href}/src/a.ts`;
    overlay.open(document(uri, 'x'));
    overlay.open(document(`${pathToFileURL(join(real, 'link')).href}/new/b.ts`, 'x'));
    expect(overlay.get(join(real, 'code/src/a.ts'))?.uri).toBe(uri);
    expect(overlay.get(join(real, 'code/new/b.ts'))?.text).toBe('x');
    const uriOf = clientUris(overlay);
    expect(uriOf(join(real, 'code/src/a.ts'))).toBe(uri);
    expect(uriOf(join(real, 'code/other é.ts'))).toBe(pathToFileURL(join(real, 'link/other é.ts')).href);
    expect(uriOf(join(real, 'elsewhere.ts'))).toBe(pathToFileURL(join(real, 'elsewhere.ts')).href);
  });
});

describe('limits', () => {
  test('a document that is too large is not held, or no longer, and the client is told', () => {
    const { all, client, told } = overlays({ limits: { bufferChars: 10 } });
    const overlay = client();
    overlay.open(document('file:///large.ts', 'x'.repeat(11)));
    overlay.open(document('file:///a.ts', 'x'.repeat(10)));
    expect(overlay.buffers).toHaveLength(1);
    overlay.change('file:///a.ts', 2, [insert(0, 0, 'x')]);
    expect(overlay.buffers).toEqual([]);
    expect(all.chars).toBe(0);
    expect(told).toEqual([
      'file:///large.ts is seen as it is saved, not as it is edited: it has 11 characters, more than 10.',
      'file:///a.ts is seen as it is saved, not as it is edited: it has 11 characters, more than 10.',
    ]);
  });

  test('of many documents those untouched for longest are given up', () => {
    const { client, told } = overlays({ limits: { buffers: 2 } });
    const overlay = client();
    for (const name of ['a', 'b']) overlay.open(document(`file:///${name}.ts`, 'x'));
    overlay.change('file:///a.ts', 2, [insert(0, 0, 'x')]);
    overlay.open(document('file:///c.ts', 'x'));
    expect(overlay.buffers.map(({ path }) => path)).toEqual(['/c.ts', '/a.ts']);
    expect(told).toEqual([expect.stringContaining('file:///b.ts ')]);
  });

  test('all documents of a client, and of all clients, have a size', () => {
    const { all, client, told } = overlays({ limits: { clientChars: 10, allChars: 15 } });
    const [one, other] = [client(), client()];
    one.open(document('file:///a.ts', 'x'.repeat(6)));
    one.open(document('file:///b.ts', 'x'.repeat(6)));
    expect(one.buffers.map(({ path }) => path)).toEqual(['/b.ts']);
    other.open(document('file:///c.ts', 'x'.repeat(9)));
    other.change('file:///c.ts', 2, [insert(0, 0, 'x')]);
    expect(other.buffers).toEqual([]);
    expect(one.buffers).toHaveLength(1);
    expect(all.chars).toBe(6);
    expect(told).toHaveLength(2);
  });
});

describe('outlines', () => {
  test('follow the text', async () => {
    const overlay = overlays().client();
    overlay.open(document('file:///a.ts', 'export function one() {}\n'));
    await overlay.settled(ampleMs);
    expect(names(overlay, '/a.ts')).toEqual(['one']);
    overlay.change('file:///a.ts', 2, [insert(1, 0, 'export class Two {}\r\n')]);
    overlay.change('file:///a.ts', 3, [insert(0, 0, '// 🙂\r')]);
    await overlay.settled(ampleMs);
    const buffer = overlay.get('/a.ts');
    expect(buffer?.outline).toMatchObject({ version: 3, text: buffer?.text });
    expect(buffer?.outline?.outline.definitions).toMatchObject([
      { name: 'one', line: 2 },
      { name: 'Two', line: 3 },
    ]);
  });

  test('of a text that is what it was are those that there are', async () => {
    const overlay = overlays().client();
    overlay.open(document('file:///a.ts', 'const a = 1;\n'));
    await overlay.settled(ampleMs);
    overlay.change('file:///a.ts', 2, [{ text: 'const a = 1;\n' }]);
    expect(overlay.get('/a.ts')?.outline?.version).toBe(2);
    expect(overlay.get('/a.ts')?.edits).toEqual([]);
  });

  test('tell that a text is what was saved', async () => {
    const text = 'const a = 1;\n';
    const key = contentKey('typescript', Buffer.from(text));
    const overlay = overlays({ savedKey: (path) => (path === '/a.ts' ? key : undefined) }).client();
    overlay.open(document('file:///a.ts', text));
    overlay.open(document('file:///b.ts', text));
    expect(overlay.get('/a.ts')?.unsaved).toBe(true);
    await overlay.settled(ampleMs);
    expect(overlay.get('/a.ts')).toMatchObject({ unsaved: false, outline: { key } });
    expect(overlay.get('/b.ts')?.unsaved).toBe(true);
    overlay.change('file:///a.ts', 2, [insert(0, 0, ' ')]);
    expect(overlay.get('/a.ts')?.unsaved).toBe(true);
    overlay.save('file:///a.ts', undefined);
    expect(overlay.get('/a.ts')?.unsaved).toBe(false);
    overlay.save('file:///a.ts', 'formatted');
    expect(overlay.get('/a.ts')).toMatchObject({ unsaved: false, text: 'formatted' });
  });

  /** Outlines that are made when the test says so. */
  function byHand(limits: OverlaysOptions['limits'] = {}) {
    const under: { wanted: OutlineWanted; finish: () => Promise<void>; fail: () => void }[] = [];
    const makeOutline = (wanted: OutlineWanted) =>
      new Promise<OutlineMade>((resolve, reject) => {
        const finish = async () =>
          resolve(await outlineBuffer({ type: 'outline', ...wanted, parseDeadlineMs: ampleMs }));
        under.push({ wanted, finish, fail: () => reject(new Error('the worker has ended')) });
      });
    const made = overlays({ makeOutline, limits: { outlineDelayMs: 1, ...limits } });
    const next = async (count: number) => {
      await expect.poll(() => under.length, { interval: 2, timeout: ampleMs }).toBe(count);
      return under[count - 1] as (typeof under)[number];
    };
    return { ...made, next, under };
  }

  test('are made one at a time of a text, and then of the latest', async () => {
    const { client, next, under } = byHand();
    const overlay = client();
    overlay.open(document('file:///a.ts', 'function a1() {}'));
    const first = await next(1);
    for (let version = 2; version < 6; version++)
      overlay.change('file:///a.ts', version, [{ text: `function a${version}() {}` }]);
    const settled = overlay.settled(ampleMs);
    expect(under).toHaveLength(1);
    await first.finish();
    const second = await next(2);
    expect(second.wanted.text).toBe('function a5() {}');
    expect(names(overlay, '/a.ts')).toEqual(['a1']);
    await second.finish();
    await settled;
    expect(names(overlay, '/a.ts')).toEqual(['a5']);
    expect(under).toHaveLength(2);
  });

  test('of a document that was closed or opened again meanwhile come to nothing', async () => {
    const { client, next } = byHand();
    const overlay = client();
    overlay.open(document('file:///a.ts', 'function old() {}'));
    const first = await next(1);
    overlay.close('file:///a.ts');
    overlay.open(document('file:///a.ts', 'function young() {}'));
    const second = await next(2);
    await second.finish();
    await overlay.settled(ampleMs);
    await first.finish();
    expect(names(overlay, '/a.ts')).toEqual(['young']);
  });

  test('that cannot be made leave the one before, and nobody waits for them', async () => {
    const { client, next } = byHand();
    const overlay = client();
    overlay.open(document('file:///a.ts', 'function one() {}'));
    await (await next(1)).finish();
    await overlay.settled(ampleMs);
    overlay.change('file:///a.ts', 2, [{ text: 'function two() {}' }]);
    (await next(2)).fail();
    await overlay.settled(ampleMs);
    expect(names(overlay, '/a.ts')).toEqual(['one']);
    expect(overlay.get('/a.ts')?.outline?.version).toBe(1);
    overlay.change('file:///a.ts', 3, [{ text: 'function three() {}' }]);
    await (await next(3)).finish();
    await overlay.settled(ampleMs);
    expect(names(overlay, '/a.ts')).toEqual(['three']);
  });

  test('are waited for no longer than the deadline, and not when the client has gone', async () => {
    const { client, next } = byHand();
    const overlay = client();
    overlay.open(document('file:///a.ts', 'function one() {}'));
    await next(1);
    await overlay.settled(20);
    expect(names(overlay, '/a.ts')).toBeUndefined();
    const settled = overlay.settled(ampleMs);
    overlay.end();
    await settled;
  });

  test('of all clients are made some at a time, first come, first served', async () => {
    const { client, next, under } = byHand({ outlinesAtOnce: 1 });
    const [one, other] = [client(), client()];
    one.open(document('file:///a.ts', 'function a() {}'));
    const first = await next(1);
    one.open(document('file:///b.ts', 'function b() {}'));
    void one.settled(ampleMs);
    other.open(document('file:///c.ts', 'function c() {}'));
    void other.settled(ampleMs);
    expect(under).toHaveLength(1);
    one.close('file:///b.ts');
    await first.finish();
    const second = await next(2);
    expect(second.wanted.path).toBe('/c.ts');
    await second.finish();
    await other.settled(ampleMs);
    expect(names(other, '/c.ts')).toEqual(['c']);
  });
});

test('views are kept by place, of files that are open and of others', () => {
  const overlay = overlays().client();
  overlay.open(document('file:///a.ts', ''));
  overlay.view('file:///a.ts', 3);
  overlay.view('file:///b.ts', null);
  overlay.view('untitled:Untitled-1', 1);
  expect(overlay.views).toMatchObject([
    { path: 'untitled:Untitled-1', line: 1 },
    { path: '/b.ts', line: null },
    { path: '/a.ts', line: 3 },
  ]);
});
