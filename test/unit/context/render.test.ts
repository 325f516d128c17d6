import { randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  makeNonce,
  nonces,
  renderPrompt,
  renderSnippet,
  renderTurns,
  type Shown,
} from '../../../src/daemon/context/render.js';
import { countTokens } from '../../../src/daemon/context/tokens.js';
import { defaultTemplate, templateProblem } from '../../../src/protocol/context-template.js';

const shown = (text: string, more: Partial<Shown> = {}): Shown => ({
  index: 1,
  repo: null,
  path: 'src/a.ts',
  startLine: 3,
  endLine: 4,
  name: '',
  score: 1,
  why: [{ reason: 'retrieved', of: '' }],
  stale: false,
  unsaved: false,
  trusted: true,
  text,
  ...more,
});

describe('a rendered snippet', () => {
  test('has its text as it is, in tags with the mark of the request', () => {
    expect(renderSnippet(shown('a < b && "c"\n\t}'), 'qwertyui')).toBe(
      '<retrieved_snippet-qwertyui index="1" score="1.00" path="src/a.ts" lines="3-4">\n' +
        'a < b && "c"\n\t}\n</retrieved_snippet-qwertyui>\n',
    );
  });

  test('says why it is there, and what it is a part of', () => {
    const why = [{ reason: 'called' as const, of: 'Queue.drain' }];
    const text = renderSnippet(shown('x', { why, name: 'Queue.step', stale: true, trusted: false }), 'n');
    expect(text).toContain(
      ' in="Queue.step" why="called by Queue.drain" text="saved; the open file differs" trusted="no">',
    );
  });

  test('has attributes that a path cannot break out of', () => {
    const text = renderSnippet(shown('x', { path: 'a"><b>\n&.ts' }), 'n');
    expect(text).toContain('path="a&quot;&gt;&lt;b&gt; &amp;.ts"');
  });
});

describe('the mark of a request', () => {
  test('is in none of its texts', () => {
    const numbers = [7, 8];
    const nonce = makeNonce(['so 000000000007 it is'], () => numbers.shift() ?? 0);
    expect(nonce).toBe('000000000008');
  });

  test('takes as many tokens as any other', () => {
    const marks = Array.from({ length: 50 }, () => makeNonce([], () => randomInt(nonces)));
    expect(new Set(marks).size).toBe(50);
    expect(new Set(marks.map((mark) => countTokens(`<tag-${mark}>`))).size).toBe(1);
  });
});

describe('a template', () => {
  test('is filled in one pass: what is filled in stays as it is', () => {
    const parts = {
      system: '{{query}}',
      snippets: '$& {{nonce}}',
      query: '{{system}} $1',
      nonce: 'n',
      conversation: '',
    };
    const prompt = renderPrompt(defaultTemplate, parts);
    expect(prompt).toContain('<system_instructions-n>\n{{query}}\n');
    expect(prompt).toContain('<context_data-n>\n$& {{nonce}}</context_data-n>');
    expect(prompt).toContain('<user_query-n>\n{{system}} $1\n</user_query-n>');
  });

  test('must have its places, and no others', () => {
    expect(templateProblem(defaultTemplate)).toBeNull();
    expect(templateProblem('{{system}} {{snippets}} {{query}}')).toBe('it lacks {{nonce}}');
    expect(templateProblem(`${defaultTemplate} {{code}}`)).toBe('it has no place called {{code}}');
    expect(templateProblem(`${defaultTemplate} {{query}}`)).toBe('it has {{query}} twice');
  });
});

test('earlier turns are marked by who said them', () => {
  expect(renderTurns([], 'n')).toBe('');
  expect(renderTurns([{ role: 'user', text: 'why?' }], 'n')).toBe(
    '<conversation-n>\n<turn-n role="user">\nwhy?\n</turn-n>\n</conversation-n>\n',
  );
});
