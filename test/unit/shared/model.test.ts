import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LcadError } from '../../../src/shared/errors.js';
import { encodeModel, type ModelFile } from '../../../src/shared/model/file.js';
import { loadModel } from '../../../src/shared/model/load.js';
import { root } from '../../../src/shared/model/root.js';
import { decodeTensors, encodeTensors } from '../../../src/shared/model/safetensors.js';
import { modelOf } from '../../../src/shared/model/static-model.js';
import { packagePath } from '../../../src/shared/package-root.js';
import { termsColumn } from '../../../src/shared/terms.js';

const dimensions = 16;
const words = ['user', 'stor', 'cach', 'serializ', 'config'];
const roots = ['serial', 'configur'];

/** Row `row` has 7 in its own dimension, and nothing else. */
function oneDimensionEach(): Omit<ModelFile, 'id'> {
  const count = words.length + roots.length;
  const rows = new Uint8Array((count * dimensions) / 2).fill(0x88);
  for (let row = 0; row < count; row++) {
    const at = (row * dimensions + row) >> 1;
    rows[at] = row % 2 === 0 ? 0x8f : 0xf8;
  }
  const scales = new Float32Array(count).fill(1 / 7);
  return { dimensions, words, roots, stops: ['the'], rows, scales, metadata: { note: 'small' } };
}

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-model-'));
  file = join(folder, 'small.safetensors');
  writeFileSync(file, encodeModel('small', oneDimensionEach()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function embed(column: string): number[] {
  const out = new Float32Array(dimensions);
  modelOf(loadModel(file)).embed(column, out);
  return [...out];
}

/** A vector with these values in the dimensions of words and roots. */
function along(values: Record<string, number>): number[] {
  const out = new Array<number>(dimensions).fill(0);
  for (const [token, value] of Object.entries(values)) out[[...words, ...roots].indexOf(token)] = value;
  const length = Math.hypot(...out);
  return out.map((value) => value / length);
}

function expectVector(column: string, values: Record<string, number>): void {
  const wanted = along(values);
  for (const [at, value] of embed(column).entries()) expect(value).toBeCloseTo(wanted[at] as number, 2);
}

describe('embed', () => {
  test('gives a known word its row and that of its root', () => {
    expectVector('user', { user: 1 });
    expectVector('serializ', { serializ: 1, serial: 1 });
  });

  test('weighs a term by the root of how often it occurs', () => {
    expectVector('user stor user user user', { user: 2, stor: 1 });
  });

  test('passes over stop words, letters and over-long words', () => {
    expectVector(`the user x ${'stor'.repeat(7)}`, { user: 1 });
  });

  test('takes the root for an unknown word', () => {
    expectVector('serialization', { serial: 1 });
    expectVector('configuration', { configur: 1 });
  });

  test('takes the longest known pieces for a word without a root', () => {
    expectVector('userstor', { user: 1, stor: 1 });
    expectVector('zzcachzz', { cach: 1 });
  });

  test('does not count an unknown compound beside its parts', () => {
    expectVector(termsColumn('userStore'), { user: 1, stor: 1 });
    expectVector('user stor userstor cach', { user: 1, stor: 1, cach: 1 });
  });

  test('has no vector for terms that it does not know', () => {
    const out = new Float32Array(dimensions).fill(1);
    const model = modelOf(loadModel(file));
    expect(model.embed('xyzzy plugh 検索', out)).toBe(false);
    expect([...out]).toEqual(new Array(dimensions).fill(0));
    expect(model.embed('', out)).toBe(false);
    expect(model.embed('the', out)).toBe(false);
  });

  test('gives the same vector whatever was embedded before, in each thread that shares the memory', () => {
    const memory = loadModel(file);
    const [one, other] = [modelOf(memory), modelOf(memory)];
    const term = fc.constantFrom(...words, 'the', 'serialization', 'userstor', 'xyzzy', 'configuration');
    fc.assert(
      fc.property(fc.array(term, { maxLength: 12 }), (terms) => {
        const [a, b] = [new Float32Array(dimensions), new Float32Array(dimensions)];
        one.embed('serialization userstor cach', a);
        expect(one.embed(terms.join(' '), a)).toBe(other.embed(terms.join(' '), b));
        expect(a).toEqual(b);
      }),
    );
  });

  test('takes more unknown words than it remembers', () => {
    const model = modelOf(loadModel(file));
    const out = new Float32Array(dimensions);
    for (let number = 0; number < 60_000; number++) model.embed(`q${number.toString(36)}cach`, out);
    model.embed('userstor', out);
    expect(out[0]).toBeCloseTo(out[1] as number, 6);
  });
});

describe('loadModel', () => {
  function expectUnreadable(path: string): void {
    let error: unknown;
    try {
      loadModel(path);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(LcadError);
    expect(error).toMatchObject({ kind: 'MODEL_UNREADABLE', details: { file: path } });
    expect((error as LcadError).message).toContain(path);
  }

  test('says which file is missing', () => expectUnreadable(join(folder, 'none.safetensors')));

  test.each([0, 5, 100, 400])('refuses a file that is cut off after %d bytes', (length) => {
    const cut = join(folder, `cut-${length}`);
    writeFileSync(cut, readFileSync(file));
    truncateSync(cut, length);
    expectUnreadable(cut);
  });

  test('refuses a file with one bit changed in its rows', () => {
    const bytes = readFileSync(file);
    const damaged = join(folder, 'damaged');
    bytes[bytes.length - 60] = (bytes[bytes.length - 60] as number) ^ 1;
    writeFileSync(damaged, bytes);
    expectUnreadable(damaged);
  });

  test('refuses tensors that are no model', () => {
    const other = join(folder, 'other');
    const bytes = Uint8Array.of(1, 2, 3, 4);
    writeFileSync(
      other,
      encodeTensors({ metadata: {}, tensors: new Map([['a', { type: 'U8', shape: [4], bytes }]]) }),
    );
    expectUnreadable(other);
  });

  test('gives models of different content different ids', () => {
    const changed = oneDimensionEach();
    changed.scales[0] = 2;
    const path = join(folder, 'changed');
    writeFileSync(path, encodeModel('small', changed));
    const [one, other] = [modelOf(loadModel(file)).id, modelOf(loadModel(path)).id];
    expect(one).toMatch(/^small-[0-9a-f]{8}$/);
    expect(other).not.toBe(one);
  });
});

describe('tensor files', () => {
  test('keep what is written', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.dictionary(fc.string(), fc.string()),
        (bytes, metadata) => {
          const tensor = { type: 'U8' as const, shape: [bytes.length], bytes };
          const found = decodeTensors(encodeTensors({ metadata, tensors: new Map([['t', tensor]]) }));
          expect({ ...found.metadata }).toEqual({ ...metadata });
          expect([...(found.tensors.get('t')?.bytes ?? [])]).toEqual([...bytes]);
        },
      ),
    );
  });

  test('fail with a reason on any other bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(() => decodeTensors(Buffer.from(bytes))).toThrow(/./);
      }),
    );
  });
});

