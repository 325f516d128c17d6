import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout } from '../../../../src/workers/chunk/layout.js';
import { Source } from '../../../../src/workers/chunk/source.js';
import { taggedDefinitions } from '../../../../src/workers/ctags/definitions.js';
import { taggedLanguageIds } from '../../../../src/workers/ctags/languages.js';
import { taggedOutline } from '../../../../src/workers/ctags/outline.js';
import { readCtagsLine, type Tag } from '../../../../src/workers/ctags/tags.js';
import { languageOf } from '../../../../src/workers/languages.js';
import { faultsIn } from '../../../support/chunks.js';

const tag = (line: number, kind: string, name: string, more: Partial<Tag> = {}): Tag => {
  return { name, kind, line, end: 0, scope: '', signature: '', ...more };
};

function defined(language: string, text: string, tags: readonly Tag[]): string[] {
  const source = new Source(text);
  const outline = taggedOutline(source, taggedDefinitions(source, language, tags), 'hash');
  return outline.definitions.map(
    ({ kind, name, scope, startLine, endLine, line, column, signature, doc }) => {
      const about = doc === '' ? '' : ` "${doc}"`;
      return `${startLine}-${endLine} ${kind} ${scope}|${name} at ${line}:${column} ${signature}${about}`;
    },
  );
}

