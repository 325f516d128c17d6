import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../../src/shared/package-root.js';
import { fixtures } from '../../support/chunks.js';
import { describedOutline, outlined } from '../../support/outlines.js';

/** Outlines expected of each fixture, under a line "# <file> <language>". */
function expectations(): Map<string, string[]> {
  const text = readFileSync(packagePath('test', 'fixtures', 'outline', 'languages.txt'), 'utf8');
  const blocks = text.trim().split('\n\n');
  return new Map(
    blocks.map((block) => {
      const [title = '', ...lines] = block.split('\n');
      return [title.slice(2), lines];
    }),
  );
}

describe('outlines of every language', () => {
  const expected = expectations();
  const all = fixtures();

  it.each(all.map((fixture) => [`${fixture.file} ${fixture.language}`, fixture] as const))(
    '%s',
    async (title, fixture) => {
      const outline = await outlined(fixture.language, fixture.text);
      expect(describedOutline(outline).map((line) => line.trimEnd())).toEqual(expected.get(title));
    },
  );

  it('leaves no fixture without an expectation, and no expectation without a fixture', () => {
    expect([...expected.keys()].sort()).toEqual(
      all.map(({ file, language }) => `${file} ${language}`).sort(),
    );
  });
});