describe('root', () => {
  test.each([
    ['serializ', 'serializer', 'serialization', 'serial', 'serializable'],
    ['configur', 'configuration'],
    ['connect', 'connection', 'connector'],
    ['iterat', 'iterator', 'iteration'],
    ['creat', 'creator', 'creation'],
    ['validat', 'validator', 'validation'],
    ['format', 'formatter'],
  ])('is the same for %s, %s and their like', (...terms) => {
    expect(new Set(terms.filter(Boolean).map(root)).size).toBe(1);
  });

  test.each(['user', 'str', 'iter', 'local', 'format', 'a', ''])('leaves "%s" as it is', (term) => {
    expect(root(term)).toBe(term);
  });
});

describe('the model of this package', () => {
  const path = packagePath('models/lcad-code-1.safetensors');
  const model = modelOf(loadModel(path));

  function vector(text: string): Float32Array {
    const out = new Float32Array(model.dimensions);
    expect(model.embed(termsColumn(text), out)).toBe(true);
    return out;
  }

  const similarity = (a: Float32Array, b: Float32Array) =>
    a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);

  test('has 256 dimensions and is no larger than 10 MB', () => {
    expect(model.dimensions).toBe(256);
    expect(readFileSync(path).length).toBeLessThanOrEqual(10_000_000);
  });

  test('gives vectors of unit length', () => {
    expect(Math.hypot(...vector('function parseHeaders(request) {}'))).toBeCloseTo(1, 5);
  });

  test.each([
    [
      'retry a request that failed',
      'async attempt(max, delay) { while (max-- > 0) { try { return await this.send(); } catch { await sleep(delay); } } }',
      'render(shape) { ctx.fillStyle = shape.color; ctx.fillRect(shape.x, shape.y, shape.width, shape.height); }',
    ],
    [
      'check the password of a user',
      'def authenticate(login, secret): return bcrypt.verify(secret, accounts.find(login).credential_hash)',
      'def median(values): ordered = sorted(values); return ordered[len(ordered) // 2]',
    ],
  ])('finds code for "%s" that does not share its words', (question, wanted, other) => {
    const asked = vector(question);
    expect(similarity(asked, vector(wanted))).toBeGreaterThan(similarity(asked, vector(other)));
  });
});
