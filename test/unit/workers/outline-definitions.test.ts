import { describe, expect, it } from 'vitest';
import { maxDoc, maxSignature } from '../../../src/workers/outline/contract.js';
import { outlineText } from '../../../src/workers/outline/outline-text.js';
import { exportedNames, outlined } from '../../support/outlines.js';

async function signatures(language: string, text: string): Promise<string[]> {
  return (await outlined(language, text)).definitions.map(({ signature }) => signature);
}

async function docs(language: string, text: string): Promise<string[]> {
  return (await outlined(language, text)).definitions.map(({ doc }) => doc);
}

describe('signatures', () => {
  it.each([
    [
      'typescript',
      'export async function f<T>(\n  a: string, // first\n  { b = {} }: { b?: object } = {},\n): Promise<{ c: T }> {\n  return g();\n}',
      ['export async function f<T>( a: string, { b = {} }: { b?: object } = {}, ): Promise<{ c: T }>'],
    ],
    [
      'typescript',
      'const f = (a: number): string => a + 1;\nconst g = memo((b: string) => {\n  h();\n});',
      ['const f = (a: number): string', 'const g = memo((b: string)'],
    ],
    [
      'typescript',
      'class A<T> extends B<T> implements C {\n  @dec({ x: 1 }) static async m(cb = () => {}): Promise<void> {\n  }\n}',
      ['class A<T> extends B<T> implements C', 'static async m(cb = () => {}): Promise<void>'],
    ],
    [
      'typescript',
      "type A =\n  | 'b'\n  | 'c';\nconst D = {\n  e: 1,\n};\nconst F = 1;\nlet g: string;",
      ["type A = | 'b' | 'c';", 'const D', 'const F = 1;', 'let g: string;'],
    ],
    [
      'python',
      '@dec(1)\nasync def f(\n    a: int,  # first\n    *b,\n) -> Foo:\n    """Doc."""\n',
      ['async def f( a: int, *b, ) -> Foo'],
    ],
    [
      'python',
      'class A(B[int], metaclass=C): pass\nX = {\n  1: 2,\n}\n',
      ['class A(B[int], metaclass=C)', 'X'],
    ],
    [
      'go',
      'package p\nfunc (a *A[T]) F(b func(int) error) (c int, err error) {\n}\ntype D struct {\n\tE int\n}',
      ['func (a *A[T]) F(b func(int) error) (c int, err error)', 'type D struct'],
    ],
    [
      'rust',
      "#[inline]\npub async fn f<'a, T>(a: &'a [T]) -> Result<T, E>\nwhere\n    T: Clone,\n{\n}\npub struct S(u8);",
      ["pub async fn f<'a, T>(a: &'a [T]) -> Result<T, E> where T: Clone,", 'pub struct S(u8);'],
    ],
    [
      'java',
      '@A(b = 1)\npublic final class C<T> extends D implements E {\n  @Override protected int f(int a) throws G { }\n}',
      ['public final class C<T> extends D implements E', 'protected int f(int a) throws G'],
    ],
    [
      'c',
      'static inline int *\nf(int a,\n  char *b)\n{\n  return 0;\n}\n#define M(a) \\\n  ((a) + 1)\n',
      ['static inline int * f(int a, char *b)', '#define M(a) \\'],
    ],
    [
      'cpp',
      'template <typename T>\nauto A<T>::f(const T& a) const -> int {\n}',
      ['template <typename T> auto A<T>::f(const T& a) const -> int'],
    ],
  ] as const)('of %s: %s', async (language, text, expected) => {
    expect(await signatures(language, text)).toEqual(expected);
  });

  it('are cut at their limit', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `parameter${index}: string`);
    const [signature = ''] = await signatures('typescript', `function f(${names.join(', ')}) {}`);
    expect(signature.length).toBeLessThanOrEqual(maxSignature);
    expect(signature.startsWith('function f(parameter0: string')).toBe(true);
    expect(signature.endsWith('…')).toBe(true);
  });
});

