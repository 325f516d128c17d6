import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Case,
  type Pair,
  reportOf,
  scoreCompletion,
} from '../../../../src/client/eval/completion-report.js';
import { parseLog } from '../../../../src/client/eval/git.js';
import { chooseMasks, hasCode, heldOut } from '../../../../src/client/eval/masking.js';
import { queriesOf } from '../../../../src/client/eval/queries.js';
import { scoreRanking } from '../../../../src/client/eval/ranking.js';

const source = join(import.meta.dirname, '../../../../src/client');
const paths = ['cli.ts', 'connection.ts', 'scope.ts', 'launch.ts'];
const read = (path: string) => readFileSync(join(source, path), 'utf8');

describe('masks', () => {
  it('are the same for a seed and others for another', () => {
    const masks = chooseMasks(paths, 8, 1, read);
    expect(masks).toHaveLength(8);
    expect(chooseMasks([...paths].reverse(), 8, 1, read)).toEqual(masks);
    expect(chooseMasks(paths, 8, 2, read)).not.toEqual(masks);
  });

  it('hide the rest of a line of code and nothing else', () => {
    for (const { path, line, column, text, hidden } of chooseMasks(paths, 12, 3, read)) {
      const before = read(path).split('\n');
      const after = text.split('\n');
      expect(after[line - 1]).toHaveLength(column - 1);
      expect(`${after[line - 1]}${hidden}`).toBe(before[line - 1]);
      expect(hidden.length).toBeGreaterThanOrEqual(4);
      expect(line).toBeGreaterThan(5);
      expect(line).toBeLessThanOrEqual(before.length - 5);
      after[line - 1] += hidden;
      expect(after).toEqual(before);
    }
  });

  it('take at most three lines of a file, and none where there are none', () => {
    expect(chooseMasks(['cli.ts'], 50, 1, read).length).toBeLessThanOrEqual(3);
    expect(chooseMasks(['a'], 5, 1, () => '// only\n'.repeat(40))).toEqual([]);
    expect(chooseMasks(['a'], 5, 1, () => null)).toEqual([]);
  });

  it('hide no line that stands in another file, whatever its indent', () => {
    const lines = Array.from({ length: 20 }, (_, n) => `const only${n} = lookUp(${n});`);
    const texts: Record<string, string> = {
      'a.ts': lines.join('\n'),
      'copy.ts': `if (a) {\n\t\t${lines.slice(0, 14).join('\r\n    ')}\n}\n`,
      'twice.ts': 'const twice = mix(left, right);\n'.repeat(20),
    };
    const all = Object.keys(texts);
    const text = (path: string) => texts[path] ?? null;
    const masks = chooseMasks(['a.ts', 'twice.ts'], 6, 4, text);
    const { masks: taken, copied } = heldOut(masks, 6, all, text);
    expect(taken.length + copied).toBe(masks.length);
    expect(copied).toBeGreaterThan(0);
    for (const { path, line } of taken) if (path === 'a.ts') expect(line).toBeGreaterThan(14);
    expect(taken.some(({ path }) => path === 'twice.ts')).toBe(true);
    expect(heldOut(masks, 1, all, text).masks).toEqual(taken.slice(0, 1));
  });

  it('know code from comments and brackets', () => {
    expect(hasCode('  const a = b.c(d);')).toBe(true);
    for (const line of ['', '  });', '  // a comment with words', ' * of a block = x', '# a = b comment']) {
      expect(hasCode(line)).toBe(false);
    }
  });
});

describe('scores of a completion', () => {
  it('compare its first line with what was hidden', () => {
    expect(scoreCompletion('b.c(d);  \nmore', 'b.c(d);')).toEqual({ exactMatch: 1, editSimilarity: 1 });
    expect(scoreCompletion('', 'abcd')).toEqual({ exactMatch: 0, editSimilarity: 0 });
    expect(scoreCompletion('abXd', 'abcd')).toEqual({ exactMatch: 0, editSimilarity: 0.75 });
  });
});

