import { describe, expect, it } from 'vitest';
import { outline } from '../../support/chunks.js';

/** Names of the sections of a text, empty ones for what is in none. */
async function sections(language: string, ...lines: string[]): Promise<string[]> {
  return (await outline(language, lines.join('\n'))).map((line) => line.replace(/^\S+ \w+ ?| ?\{.*\}$/g, ''));
}

const filler = ['', 'one', 'two', 'three', 'four', 'five', ''];

describe('sections of Markdown', () => {
  it('nest by level', async () => {
    const text = ['# A', ...filler, '### B', ...filler, '## C ##', ...filler, '# D', ...filler];
    expect(await sections('markdown', ...text)).toEqual(['A', 'A › B', 'A › C', 'D']);
  });

  it('have names without marks', async () => {
    const text = ['# The `run` *method* of [Shop](shop.md) {#run}', ...filler];
    expect(await sections('markdown', ...text)).toEqual(['The run method of Shop']);
  });

  it.each([
    ['fenced code', ['```sh', '# no', '```']],
    ['a fence of tildes around one of backticks', ['~~~', '```', '# no', '~~~']],
    ['a longer fence', ['````', '```', '# no', '````']],
    ['a fence in a list', ['- item', '  ```', '# no', '  ```']],
    ['a fence that never ends', ['```', '# no']],
    ['indented code', ['    # no']],
    ['a comment', ['<!--', '# no', '-->']],
    ['a word that begins with a hash', ['#no', '####### no']],
    ['a rule, a table or a list above dashes', ['', '---', '', '| a |', '---', '- b', '---']],
  ])('are not begun by %s', async (_, inner) => {
    expect(await sections('markdown', '# A', ...filler, ...inner)).toEqual(['A']);
  });

  it('leave front matter alone', async () => {
    expect(
      await sections('markdown', '---', '# no', 'a: b', 'c: d', 'e: f', '---', '', '# A', ...filler),
    ).toEqual(['', 'A']);
  });

  it('that are too long are cut', async () => {
    const text = [
      '# A',
      ...Array.from({ length: 40 }, (_, index) => `Paragraph ${index}\nof\nfour\nlines.\n`),
    ];
    const found = await sections('markdown', ...text);
    expect(found.length).toBeGreaterThan(2);
    expect(new Set(found)).toEqual(new Set(['A']));
  });
});

describe('sections of reStructuredText', () => {
  it('have the levels in which their styles come', async () => {
    const text = [
      'Title',
      '=====',
      ...filler,
      'Part',
      '-----',
      ...filler,
      'Deep',
      '~~~~',
      ...filler,
      'Next',
      '----',
      ...filler,
    ];
    expect(await sections('rst', ...text)).toEqual([
      'Title',
      'Title › Part',
      'Title.Part › Deep',
      'Title › Next',
    ]);
  });

  it('are not begun by tables, literal text or short underlines', async () => {
    const text = [
      'Title',
      '=====',
      '',
      '====  ====',
      'a     b',
      '====  ====',
      '',
      '::',
      '',
      '  Text',
      '  ====',
      '',
      'Long title',
      '---',
    ];
    expect(await sections('rst', ...text)).toEqual(['Title']);
  });
});

describe('tables of TOML', () => {
  it('are not begun within strings and arrays', async () => {
    const text = [
      '[a]',
      'x = """',
      '[no]',
      '\\"""',
      '[no]',
      '"""',
      "y = '''",
      '[[no]]',
      "'''",
      'z = [',
      '  [1],',
      '[2]',
      ']',
      's = "[ # {"',
      ...filler,
    ];
    const more = ['[ b . "c.d" ] # [no]', 'k = { i = 1 }', ...filler, '[[e]]', ...filler];
    expect(await sections('toml', ...text, ...more)).toEqual(['a', 'b . c.d', 'e']);
  });
});

describe('sections of INI files', () => {
  it('have the comment above them', async () => {
    expect(await outline('ini', ['a = 1', '', '; B.', '[b]', 'c = 1', 'd = 2', 'e = 3'].join('\n'))).toEqual([
      '1-7 section b {b}',
    ]);
  });

  it('are lines where there are none', async () => {
    expect(await outline('ini', 'a = 1\nb = 2\n')).toEqual(['1-2 lines {}']);
  });
});
