import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packOutline, unpackOutline } from '../../../src/workers/outline/compact.js';
import type { Outline } from '../../../src/workers/outline/contract.js';
import { NumberReader, NumberWriter } from '../../../src/workers/varints.js';
import { fixtures } from '../../support/chunks.js';
import { outlined } from '../../support/outlines.js';

describe('the compact form of an outline', () => {
  it.each(fixtures().map((fixture) => [fixture.file, fixture] as const))(
    'of %s reads back as it was',
    async (_, fixture) => {
      const outline = await outlined(fixture.language, fixture.text);
      expect(unpackOutline(packOutline(outline))).toEqual(outline);
    },
  );

  it('of a file without anything is a few bytes', () => {
    const outline: Outline = { module: null, definitions: [], references: [], imports: [] };
    const packed = packOutline(outline);
    expect(packed.length).toBeLessThan(8);
    expect(unpackOutline(packed)).toEqual(outline);
  });

  it('is read from the middle of a larger buffer', async () => {
    const outline = await outlined('typescript', 'export const naïve = () => größe("🎈");');
    const packed = packOutline(outline);
    const larger = new Uint8Array(packed.length + 20);
    larger.set(packed, 7);
    expect(unpackOutline(larger.subarray(7, 7 + packed.length))).toEqual(outline);
  });

  it('takes line ends out of strings rather than fail', () => {
    const entry = {
      form: 'dynamic',
      names: [],
      default: null,
      namespace: null,
      wildcard: false,
      line: 1,
    } as const;
    const outline: Outline = {
      module: null,
      definitions: [],
      references: [],
      imports: [{ ...entry, names: [], specifier: 'a\nb' }],
    };
    expect(unpackOutline(packOutline(outline)).imports[0]?.specifier).toBe('a b');
  });
});

describe('numbers of variable length', () => {
  it('read back in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2 ** 31 - 1), fc.integer({ min: -(2 ** 29), max: 2 ** 29 }))),
        (pairs) => {
          const writer = new NumberWriter();
          for (const [plain, signed] of pairs) {
            writer.write(plain);
            writer.writeSigned(signed);
          }
          const reader = new NumberReader(writer.bytes(), 0);
          expect(pairs.map(() => [reader.read(), reader.readSigned()])).toEqual(pairs);
        },
      ),
    );
  });
});