describe('definitions from tags', () => {
  it('reach as far as the program says', () => {
    const text = '# Does it.\nfunction(foo a)\n  set(v 1)\nendfunction()\n\nother()\n';
    const tags = [
      tag(2, 'function', 'foo', { end: 4 }),
      tag(3, 'variable', 'v', { scope: 'foo' }),
      tag(9, 'function', 'beyond'),
    ];
    expect(defined('cmake', text, tags)).toEqual([
      '2-4 function |foo at 2:9 function(foo a) "Does it."',
      '3-3 variable foo|v at 3:6 set(v 1)',
    ]);
  });

  it('reach to what closes them, or to the next one and its comment', () => {
    const text = 'all: a b\n\techo\n\n# Makes a.\na:\n\techo a\n\nX := 1 \\\n  2\n';
    const tags = [tag(1, 'target', 'all'), tag(5, 'target', 'a'), tag(8, 'macro', 'X')];
    expect(defined('makefile', text, tags)).toEqual([
      '1-2 function |all at 1:0 all: a b',
      '5-6 function |a at 5:0 a "Makes a."',
      '8-9 variable |X at 8:0 X := 1',
    ]);
    const sql = 'create table t (\n  a int\n);\nselect 1;\n';
    expect(defined('sql', sql, [tag(1, 'table', 't'), tag(2, 'field', 'a', { scope: 't' })])).toEqual([
      '1-3 struct |t at 1:13 create table t ( a int );',
      '2-2 variable t|a at 2:2 a int',
    ]);
  });

  it('hold what their scope says although nothing is indented', () => {
    const text = 'module A\nfunction f(x)\n  x\nend\nend\nconst N = 1\n';
    const tags = [
      tag(1, 'module', 'A'),
      tag(2, 'function', 'f', { scope: 'A', signature: '(x)' }),
      tag(6, 'constant', 'N'),
    ];
    expect(defined('julia', text, tags)).toEqual([
      '1-5 module |A at 1:7 module A',
      '2-4 function A|f at 2:9 function f(x)',
      '6-6 constant |N at 6:6 const N = 1',
    ]);
  });

  it('share a line', () => {
    const text = 'enum State { NEW = 0; OLD = 1; }\n';
    const tags = [
      tag(1, 'enum', 'State'),
      tag(1, 'enumerator', 'NEW', { scope: 'State' }),
      tag(1, 'enumerator', 'OLD', { scope: 'State' }),
    ];
    expect(defined('protobuf', text, tags)).toEqual([
      '1-1 enum |State at 1:5 enum State { NEW = 0; OLD = 1; }',
      '1-1 constant State|NEW at 1:13 NEW',
      '1-1 constant State|OLD at 1:22 OLD',
    ]);
  });

  it('are left out where the text does not say the name, or their kind is no definition', () => {
    const tags = [tag(1, 'module', 'Content'), tag(1, 'function', 'f'), tag(1, 'local', 'x')];
    expect(defined('ocaml', 'let f x = x\n', tags)).toEqual(['1-1 function |f at 1:4 let f x = x']);
  });

  it('have their names as words of their own, without the parts that are scopes', () => {
    const tags = [tag(1, 'procedure', '::a::run'), tag(2, 'procedure', 'a', { signature: '{x}' })];
    expect(defined('tcl', 'proc ::a::run {} {}\nproc a {x} {}\n', tags)).toEqual([
      '1-1 function a|run at 1:10 proc ::a::run {} {}',
      '2-2 function |a at 2:5 proc a {x} {}',
    ]);
  });

  const kinds = ['module', 'function', 'table', 'field', 'variable', 'class', 'enumerator', 'package'];
  const anyTag = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'a::b', 'a.c', '→'),
    kind: fc.constantFrom(...kinds),
    line: fc.integer({ min: 1, max: 30 }),
    end: fc.integer({ min: 0, max: 30 }),
    scope: fc.constantFrom('', 'a', 'b', 'a.b', 'a::b', 'b.c'),
    signature: fc.constantFrom('', '(x)', '{'),
  });
  const anyLine = fc.constantFrom(
    '',
    'a b c',
    '  a',
    '    b::c {',
    '}',
    '  end',
    '# a',
    'a a a',
    '→ b',
    '\tc \\',
  );
  it('nest or are apart, and leave no line out of the chunks, whatever the tags are', () => {
    fc.assert(
      fc.property(
        fc.array(anyLine, { minLength: 1, maxLength: 30 }),
        fc.array(anyTag, { maxLength: 40 }),
        fc.constantFrom('sql', 'cmake', 'ocaml'),
        (lines, tags, language) => {
          const source = new Source(lines.join('\n'));
          const found = taggedDefinitions(source, language, tags);
          const open: number[] = [];
          let before = -1;
          for (const { startIndex, endIndex, startLine, endLine } of found) {
            expect(startIndex).toBeGreaterThanOrEqual(before);
            expect(endLine).toBeGreaterThanOrEqual(startLine);
            before = startIndex;
            while (open.length > 0 && (open.at(-1) as number) <= startIndex) open.pop();
            for (const end of open) expect(endIndex).toBeLessThanOrEqual(end);
            open.push(endIndex);
          }
          const outline = taggedOutline(source, found, 'hash');
          for (const [index, { parent }] of outline.definitions.entries()) expect(parent).toBeLessThan(index);
          expect(faultsIn(source.text, layout(source, found))).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('lines of the program', () => {
  it('are read for what they say', () => {
    expect(readCtagsLine('{"_type": "program", "name": "Universal Ctags", "version": "6.1.0"}')).toEqual({
      type: 'program',
      name: 'Universal Ctags',
      version: '6.1.0',
    });
    expect(
      readCtagsLine(
        '{"_type": "tag", "name": "f", "path": "x", "line": 3, "kind": "function", "signature": "(a)", "scope": "M", "scopeKind": "module", "end": 5}',
      ),
    ).toEqual({
      type: 'tag',
      tag: { name: 'f', kind: 'function', line: 3, end: 5, scope: 'M', signature: '(a)' },
    });
    expect(readCtagsLine('{"_type": "completed", "command": "generate-tags"}')).toEqual({
      type: 'completed',
    });
    expect(readCtagsLine('{"_type": "error", "message": "no", "fatal": true}')).toEqual({
      type: 'fatal',
      message: 'no',
    });
  });

  it.each([
    ['a warning', '{"_type": "error", "message": "no", "warning": true}'],
    ['a pseudo tag', '{"_type": "ptag", "name": "JSON_OUTPUT_VERSION"}'],
    ['a tag without a line', '{"_type": "tag", "name": "f", "kind": "function"}'],
    ['a tag with a line that is no number', '{"_type": "tag", "name": "f", "line": "3"}'],
    ['another type', '{"_type": "surprise"}'],
  ])('say nothing: %s', (_, line) => {
    expect(readCtagsLine(line)).toBeNull();
  });

  it.each(['', 'ctags: warning', '3', 'null', '{"_type": "tag"'])('are refused: %j', (line) => {
    expect(() => readCtagsLine(line)).toThrow();
  });
});

it('serves only languages of the table that have no grammar', () => {
  for (const id of taggedLanguageIds) expect(languageOf(id)).toMatchObject({ id, outline: { by: 'lines' } });
});
