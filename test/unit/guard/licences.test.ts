import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeTokens } from '../../../src/daemon/guard/code-tokens.js';
import { createGuards, type OwnedGuards } from '../../../src/daemon/guard/guards.js';
import { LicenceIndex } from '../../../src/daemon/guard/licence-index.js';
import { isAllowed, licenceOfManifest, licenceOfText } from '../../../src/daemon/guard/licence-names.js';
import { fingerprintsOf, winnowSizes } from '../../../src/daemon/guard/winnow.js';
import { cutAt, guardConfig, guarded, quietLog } from './support.js';

const header = '/* Copyright of somebody. All rights reserved, and so on and so forth. */\n';
const notice = `/**\n * ${'Licensed to somebody under one or more of these licences, see the notice for who owns what. '.repeat(8)}\n */\n`;
const code = (seed: number) =>
  Array.from(
    { length: 40 },
    (_, n) =>
      `  const part${seed}_${n} = mix(left[${n * seed}], right.at(${n}) ?? ${seed + n}) << ${n % 7};\n`,
  ).join('');

let folder: string;
let allowing: string[] = [];
let guards: OwnedGuards;

/** Guards whose index has all files. */
async function filled(): Promise<OwnedGuards> {
  let done: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => (done = resolve));
  const log = { ...quietLog, info: () => done() };
  const made = createGuards(
    () => ({ ...guardConfig, secrets: false, licenceFolders: [folder], allowLicences: allowing }),
    { log },
  );
  made.open();
  await ready;
  return made;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lcad-licences-'));
  const write = (name: string, files: Record<string, string>) => {
    mkdirSync(join(folder, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
  };
  write('copyleft/src', { 'mix.ts': `${header}export function f() {\n${code(3)}}\n` });
  write('copyleft', { LICENSE: 'GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007\n' });
  write('bundle', { 'all.js': `const one = 1;\n${notice}const two = 2;\n` });
  write('free', { 'package.json': '{"license": "MIT"}', 'free.js': code(5) });
  guards = await filled();
});
afterAll(async () => {
  await guards.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('licensed code in an answer', () => {
  it('stops before a passage of it has been shown, and names file and licence', async () => {
    const whole = `Try this:\n${code(3)}`;
    const { shown, stop } = await guarded(guards.open, [whole]);
    expect(stop?.kind).toBe('OUTPUT_STOPPED');
    expect(stop?.details).toEqual({
      reason: 'licence',
      licence: 'GPL-3.0',
      file: join(folder, 'copyleft/src/mix.ts'),
    });
    expect(whole.startsWith(shown)).toBe(true);
    expect(codeTokens(shown).length).toBeLessThan(4 + 31);
  });

  it('gives the same however the text is cut', async () => {
    const whole = `Try this:\n${code(3)}and more\n`;
    const once = await guarded(guards.open, [whole]);
    expect(await guarded(guards.open, [...whole])).toEqual(once);
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(places, async (at) => {
        expect(await guarded(guards.open, cutAt(whole, at))).toEqual(once);
      }),
      { numRuns: 30 },
    );
  });

  it('ends any text with a passage in it before half of it was shown, and shows any other whole', async () => {
    const lines = code(3).split('\n').slice(0, 40);
    const clean = fc.array(fc.constantFrom('Use this:\n', 'return nothing;\n', 'a = b(c)\n', '🙂 größer\n'), {
      maxLength: 8,
    });
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
    const from = fc.nat(30);
    await fc.assert(
      fc.asyncProperty(clean, clean, from, places, async (before, after, at, cuts) => {
        const lead = before.join('');
        const passage = lines.slice(at, at + 6).join('\n');
        expect(codeTokens(passage).length).toBeGreaterThan(60);
        const { shown, stop } = await guarded(
          guards.open,
          cutAt(`${lead}${passage}\n${after.join('')}`, cuts),
        );
        expect(stop?.details).toMatchObject({ reason: 'licence' });
        expect(`${lead}${passage}`.startsWith(shown)).toBe(true);
        expect(codeTokens(shown.slice(lead.length)).length).toBeLessThanOrEqual(30);
        const harmless = `${lead}${lines.slice(at, at + 2).join('\n')}\n${after.join('')}`;
        expect(await guarded(guards.open, cutAt(harmless, cuts))).toEqual({ shown: harmless, stop: null });
      }),
      { numRuns: 60 },
    );
  });

  it('finds a passage whatever its white space', async () => {
    const { stop } = await guarded(guards.open, [code(3).replaceAll(/\s+/g, '\n\t')]);
    expect(stop).not.toBeNull();
  });

  it('lets shorter passages and changed ones through, whole', async () => {
    const short = `${code(3).split('\n').slice(0, 2).join('\n')}\nreturn nothing;\n`;
    const changed = code(3).replaceAll('mix', 'blend');
    const texts = [short, changed, code(7), header.repeat(3), notice];
    for (const text of texts) {
      expect(await guarded(guards.open, [...text])).toEqual({ shown: text, stop: null });
      expect(await guarded(guards.open, [text])).toEqual({ shown: text, stop: null });
    }
  });

  it('lets licences through that are allowed', async () => {
    expect((await guarded(guards.open, [code(5)])).stop?.details).toMatchObject({ licence: 'MIT' });
    allowing = ['MIT'];
    const allowed = await filled();
    expect((await guarded(allowed.open, [code(5)])).stop).toBeNull();
    expect((await guarded(allowed.open, [code(3)])).stop).not.toBeNull();
    await allowed.close();
    allowing = [];
  });
});

describe('folders of licensed code', () => {
  const fill = (folders: string[], most?: number) => {
    const index = new LicenceIndex({ folders, tokens: 60, allowed: [] });
    return index.fill(new AbortController().signal, most).then((end) => ({ ...end, ...index.counts }));
  };

  it('may be missing, hold links to themselves, pipes and huge files: the rest is read', async () => {
    const odd = mkdtempSync(join(tmpdir(), 'lcad-odd-'));
    try {
      mkdirSync(join(odd, 'a'));
      writeFileSync(join(odd, 'a/one.ts'), code(2));
      writeFileSync(join(odd, 'a/LICENSE'), 'MIT');
      truncateSync(join(odd, 'a/LICENSE'), 5_000_000_000);
      writeFileSync(join(odd, 'a/huge.ts'), code(2));
      truncateSync(join(odd, 'a/huge.ts'), 5_000_000_000);
      symlinkSync('..', join(odd, 'a/up'));
      symlinkSync('one.ts', join(odd, 'a/link.ts'));
      execFileSync('mkfifo', [join(odd, 'a/pipe.ts'), join(odd, 'a/package.json')]);
      const missing = join(odd, 'nowhere');
      expect(await fill([missing, odd])).toMatchObject({ isWhole: true, empty: [missing], files: 1 });
    } finally {
      rmSync(odd, { recursive: true, force: true });
    }
  });

  it('are looked at as far as a bound, whatever is in them', async () => {
    expect(await fill([folder])).toMatchObject({ isWhole: true, files: 3 });
    expect(await fill([folder], 4)).toMatchObject({ isWhole: false });
    expect((await fill([folder], 4)).files).toBeLessThan(3);
  });

  it('that are missing are told of in the log', async () => {
    const warned: unknown[] = [];
    let done: () => void = () => undefined;
    const read = new Promise<void>((resolve) => (done = resolve));
    const missing = join(folder, 'nowhere');
    const warn = (fields: unknown) => {
      warned.push(fields);
      done();
    };
    const made = createGuards(() => ({ ...guardConfig, licenceFolders: [missing] }), {
      log: { ...quietLog, warn },
    });
    made.open();
    await read;
    expect(warned).toEqual([{ folder: missing }]);
    await made.close();
  });
});

describe('winnowing', () => {
  it('has a fingerprint in any half of a passage', () => {
    const sizes = winnowSizes(60);
    expect(sizes.gram + sizes.window - 1).toBe(30);
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 60, maxLength: 300 }), (list) => {
        const ends = [...fingerprintsOf(Uint32Array.from(list), sizes)].map(({ end }) => end);
        for (let from = 0; from + 30 <= list.length; from++) {
          const inside = ends.some((end) => end - sizes.gram + 1 >= from && end < from + 30);
          expect(inside).toBe(true);
        }
      }),
    );
  });
});

describe('licence names', () => {
  it('reads them from manifests and texts', () => {
    expect(licenceOfManifest('package.json', '{"license": {"type": "ISC"}}')).toBe('ISC');
    expect(licenceOfManifest('package.json', 'no JSON')).toBeNull();
    expect(licenceOfManifest('Cargo.toml', '[package]\nlicense = "MIT OR Apache-2.0"\n')).toBe(
      'MIT OR Apache-2.0',
    );
    expect(licenceOfText('Apache License\n                 Version 2.0, January 2004')).toBe('Apache-2.0');
    expect(licenceOfText('All rights reserved.')).toBe('unknown');
  });

  it('weighs alternatives', () => {
    expect(isAllowed('(MIT OR GPL-3.0)', ['mit'])).toBe(true);
    expect(isAllowed('MIT AND GPL-3.0', ['MIT'])).toBe(false);
    expect(isAllowed('GPL-3.0-or-later', ['GPL-3.0'])).toBe(true);
    expect(isAllowed('unknown', [])).toBe(false);
  });
});
