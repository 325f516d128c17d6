import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readGgufHeader } from '../../../src/daemon/inference/llama/gguf-header.js';
import { firstStep, nextStep } from '../../../src/workers/llama/steps.js';
import { AnswerStream, TextFinder, Utf8Joiner } from '../../../src/workers/llama/text-stream.js';
import { ggufBytes, writeTinyModel } from '../../support/gguf.js';

function joiner(): Utf8Joiner<number> {
  return new Utf8Joiner((bytes) => Buffer.from(bytes).toString('utf8'));
}

describe('text from tokens', () => {
  test('characters are never cut, and broken bytes hold nothing up', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const join = joiner();
        const parts = [...Buffer.from(text)].map((byte) => join.push(byte));
        expect(parts.join('') + join.end()).toBe(text);
        if (!text.includes('\u{FFFD}')) expect(parts.join('')).not.toContain('\u{FFFD}');
      }),
    );
    const broken = joiner();
    expect([0xff, 0xff, 0xff, 0xff].map((byte) => broken.push(byte)).join('')).toHaveLength(4);
    broken.push(0xe6);
    expect(broken.end()).toBe('\u{FFFD}');
  });

  test('a text is found wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'b', '\n') }), fc.nat(4), (text, size) => {
        const finder = new TextFinder(['ab', '\n\nb', '']);
        let before = '';
        let found: string | null = null;
        for (let at = 0; at < text.length && found === null; at += size + 1) {
          const step = finder.push(text.slice(at, at + size + 1));
          before += step.before;
          found = step.found;
        }
        const wanted = [text.indexOf('ab'), text.indexOf('\n\nb')].filter((at) => at >= 0);
        expect(found !== null).toBe(wanted.length > 0);
        expect(found === null ? before + finder.end() : before).toBe(
          wanted.length > 0 ? text.slice(0, Math.min(...wanted)) : text,
        );
      }),
    );
  });

  test('thinking is told from text, and a stop text ends both', () => {
    const marks = { open: '<think>', close: '</think>', opened: false };
    const read = (text: string, opened: boolean): unknown => {
      const stream = new AnswerStream(['STOP'], { ...marks, opened });
      const seen = { text: '', thinking: '', stopped: false };
      for (const character of text) {
        const { parts, stopped } = stream.push(character);
        for (const part of parts) seen[part.type] += part.text;
        seen.stopped ||= stopped;
        if (stopped) return seen;
      }
      for (const part of stream.end()) seen[part.type] += part.text;
      return seen;
    };
    expect(read('<think>so < that</think>\n\nit is </b>', false)).toEqual({
      text: 'it is </b>',
      thinking: 'so < that',
      stopped: false,
    });
    expect(read('hm</think>yes STOP no', true)).toEqual({ text: 'yes ', thinking: 'hm', stopped: true });
    expect(read('a <thinSTOP', false)).toEqual({ text: 'a <thin', thinking: '', stopped: true });
  });
});

describe('the steps in which a prompt is read', () => {
  const most = 256;
  /** The tokens of each step on a machine that reads so many in a millisecond. */
  const stepsOf = (perMs: number): number[] => {
    const steps = [firstStep];
    for (let i = 0; i < 10; i++) {
      const tokens = steps.at(-1) ?? firstStep;
      steps.push(nextStep(tokens, tokens / perMs, most));
    }
    return steps;
  };

  test('become as long as a tenth of a second allows, and no longer', () => {
    expect(stepsOf(100).at(-1)).toBe(most);
    expect(stepsOf(1).at(-1)).toBe(100);
    expect(stepsOf(0.01).at(-1)).toBe(16);
    expect(nextStep(32, 0, most)).toBe(64);
  });

  test('grow by twice at most, and keep their bounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: most }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (tokens, ms) => {
          const next = nextStep(tokens, ms, most);
          expect(next).toBeGreaterThanOrEqual(16);
          expect(next).toBeLessThanOrEqual(Math.max(16, Math.min(most, 2 * tokens)));
        },
      ),
    );
  });
});

describe('the header of a .gguf file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lcad-gguf-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('tells of infill by the vocabulary, and is read again only if the file is another', async () => {
    const file = join(folder, 'a.gguf');
    writeTinyModel(file, { script: ['<|fim_prefix|>'], chatTemplate: 'é'.repeat(3000) });
    const header = await readGgufHeader(file);
    expect(header).toMatchObject({ infill: true, contextTokens: 2048, template: 'é'.repeat(3000) });
    expect(await readGgufHeader(file, header)).toBe(header);
    writeTinyModel(file, {});
    expect(await readGgufHeader(file, header)).toMatchObject({ infill: false, template: null });
  });

  test('whatever the bytes, it is read or refused', async () => {
    const file = join(folder, 'b.gguf');
    const good = ggufBytes({ script: ['▁a'] }).subarray(0, 4000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(1500), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        async (changes) => {
          const bytes = Buffer.from(good);
          for (const [at, value] of changes) bytes[at] = value;
          writeFileSync(file, bytes);
          const outcome = await readGgufHeader(file).catch((error: unknown) => error);
          if (outcome instanceof Error) expect(outcome).toMatchObject({ kind: 'PROVIDER_REFUSED' });
          else expect(outcome).toHaveProperty('architecture', expect.any(String));
        },
      ),
      { numRuns: 200 },
    );
  });
});
