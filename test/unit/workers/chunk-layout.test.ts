import { describe, expect, it } from 'vitest';
import { termsOfChunk } from '../../../src/workers/chunk/terms-column.js';
import { chunkText } from '../../../src/workers/chunk-text.js';
import { ampleMs, chunked, outline } from '../../support/chunks.js';

const lines = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index));
const source = (...parts: (string | string[])[]) => `${parts.flat().join('\n')}\n`;

describe('definitions', () => {
  it('with their comment are chunks of their own from five lines on', async () => {
    const four = ['// Four.', 'function four() {', '  return 4;', '}'];
    const five = ['// Five.', 'function five() {', '  const n = 5;', '  return n;', '}'];
    expect(await outline('javascript', source('const a = 1;', '', four, '', five))).toEqual([
      '1-6 block {a four}',
      '8-12 function five {five}',
    ]);
  });

  it('that are small are grouped with their neighbours, in pieces of a sensible size', async () => {
    const small = lines(60, (index) => `function f${index}() {\n  return ${index};\n}\n`);
    const { chunks } = await chunked('javascript', source(small));
    expect(chunks.length).toBeGreaterThan(3);
    for (const { startLine, endLine, kind, symbols } of chunks) {
      expect(kind).toBe('function');
      expect(endLine - startLine + 1).toBeLessThanOrEqual(80);
      // None is cut apart: each begins and ends with a whole function.
      expect((endLine - startLine + 2) % 4).toBe(0);
      expect(symbols).toHaveLength((endLine - startLine + 2) / 4);
    }
  });

  it('in a class stand beside its header, small ones within it', async () => {
    const text = source(
      'class Shop:',
      '    """Sells."""',
      '    open = True',
      '    def close(self):',
      '        self.open = False',
      '',
      '    def sell(self, item):',
      '        if not self.open:',
      '            raise Closed',
      '        self.items.remove(item)',
      '        return item',
    );
    expect(await outline('python', text)).toEqual([
      '1-5 class Shop {Shop close}',
      '7-11 method Shop › sell {sell}',
    ]);
  });

  it('keep brackets and exports that follow them', async () => {
    const body = lines(8, (index) => `    step(${index});`);
    const text = source('class A {', '  run() {', body, '  }', '}', '', 'module.exports = A;');
    expect(await outline('javascript', text)).toEqual(['1-1 class A {A}', '2-14 method A › run {run}']);
  });
});

describe('a definition over a hundred lines', () => {
  it('becomes a chunk of signature and documentation, and parts of its body', async () => {
    const body = lines(
      30,
      (index) => `    if first(${index}):\n        second()\n        third()\n        fourth()\n`,
    );
    const text = source(
      '# Runs.',
      'def run(first,',
      '        second):',
      '    """Everything',
      '',
      '    there is."""',
      body,
    );
    const { chunks } = await chunked('python', text);
    const [head, ...parts] = chunks;
    expect(head).toEqual({
      startLine: 1,
      endLine: 6,
      kind: 'function',
      name: 'run',
      scope: '',
      symbols: ['run'],
    });
    expect(parts.length).toBeGreaterThan(1);
    for (const { startLine, endLine, name, kind, symbols } of parts) {
      expect({ name, kind, symbols }).toEqual({ name: 'run', kind: 'function', symbols: [] });
      expect(endLine - startLine + 1).toBeLessThanOrEqual(100);
      // Cut between statements.
      expect(text.split('\n')[startLine - 1]).toMatch(/^ {4}if first/);
    }
  });

  it('keeps the functions within it as chunks of their own', async () => {
    const inner = ['  function inner() {', ...lines(10, (index) => `    work(${index});`), '  }'];
    const text = source(
      'function outer() {',
      lines(60, (index) => `  before(${index});`),
      inner,
      lines(60, (index) => `  after(${index});`),
      '}',
    );
    expect(await outline('javascript', text)).toEqual([
      '1-1 function outer {outer}',
      '2-61 function outer {}',
      '62-73 function outer › inner {inner}',
      '74-134 function outer {}',
    ]);
  });

  it('is one chunk of up to a hundred lines', async () => {
    const text = source(
      'function f() {',
      lines(98, (index) => `  work(${index});`),
      '}',
    );
    expect(await outline('javascript', text)).toEqual(['1-100 function f {f}']);
  });

  it('counts as such when its lines are very long', async () => {
    const text = source(
      'function f() {',
      lines(20, (index) => `  work('${'x'.repeat(1000)}', ${index});`),
      '}',
    );
    const { chunks, source: read } = await chunked('javascript', text);
    expect(chunks.length).toBeGreaterThan(2);
    for (const { startLine, endLine } of chunks)
      expect(read.size(startLine - 1, endLine - 1)).toBeLessThanOrEqual(8192);
  });
});

