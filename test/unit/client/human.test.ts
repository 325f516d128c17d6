import { describe, expect, test } from 'vitest';
import { ago, bytes, count, duration, milliseconds, plural } from '../../../src/client/output/human.js';

describe('numbers for people', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1_234_567, '1,234,567'],
  ])('count(%d)', (value, text) => expect(count(value)).toBe(text));

  test.each([
    [1, '1 file'],
    [0, '0 files'],
    [7012, '7,012 files'],
  ])('plural(%d)', (value, text) => expect(plural(value, 'file')).toBe(text));

  test('a plural of its own', () => expect(plural(2, 'repository', 'repositories')).toBe('2 repositories'));

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9_940, '9.9 kB'],
    [9_960, '10 kB'],
    [52_400_000, '52 MB'],
    [999_600_000, '1.0 GB'],
    [5e15, '5000 TB'],
  ])('bytes(%d)', (value, text) => expect(bytes(value)).toBe(text));

  test.each([
    [0.42, '0.4 ms'],
    [4, '4 ms'],
    [12.4, '12 ms'],
    [1234, '1.2 s'],
    [125_000, '2 min 5 s'],
  ])('milliseconds(%d)', (value, text) => expect(milliseconds(value)).toBe(text));

  test.each([
    [0, '0 s'],
    [45, '45 s'],
    [200, '3 min 20 s'],
    [3600, '1 h'],
    [18_725, '5 h 12 min'],
    [187_200, '2 d 4 h'],
    [172_830, '2 d'],
  ])('duration(%d)', (value, text) => expect(duration(value)).toBe(text));

  test.each([
    [500, 'just now'],
    [40_000, '40 s ago'],
    [150_000, '2 min ago'],
    [3 * 3600_000, '3 h ago'],
    [49 * 3600_000, '2 d ago'],
    [-5000, 'just now'],
  ])('ago: %d ms', (before, text) => {
    const now = Date.parse('2025-03-01T12:00:00Z');
    expect(ago(new Date(now - before).toISOString(), now)).toBe(text);
  });

  test('long ago is a date, and what is no time is unknown', () => {
    expect(ago('2024-01-02T03:04:05Z', Date.parse('2025-03-01T12:00:00Z'))).toBe('2024-01-02');
    expect(ago('yesterday', 0)).toBe('unknown');
  });
});