describe('documentation', () => {
  it.each([
    [
      'typescript',
      '/**\n * Does **this**\n * and that.\n *\n * More.\n * @param a b\n */\nexport function f(a) {}',
      ['Does **this** and that.'],
    ],
    ['typescript', '// one\n// two\nconst f = () => 1;', ['one two']],
    ['typescript', '/** License. */\n\nfunction f() {}', ['']],
    [
      'typescript',
      '// eslint-disable-next-line foo\n/** Doc. */\nfunction f() {}\n/** @returns x */\nfunction g() {}',
      ['Doc.', ''],
    ],
    [
      'typescript',
      'class A {\n  /** Of b. */\n  @dec()\n  b() {}\n  /** Of c. */\n  c = 1;\n}',
      ['', 'Of b.', 'Of c.'],
    ],
    [
      'python',
      'def f():\n    r"""First\n    second.\n\n    Third."""\nclass A:\n    \'\'\'One.\'\'\'\n# Of g.\n@dec\ndef g(): pass',
      ['First second.', 'One.', 'Of g.'],
    ],
    [
      'go',
      'package p\n\n// F does.\n// It does.\n//\n// More.\nfunc F() {}\n\n//go:noinline\nfunc G() {}',
      ['F does. It does.', ''],
    ],
    [
      'rust',
      '/// Does.\n#[derive(Debug)]\n// note\npub struct A;\n/** Block. */\nfn b() {}',
      ['Does. note', 'Block.'],
    ],
    ['java', '/**\n * Does {@code x}.\n * <p>More.\n */\n@A\nclass B {}', ['Does {@code x}.']],
    [
      'c',
      '/* Does. */\nint f(void) { return 0; }\n\n/*\n * \\brief Briefly.\n */\nint g(void) { return 0; }',
      ['Does.', 'Briefly.'],
    ],
    [
      'csharp',
      '/// <summary>\n/// Does it.\n/// </summary>\n/// <param name="a">b</param>\nclass A {}',
      ['Does it.'],
    ],
    [
      'elixir',
      'defmodule A do\n  @moduledoc "Mod."\n  @doc """\n  Does.\n\n  More.\n  """\n  @spec f(integer) :: atom\n  def f(a), do: a\nend',
      ['Mod.', 'Does.'],
    ],
    ['clojure', '(defn f\n  "Does\n  it."\n  [a] a)', ['Does it.']],
    ['haskell', '-- | Does\n-- it.\nf :: Int -> Int\nf x = x\n', ['Does it.']],
    ['ruby', '# Does.\ndef f; end', ['Does.']],
  ])('of %s: %s', async (language, text, expected) => {
    expect(await docs(language, text)).toEqual(expected);
  });

  it('is cut between words at its limit', async () => {
    const [doc = ''] = await docs('typescript', `/** ${'word '.repeat(200)} */\nfunction f() {}`);
    expect(doc.length).toBeLessThanOrEqual(maxDoc);
    expect(doc.endsWith('word…')).toBe(true);
  });
});

describe('what others can use', () => {
  it.each([
    [
      'typescript',
      'export function a() {}\nfunction b() {}\nconst c = 1, d = 2;\nexport { c as e };\nexport default class F { private g() {} h() {} #i() {} }\nexport const j = () => { function k() {} };',
      {
        a: true,
        b: false,
        c: true,
        d: false,
        F: true,
        'F.g': false,
        'F.h': true,
        'F.#i': false,
        j: true,
        'j.k': false,
      },
    ],
    [
      'javascript',
      'const a = () => 1;\nfunction b() {}\nmodule.exports = { a, c: d, e() {} };\nexports.f = function () {};',
      {
        a: true,
        b: false,
        e: true,
        'exports.f': true,
      },
    ],
    [
      'python',
      'def a(): pass\ndef _b(): pass\nclass C:\n    def __init__(self): pass\n    def _d(self): pass\n    def e(self):\n        def f(): pass',
      {
        a: true,
        _b: false,
        C: true,
        'C.__init__': true,
        'C._d': false,
        'C.e': true,
        'C.e.f': false,
      },
    ],
    ['python', "__all__ = ['a']\ndef a(): pass\ndef b(): pass", { __all__: false, a: true, b: false }],
    ['go', 'package p\nfunc A() {}\nfunc b() {}\nfunc (c *d) E() {}', { A: true, b: false, 'd.E': true }],
    [
      'rust',
      'pub fn a() {}\nfn b() {}\npub(crate) struct C;\npub trait D { fn e(); }\nimpl D for C { fn e() {} }\nimpl C { fn f() {} pub fn g() {} }\nmod h { pub fn i() {} }',
      {
        a: true,
        b: false,
        C: null,
        D: true,
        'D.e': true,
        'C.e': true,
        'C.f': false,
        'C.g': true,
        h: false,
        'h.i': true,
      },
    ],
    [
      'java',
      'public class A { public void b() {} void c() {} private int d; enum E { F } }\ninterface G { void h(); }',
      {
        A: true,
        'A.b': true,
        'A.c': false,
        'A.d': false,
        'A.E': false,
        'A.E.F': false,
        G: false,
        'G.h': false,
      },
    ],
    [
      'c',
      'static int a(void) { return 0; }\nint b(void) { return 0; }\nstatic int c;\nint d = 1;\nstruct e { int f; };',
      {
        a: false,
        b: true,
        c: false,
        d: true,
        e: null,
      },
    ],
    [
      'cpp',
      'class A : public B { int a(); public: int b(); protected: int c(); private: int d(); };\nstruct E { int f(); };',
      {
        A: null,
        'A.a': false,
        'A.b': true,
        'A.c': true,
        'A.d': false,
        E: null,
        'E.f': true,
      },
    ],
    [
      'kotlin',
      'fun a() {}\nprivate fun b() {}\nclass C {\n  internal fun d() {}\n  fun e() {}\n}',
      { a: true, b: false, C: true, 'C.d': false, 'C.e': true },
    ],
    [
      'csharp',
      'public class A { public void B() {} void C() {} }\ninterface D { void E(); }',
      {
        A: true,
        'A.B': true,
        'A.C': false,
        D: false,
        'D.E': false,
      },
    ],
    [
      'php',
      '<?php\nfunction a() {}\nclass B { public function c() {} private function d() {} }',
      { a: null, B: null, 'B.c': true, 'B.d': false },
    ],
    [
      'ruby',
      'class A\n  def b; end\n  private\n  def c; end\n  public\n  def d; end\nend',
      { A: true, 'A.b': true, 'A.c': false, 'A.d': true },
    ],
    [
      'elixir',
      'defmodule A do\n  def b(), do: 1\n  defp c(), do: 2\nend',
      { A: true, 'A.b': true, 'A.c': false },
    ],
    [
      'haskell',
      'module A (b, C(..)) where\nb = 1\nd = 2\ndata C = E\n',
      { b: true, d: false, C: true, 'C.E': true },
    ],
    [
      'lua',
      'local function a() end\nfunction b() end\nlocal M = {}\nfunction M.c() end',
      { a: false, b: true, M: false, 'M.c': true },
    ],
    [
      'dart',
      'class A { void b() {} void _c() {} }\nvoid _d() {}',
      { A: true, 'A.b': true, 'A._c': false, _d: false },
    ],
    ['bash', 'a() { b; }', { a: null }],
  ])('in %s: %s', async (language, text, expected) => {
    expect(await exportedNames(language, text)).toEqual(expected);
  });
});