describe('the report of completions', () => {
  const one = (match: number, source: 'model' | 'cache', totalMs: number) =>
    ({
      scores: { exactMatch: match, editSimilarity: match },
      parses: match === 1,
      result: { text: 'x', source, usage: {}, timings: { totalMs }, upstream: 'test', model: 'coder' },
    }) as unknown as Case;
  const pair = (path: string, right: Case, without: Case): Pair => ({
    path,
    with: right,
    without,
    parsed: true,
  });
  const leftOut = { failed: {}, copied: 3 };

  it('takes lines of one file as one case, and no time of what was remembered', () => {
    const good = one(1, 'model', 40);
    const bad = one(0, 'cache', 0.1);
    const apart = ['a', 'b', 'c'].map((path) => pair(path, good, bad));
    const together = apart.map((each) => ({ ...each, path: 'a' }));
    const wide = reportOf({ root: '/r', seed: 1 }, together, leftOut);
    const narrow = reportOf({ root: '/r', seed: 1 }, apart, leftOut);
    expect(narrow).toMatchObject({ samples: 3, copied: 3, withContext: { totalMs: { p50: 40, p95: 40 } } });
    expect(narrow?.withoutContext.totalMs).toBeNull();
    expect(narrow?.difference.exactMatch).toMatchObject({ value: 1, high: 1 });
    expect(wide?.withContext.exactMatch.low).toBeLessThan((narrow?.withContext.exactMatch.low ?? 0) - 0.1);
    expect(reportOf({ root: '/r', seed: 1 }, [], leftOut)).toBeNull();
  });
});

describe('scores of a ranking', () => {
  it('count right files by their rank', () => {
    const ranked = ['x', 'a', 'y', 'b', 'z'].map((name) => [name]);
    const scores = scoreRanking(ranked, new Set(['a', 'b']));
    expect(scores).toMatchObject({ recall1: 0, recall5: 1, recall10: 1, reciprocalRank: 0.5 });
    const gain = 1 / Math.log2(3) + 1 / Math.log2(5);
    expect(scores.ndcg10).toBeCloseTo(gain / (1 + 1 / Math.log2(3)));
    expect(scoreRanking([['a', 'b']], new Set(['b'])).recall1).toBe(1);
    expect(scoreRanking([], new Set(['b']))).toMatchObject({ recall10: 0, reciprocalRank: 0, ndcg10: 0 });
    expect(scoreRanking([['b'], ['b']], new Set(['b']))).toMatchObject({ recall10: 1, ndcg10: 1 });
  });
});

describe('queries of a history', () => {
  const commit = (message: string, ...files: string[]) => ({ id: message, message, paths: files });

  it('leave out what tells nothing, and say how much', () => {
    const many = Array.from({ length: 21 }, (_, n) => `f${n}`);
    const commits = [
      commit('Have the queue drain in order\n\nOldest first.\n\nSigned-off-by: A <a@b>', 'a', 'old'),
      commit('wip on the new queue', 'a'),
      commit('fix it', 'a'),
      commit('Move everything somewhere else', ...many),
      commit('Remove the former parser', 'old'),
      commit('Answer slow readers with an error', 'b'),
      commit('Never come to this one', 'b'),
    ];
    const { queries, leftOut } = queriesOf(commits, new Set(['a', 'b', ...many]), 2);
    expect(queries.map(({ text, answers }) => [text, answers])).toEqual([
      ['Have the queue drain in order\n\nOldest first.', ['a']],
      ['Answer slow readers with an error', ['b']],
    ]);
    expect(leftOut).toEqual({ huge: 1, trivial: 2, gone: 1 });
  });

  it('are read from what git writes', () => {
    const output = '\x01aa\0Subject\n\nBody\n\0\0\nsrc/a b.ts\0c\0\x01bb\0Empty\n\0';
    expect(parseLog(output)).toEqual([
      { id: 'aa', message: 'Subject\n\nBody', paths: ['src/a b.ts', 'c'] },
      { id: 'bb', message: 'Empty', paths: [] },
    ]);
  });
});
