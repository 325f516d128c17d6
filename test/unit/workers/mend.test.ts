import { describe, expect, test } from 'vitest';
import { mended } from '../../../src/workers/mend.js';
import { outlined } from '../../support/outlines.js';

const overloads = `interface Respond {
  <T extends Data, U extends Code>(data: T): Response & Typed<T, U, 'body'>
  <T extends null, U extends Code>(data: T): Response & Typed<null, U, 'body'>
}
export class Context<
> {
  send = (): Typed<Data> => {
    return f()
  }
}
`;

describe('text that the grammar fails on', () => {
  test('keeps the place of every character', () => {
    const text = `${overloads}export type * from './a'\nexport type * as b from './b'\n`;
    const other = mended('typescript', text) ?? '';
    expect(other).not.toBe(text);
    expect(other.split('\n').map(({ length }) => length)).toEqual(
      text.split('\n').map(({ length }) => length),
    );
    expect(other.split('\n')[2]).toBe(text.split('\n')[2]?.replace('  <T', ' ;<T'));
  });

  test('is left as it is where there is nothing to mend', () => {
    expect(mended('typescript', 'const a = 1;\n')).toBeNull();
    expect(mended('python', 'export type * from "a"\n')).toBeNull();
    expect(mended('tsx', 'const a = (\n  <b />\n)\n')).toBeNull();
  });

  test('has its definitions and imports', async () => {
    const { definitions, imports } = await outlined('typescript', `${overloads}export type * from './a'\n`);
    expect(definitions.map(({ kind, name, line }) => `${line} ${kind} ${name}`)).toEqual([
      '1 interface Respond',
      '5 class Context',
      '7 method send',
    ]);
    expect(imports.map(({ form, specifier, wildcard }) => [form, specifier, wildcard])).toEqual([
      ['reexport', './a', true],
    ]);
  });
});