describe('definitions', () => {
  it('have the place of their name', async () => {
    const text = 'Shape Shape::Shape(int a) {}\nint\n  Shape::area() const { return 0; }\n';
    const { definitions } = await outlined('cpp', text);
    expect(definitions.map(({ name, scope, line, column }) => [scope, name, line, column])).toEqual([
      ['Shape', 'Shape', 1, 13],
      ['Shape', 'area', 3, 9],
    ]);
  });

  it('of one declaration are beside each other', async () => {
    const { definitions } = await outlined('typescript', 'const a = 1, b = { c() {} };\nlet d, e;');
    expect(definitions.map(({ name, scope, parent }) => [name, scope, parent])).toEqual([
      ['a', '', -1],
      ['b', '', -1],
      ['c', 'b', 1],
      ['d', '', -1],
      ['e', '', -1],
    ]);
  });

  it('include members that no chunk begins with', async () => {
    const { definitions } = await outlined(
      'typescript',
      'enum A { B, C = 2 }\nclass D { e = 1; f: string; g = () => 2; }',
    );
    expect(definitions.map(({ kind, scope, name }) => `${kind} ${scope}.${name}`)).toEqual([
      'enum .A',
      'constant A.B',
      'constant A.C',
      'class .D',
      'variable D.e',
      'variable D.f',
      'method D.g',
    ]);
  });

  it('that import are no definitions', async () => {
    const { definitions } = await outlined('javascript', "const a = require('a');\nconst b = 1;");
    expect(definitions.map(({ name }) => name)).toEqual(['b']);
  });

  it('of a function that the parser missed are recovered', async () => {
    const text = '#define API(x) x\nAPI(int) *f(int a) {{{\n}\nint g(void)\n{\n  return h(1);\n}\n';
    const { definitions } = await outlined('c', text);
    expect(definitions.map(({ name }) => name)).toContain('g');
  });

  it('of a document are its sections', async () => {
    const { definitions, references } = await outlined('markdown', '# A\n\ntext\n\n## B\n');
    expect(definitions.map(({ kind, scope, name }) => [kind, scope, name])).toEqual([
      ['section', '', 'A'],
      ['section', 'A', 'B'],
    ]);
    expect(references).toEqual([]);
  });

  it.each(['json', 'yaml', 'css', 'xml'])('of %s are none', async (language) => {
    const text =
      language === 'json'
        ? '{"a": 1}'
        : language === 'yaml'
          ? 'a: 1'
          : language === 'css'
            ? 'a { b: c }'
            : '<a/>';
    expect((await outlined(language, text)).definitions).toEqual([]);
  });

  it('are none where parsing took too long, with the reason', async () => {
    const { outline, fallback } = await outlineText('typescript', 'f();\n'.repeat(200_000), 1);
    expect(fallback).toContain('longer than 1 ms');
    expect(outline).toEqual({ module: null, definitions: [], references: [], imports: [] });
  });

  it('of plain text are none', async () => {
    const empty = { module: null, definitions: [], references: [], imports: [] };
    expect(await outlineText('text', 'function f() {}', 1000)).toEqual({ outline: empty, fallback: null });
  });
});

describe('definitions of JavaScript and TypeScript', () => {
  it.each([
    ['export default a;', ['constant default']],
    ['export default { b() {} };', ['constant default', 'method b']],
    ['export default a({ b: 1 } as C);', ['constant default']],
    ['export default function a() {}', ['function a']],
    ['const a = async () => {\n  b()\n}\n;(a as C).d = e', ['function a']],
    ['f(function a() {});', ['function a']],
    ['const a = function b() {};', ['function a']],
  ])('of %s', async (text, expected) => {
    const { definitions } = await outlined('typescript', text);
    expect(definitions.map(({ kind, name }) => `${kind} ${name}`)).toEqual(expected);
  });
});
