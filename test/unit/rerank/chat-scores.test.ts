import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scoresFromAnswer } from '../../../src/daemon/rerank/chat-scores.js';
import { orderByScores } from '../../../src/daemon/rerank/order.js';

describe('scores in a chat answer', () => {
  test.each([
    ['as asked for', '[{"index": 1, "score": 2}, {"index": 3, "score": 9.5}]', [2, null, 9.5]],
    [
      'in a code fence with words around',
      'Sure!\n```json\n[{"index":2,"score":7}]\n```\nDone.',
      [null, 7, null],
    ],
    ['after thoughts', '<think>[{"index":1,"score":0}] no…</think>[{"index":1,"score":8}]', [8, null, null]],
    ['in an object', '{"scores": [{"id": 1, "relevance": "6/10"}]}', [6, null, null]],
    ['as a list', '[3, 1, 2]', [3, 1, 2]],
    ['as a list in an object', '{"scores": [3, 1, 2]}', [3, 1, 2]],
    ['as texts in a list', '["3", "1/10", "2.5"]', [3, 1, 2.5]],
    ['as a map', '{"1": 4, "piece 3": 5}', [4, null, 5]],
    ['as a map to objects', '{"1": {"score": 4}, "2": {"score": 5}}', [4, 5, null]],
    ['as pairs', '[[1, 4], [2, 0.5]]', [4, 0.5, null]],
    ['numbered from 0', '[{"index":0,"score":1},{"index":2,"score":3}]', [1, null, 3]],
    ['cut short', '[{"index":1,"score":5},{"index":2,"score":6},{"ind', [5, 6, null]],
    ['one by one', '{"index":1,"score":5}\n{"index":2,"score":6}', [5, 6, null]],
    ['as lines', '1: 7\n2: 3.5\n3: 0', [7, 3.5, 0]],
    ['as lines with names', 'Piece 1 - score: 8/10\n**[3]** 2\nthe end', [8, null, 2]],
    ['as a list in Markdown', '1. 7\n2. 3', [7, 3, null]],
    ['out of range', '[{"index":4,"score":9},{"index":1,"score":1}]', [1, null, null]],
    ['twice: the first counts', '[{"index":1,"score":1},{"index":1,"score":9}]', [1, null, null]],
  ])('are found %s', (_how, answer, scores) => {
    expect(scoresFromAnswer(answer, 3)).toEqual(scores);
  });

  test.each([
    ['nothing', ''],
    ['prose', 'The second one is best.'],
    ['only thoughts', '<think>1: 7'],
    ['a list of another length', '[1, 2]'],
    ['scores that are no numbers', '[{"index":1,"score":"high"},{"index":2,"score":null}]'],
    ['only indices out of range', '[{"index":7,"score":1}]'],
    ['brackets', '[[[[{{{{'],
  ])('are missing in %s', (_what, answer) => {
    expect(scoresFromAnswer(answer, 3)).toBeNull();
  });

  test('are read in any text, and are numbers', () => {
    const part = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(
        '[',
        '{',
        '"',
        '\\',
        '}',
        ']',
        '1: 2\n',
        '<think>',
        '</think>',
        '{"index":1,"score":2}',
      ),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (parts, count) => {
        const scores = scoresFromAnswer(parts.join(''), count);
        if (scores === null) return;
        expect(scores).toHaveLength(count);
        expect(scores.every((score) => score === null || Number.isFinite(score))).toBe(true);
        expect(scores.some((score) => score !== null)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('are given up on in a text made to be slow', () => {
    for (const text of ['[', '{"', '[{', '<think>', '1 '].map((part) => part.repeat(500_000)))
      expect(scoresFromAnswer(text, 3)).toBeNull();
  });
});

describe('the order by scores', () => {
  test('is best first, equal ones as they were, those without a score behind', () => {
    expect(orderByScores([1, null, 3, null, 3, -2])).toEqual([2, 4, 0, 5, 1, 3]);
    expect(orderByScores([null, null])).toEqual([0, 1]);
    expect(orderByScores([])).toEqual([]);
  });

  test('has each position once', () => {
    const scores = fc.array(fc.option(fc.double({ noNaN: true })));
    fc.assert(
      fc.property(scores, (given) => {
        expect(orderByScores(given).toSorted((a, b) => a - b)).toEqual(given.map((_, index) => index));
      }),
    );
  });
});