describe('code with errors', () => {
  it('still has its definitions', async () => {
    const good = ['def good(a):', '    b = a', '    c = b', '    d = c', '    return d'];
    const text = source('x = = 1', '', good, '', 'def broken(:');
    expect(await outline('python', text)).toContain('3-7 function good {good}');
  });

  it('in C has the functions whose signature the parser does not know', async () => {
    const text = source(
      '/* Prints. */',
      'char * API_CALL',
      'text_print(char *buffer, const char *format, ...)',
      '{',
      '    va_list args;',
      '    va_start(args, format);',
      '    return print(buffer, args);',
      '}',
      '',
      'int after(void)',
      '{',
      '    int x = 1;',
      '    return x;',
      '}',
    );
    const found = await outline('c', text);
    expect(found).toContainEqual(expect.stringMatching(/function text_print \{text_print\}$/));
    expect(found).toContainEqual('10-14 function after {after}');
  });
});

describe('files without a parse', () => {
  it('are cut at blank lines, about forty lines each', async () => {
    const text = lines(60, (index) => `word ${index}\nword\nword\nword\n`).join('\n');
    const { chunks } = await chunked('text', text);
    expect(chunks.length).toBeGreaterThanOrEqual(6);
    for (const { startLine, endLine, kind } of chunks) {
      expect(kind).toBe('lines');
      expect(endLine - startLine + 1).toBeGreaterThanOrEqual(20);
      expect(endLine - startLine + 1).toBeLessThanOrEqual(60);
      expect(startLine % 5).toBe(1);
    }
  });

  it('say so when the parser ran out of time', async () => {
    const text = source(lines(3000, (index) => `function f${index}() { return [${index}, ${index}]; }`));
    const { chunks, fallback } = await chunkText('javascript', text, { mode: 'syntax', deadlineMs: 0 });
    expect(fallback).toMatch(/longer than 0 ms/);
    expect(chunks.every((chunk) => chunk.kind === 'lines')).toBe(true);
    // The parser is as good as new for the next file.
    const next = await chunkText('javascript', 'function next() {\n  a();\n  b();\n  c();\n}\n', {
      mode: 'syntax',
      deadlineMs: ampleMs,
    });
    expect(next.chunks[0]).toMatchObject({ kind: 'function', name: 'next' });
  });

  it('have no chunks when they are blank', async () => {
    for (const text of ['', '\n', ' \n\t\r\n'])
      expect((await chunked('typescript', text)).chunks).toEqual([]);
  });
});

describe('search terms of a chunk', () => {
  it('are those of its text, and its names twice more', () => {
    const chunk = { name: 'parse', scope: 'Reader', symbols: ['parse', 'skipBlanks'] };
    const count = (terms: string[], wanted: string) => terms.filter((term) => term === wanted).length;
    const terms = termsOfChunk(chunk, 'parse(text) { skipBlanks(); }').split(' ');
    expect(count(terms, 'skipblanks')).toBe(3);
    expect(count(terms, 'reader')).toBe(1);
    expect(count(terms, 'text')).toBe(1);
    expect(termsOfChunk({ name: '', scope: '', symbols: [] }, '{ }')).toBe('');
  });
});
