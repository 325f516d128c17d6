import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../../src/shared/package-root.js';
import { languageTable } from '../../../src/workers/language-table.js';
import { chunked, described, fixtures } from '../../support/chunks.js';

/** Chunks expected of each fixture, under a line "# <file> <language>". */
function expectations(): Map<string, string[]> {
  const text = readFileSync(packagePath('test', 'fixtures', 'languages.outline.txt'), 'utf8');
  const blocks = text.trim().split('\n\n');
  return new Map(
    blocks.map((block) => {
      const [title = '', ...lines] = block.split('\n');
      return [title.slice(2), lines];
    }),
  );
}

describe('chunks of every language', () => {
  const expected = expectations();
  const all = fixtures();

  it.each(all.map((fixture) => [`${fixture.file} ${fixture.language}`, fixture] as const))(
    '%s',
    async (title, fixture) => {
      const { chunks, fallback } = await chunked(fixture.language, fixture.text);
      expect(fallback).toBeNull();
      expect(chunks.map(described)).toEqual(expected.get(title));
    },
  );

  it('leaves no language with a structure untested', () => {
    const tested = new Set(all.map((fixture) => fixture.language));
    const structured = languageTable.filter((language) => language.outline.by !== 'lines');
    expect(structured.map((language) => language.id).filter((id) => !tested.has(id))).toEqual([]);
    expect([...expected.keys()].sort()).toEqual(
      all.map(({ file, language }) => `${file} ${language}`).sort(),
    );
  });
});
