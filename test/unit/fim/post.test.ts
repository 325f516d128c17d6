import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PostOptions, PostProcessor } from '../../../src/daemon/fim/post.js';
import { answerEnds, plainParts, specialTokens } from '../../../src/daemon/fim/templates.js';

const specials = specialTokens('qwen2.5-coder');

function cleaned(written: string | readonly string[], options: Partial<PostOptions> = {}): string {
  const post = new PostProcessor({ prefix: '', suffix: '', lines: 'multiple', specials, ...options });
  const shown = (typeof written === 'string' ? [written] : written).map((piece) => post.push(piece));
  shown.push(post.end());
  expect(shown.join('')).toBe(post.text);
  return post.text;
}

describe('special tokens', () => {
  test('end the text, in one piece or in several', () => {
    expect(cleaned('a = 1<|endoftext|>b = 2')).toBe('a = 1');
    expect(cleaned(['a = 1<|end', 'of', 'text|>b = 2'])).toBe('a = 1');
    expect(cleaned('<|fim_middle|>')).toBe('');
  });

  test('what only begins like one is shown', () => {
    expect(cleaned(['a <', '|| b'])).toBe('a <|| b');
    expect(cleaned('a <|fim')).toBe('a <|fim');
  });

  test('most of one at the end was cut off there, and is not shown', () => {
    expect(cleaned('a = 1<|endofte')).toBe('a = 1');
    expect(cleaned(['a = 1<|fim', '_suff'])).toBe('a = 1');
    expect(cleaned('a = x <')).toBe('a = x <');
  });

  test('nor is one as the prompt had it where code holds it', () => {
    const specials = answerEnds('qwen2.5-coder');
    const { prefix } = plainParts(
      { repo: '', path: 'a', language: '', prefix: 'a<|endoftext|>', suffix: '', files: [] },
      'qwen2.5-coder',
    );
    expect(prefix).not.toContain('<|endoftext|>');
    expect(cleaned(`x = "${prefix}"`, { specials })).toBe('x = "a');
  });

  test('none is ever shown, however the text is divided', () => {
    const piece = fc.oneof(
      fc.constantFrom(...specials, '<', '|', '<|', 'x', '\n'),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = cleaned(pieces);
        for (const token of specials) expect(text).not.toContain(token);
      }),
    );
  });
});

test('the result does not depend on the pieces, and nothing shown is taken back', () => {
  const line = fc.constantFrom(
    'foo(bar);',
    '  return x;',
    '}',
    ')',
    '  }',
    'a',
    '',
    '  ',
    'const a = f(',
    '"',
    "'",
  );
  const written = fc.array(fc.oneof(line, fc.string({ maxLength: 5 })), { maxLength: 10 });
  const around = fc.constantFrom(
    { prefix: '', suffix: '' },
    { prefix: 'function f() {\n  ', suffix: '\n}\n' },
    { prefix: 'f(g(', suffix: ');\nfoo(bar);\n' },
    { prefix: 'foo(bar);\n', suffix: '\n  return x;\n' },
    { prefix: 'x = "', suffix: 'a";\n' },
  );
  fc.assert(
    fc.property(
      written,
      around,
      fc.constantFrom('single', 'multiple'),
      fc.array(fc.nat(80), { maxLength: 8 }),
      (parts, { prefix, suffix }, lines, cuts) => {
        const text = parts.join('\n');
        const options = { prefix, suffix, lines } as const;
        const ends = [...new Set([...cuts.filter((cut) => cut < text.length), text.length])].sort(
          (a, b) => a - b,
        );
        const pieces = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
        const whole = cleaned(text, options);
        expect(cleaned(pieces, options)).toBe(whole);
        expect(cleaned([...text], options)).toBe(whole);
        expect(whole).toBe(whole.trimEnd());
        if (lines === 'single') expect(whole).not.toContain('\n');
      },
    ),
    { numRuns: 500 },
  );
});

describe('repetition', () => {
  test('of the first line after the cursor ends the text', () => {
    const around = { prefix: 'a();\n', suffix: '\nreturn result;\n' };
    expect(cleaned('b();\nreturn result;\nc();', around)).toBe('b();');
    expect(cleaned('b();\nreturn results;', around)).toBe('b();\nreturn results;');
  });

  test('of the line above ends the text', () => {
    expect(cleaned('load(file);\nnext();', { prefix: 'load(file);\n' })).toBe('');
    expect(cleaned('next();\nnext();\nnext();', { prefix: 'a\n' })).toBe('next();');
  });

  test('of lines that say little is none', () => {
    const prefix = 'function f() {\n  if (a) {\n    b();\n  }\n';
    expect(cleaned('  if (c) {\n    d();\n  }', { prefix, suffix: '\n}\n' })).toBe(
      '  if (c) {\n    d();\n  }',
    );
  });

  test('of the rest of the line is left out', () => {
    expect(cleaned('def";', { prefix: 'a = "abc', suffix: '";\n', lines: 'single' })).toBe('def');
    expect(cleaned('x, y', { prefix: 'f(', suffix: ', z);\n', lines: 'single' })).toBe('x, y');
  });
});

test('a quote that stands after the cursor already is not closed again', () => {
  const around = { prefix: 'say("', suffix: '");\n', lines: 'single' } as const;
  expect(cleaned('hello"', around)).toBe('hello');
  expect(cleaned('hello")', around)).toBe('hello');
  expect(cleaned('a", "b', around)).toBe('a", "b');
  expect(cleaned('a", "b"', around)).toBe('a", "b');
  expect(cleaned('', around)).toBe('');
  expect(cleaned("'x'", { ...around, prefix: 'say(', suffix: "'y');" })).toBe("'x'");
});

describe('brackets', () => {
  test('that stand after the cursor already are not closed again', () => {
    expect(cleaned('a, b);', { prefix: 'call(', suffix: ');\n', lines: 'single' })).toBe('a, b');
    expect(cleaned('x\n}\nmore();', { prefix: 'if (a) {\n', suffix: '\n}\n' })).toBe('x');
  });

  test('that are open are closed', () => {
    expect(cleaned('x)', { prefix: 'f(g(', suffix: ');\n', lines: 'single' })).toBe('x)');
    expect(cleaned('(a) => { b(); }', { prefix: 'on(', suffix: ');\n', lines: 'single' })).toBe(
      '(a) => { b(); }',
    );
    expect(cleaned('a);', { prefix: 'call(', suffix: '\n', lines: 'single' })).toBe('a);');
  });

  test('in strings do not count', () => {
    expect(cleaned('":)", b', { prefix: 'call(', suffix: ');\n', lines: 'single' })).toBe('":)", b');
  });
});

describe('length', () => {
  test('one line where one is wanted', () => {
    expect(cleaned('a;\nb;', { lines: 'single' })).toBe('a;');
    expect(cleaned('\na', { lines: 'single' })).toBe('');
  });

  test('several lines end with the block, or at two empty lines', () => {
    const prefix = 'def f():\n    ';
    expect(cleaned('a()\n    b()\ndef g():\n    c()', { prefix })).toBe('a()\n    b()');
    expect(cleaned('a()\n\n    b()\n\n\n    c()', { prefix })).toBe('a()\n\n    b()');
  });

  test('blanks are neither doubled at the beginning nor left at the end', () => {
    expect(cleaned(' 1;  \n', { prefix: 'a = ', lines: 'single' })).toBe('1;');
    expect(cleaned(' 1', { prefix: 'a =', lines: 'single' })).toBe(' 1');
  });
});
