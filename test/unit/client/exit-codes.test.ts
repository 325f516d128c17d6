import { expect, test } from 'vitest';
import { exitCodeOf, exitCodes } from '../../../src/client/exit-codes.js';
import { type ErrorKind, errorCatalogue } from '../../../src/shared/errors.js';

test('every kind of error has an exit code of the table, and none ends like success', () => {
  const codes = Object.values(exitCodes).map(({ code }): number => code);
  expect(new Set(codes).size).toBe(codes.length);
  for (const kind of Object.keys(errorCatalogue) as ErrorKind[]) {
    expect(codes).toContain(exitCodeOf(kind));
    expect(exitCodeOf(kind)).not.toBe(0);
  }
});
