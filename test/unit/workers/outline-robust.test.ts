import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outline } from '../../../src/workers/outline/contract.js';
import { maxDoc, maxReceiver, maxSignature } from '../../../src/workers/outline/contract.js';
import { fixtures } from '../../support/chunks.js';
import { outlined } from '../../support/outlines.js';

/** What is wrong with an outline of a text, whatever the text is. */
function faultsIn(outline: Outline, text: string): string[] {
  const { definitions, references, imports } = outline;
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const faults: string[] = [];
  for (const [index, definition] of definitions.entries()) {
    const { startLine, endLine, line, column, parent, signature, doc, name } = definition;
    if (startLine < 1 || endLine < startLine || endLine > lines.length) faults.push(`lines of ${name}`);
    if (line < startLine || line > endLine || column < 0) faults.push(`place of ${name}`);
    if (parent < -1 || parent >= index) faults.push(`parent of ${name}`);
    if (signature.length > maxSignature || signature.includes('\n')) faults.push(`signature of ${name}`);
    if (doc.length > maxDoc || doc.includes('\n')) faults.push(`documentation of ${name}`);
  }
  let before = 0;
  for (const { name, line, column, definition, receiver } of references) {
    if (definition < -1 || definition >= definitions.length) faults.push(`definition of ${name}`);
    if (!lines[line - 1]?.startsWith(name, column)) faults.push(`place of ${name} at ${line}:${column}`);
    if (line < before) faults.push(`order of ${name}`);
    if (receiver !== null && receiver.length > maxReceiver + 20) faults.push(`receiver of ${name}`);
    before = line;
  }
  for (const { specifier, names, line } of imports) {
    // A name can come from the package without a name, and an empty string can be imported; something must be.
    const something = specifier !== '' || names.length > 0 || /''|""/.test(text);
    if (!something) faults.push('import of nothing');
    if (line < 1 || line > lines.length) faults.push(`line of ${specifier}`);
  }
  return faults;
}

describe('an outline of any text', () => {
  it.each(fixtures().map((fixture) => [fixture.file, fixture] as const))(
    'is sound: %s',
    async (_, { language, text }) => {
      expect(faultsIn(await outlined(language, text), text)).toEqual([]);
    },
  );

  it('is sound where the parser supplies a name that is missing', async () => {
    const text = 'class Order {\n  int get Number { get; init; }\n\n  decimal get\n\n  {\n  }\n}\n';
    const csharp = fixtures().find(({ language }) => language === 'csharp')?.text ?? '';
    for (const one of [text, csharp]) expect(faultsIn(await outlined('dart', one), one)).toEqual([]);
  });

  it('is sound where files are cut, mixed and damaged', async () => {
    const all = fixtures().filter(({ language }) => !['html', 'xml', 'json', 'latex'].includes(language));
    const damage = fc.record({
      fixture: fc.constantFrom(...all),
      other: fc.constantFrom(...all),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      to: fc.double({ min: 0, max: 1, noNaN: true }),
      inserted: fc.constantFrom('', '(', '{', '"', "'", '\n', '::', '.', '\u{1f388}', '/*', '#'),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ fixture, other, from, to, inserted }) => {
        const head = fixture.text.slice(0, Math.floor(fixture.text.length * from));
        const tail = other.text.slice(Math.floor(other.text.length * to));
        const text = head + inserted + tail;
        expect(faultsIn(await outlined(fixture.language, text), text)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
