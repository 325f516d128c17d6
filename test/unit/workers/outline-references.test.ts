import { describe, expect, it } from 'vitest';
import { outlined, references } from '../../support/outlines.js';

describe('references', () => {
  it.each([
    [
      'typescript',
      'foo(); a.bar(); a?.b.c(); new Foo(); new ns.Bar<T>(); f()();',
      [
        'call foo',
        'use a',
        'call a / bar',
        'use a',
        'use a / b',
        'call a?.b / c',
        'call Foo',
        'use ns',
        'call ns / Bar',
        'type T',
        'call f',
      ],
    ],
    [
      'tsx',
      'const x = <Foo.Bar a={b}><Baz/><div onClick={go}></div></Foo.Bar>;',
      ['use Foo', 'call Foo / Bar', 'use b', 'call Baz', 'use go', 'use Foo', 'use Foo / Bar'],
    ],
    [
      'typescript',
      'class A extends ns.B<T> implements I, c.J {}\ninterface K extends L<M> {}',
      ['use ns', 'inherit ns / B', 'type T', 'inherit I', 'use c', 'inherit c / J', 'inherit L', 'type M'],
    ],
    [
      'javascript',
      'class A extends B {}\nclass C extends d.E { f() { this.f(); super.g(); return this.f; } }',
      ['inherit B', 'use d', 'inherit d / E', 'call this / f', 'call super / g', 'use this / f'],
    ],
    [
      'python',
      '@app.route("/")\ndef f(): pass\nclass A(B, c.D, metaclass=M): pass\nx: List[int] = g(k=h)',
      [
        'use app',
        'call app / route',
        'inherit B',
        'use c',
        'inherit c / D',
        'use M',
        'type List',
        'type int',
        'call g',
        'use h',
      ],
    ],
    ['python', 'def f() -> Foo:\n    return f"{bar()}" + "baz()"  # qux()', ['type Foo', 'call bar']],
    [
      'go',
      'package p\ntype A struct { *B; c.D; x E }\nfunc (a *A) F() { G(); h.I(); _ = J{k: l} }',
      ['inherit B', 'inherit c / D', 'type E', 'type A', 'call G', 'use h', 'call h / I', 'type J', 'use l'],
    ],
    [
      'rust',
      'impl<T: C> a::B for D<T> { fn f() -> E::F { g(); h::i(); J::<K>::l(); m!(n(o), p::q); self.r(); s.t() } }',
      [
        'type C',
        'use a',
        'inherit a / B',
        'use E',
        'type E / F',
        'call g',
        'use h',
        'call h / i',
        'type J',
        'type K',
        'call … / l',
        'call m',
        'call n',
        'use o',
        'use p',
        'use p / q',
        'call self / r',
        'use s',
        'call s / t',
      ],
    ],
    [
      'java',
      '@A class B extends C<D> implements E, f.G { void m() { n(); o.p(); new Q<>(); R.s = T::u; } }',
      [
        'type A',
        'inherit C',
        'type D',
        'inherit E',
        'type f',
        'inherit f / G',
        'call n',
        'use o',
        'call o / p',
        'call Q',
        'use R',
        'use R / s',
        'use T',
        'use T / u',
      ],
    ],
    [
      'c',
      'int f(struct a *p) { g(B); p->h(1); return x ? C : sizeof(D_t); }',
      ['type a', 'call g', 'use B', 'call p / h (local: a)', 'use x', 'use C', 'use D_t'],
    ],
    [
      'cpp',
      'class A : public b::C, D<E> {};\nvoid f() { g::h(); i<J>(k); l->m(); new N(); return O::p; }',
      [
        'inherit b / C',
        'inherit D',
        'type E',
        'call g / h',
        'call i',
        'type J',
        'use k',
        'use l',
        'call l / m',
        'call N',
        'use O / p',
      ],
    ],
  ] as const)('of %s: %s', async (language, text, expected) => {
    expect(await references(language, text)).toEqual(expected);
  });

  it.each([
    [
      'typescript',
      'function f(a, { b, c: [d] }, ...e) { a(); b(); d(e); const g = 1, [h] = a; g(h); for (const i of a) i(); try {} catch (j) { j(); } }',
    ],
    ['typescript', 'const f = (a: string) => a.length;\nclass A { m(b = 1) { return () => b; } }'],
    ['typescript', 'function f<T, U extends T>(a: T): U {}\ntype M<K> = { [P in keyof K]: K[P] };'],
    [
      'python',
      'def f(a, b=1, *c, d: None = None, **e):\n    for g, (h, i) in a: b(g, h)\n    with c as j: j(i)\n    [k for k in d]\n    l = m = e\n    l(m)\n    lambda n: n',
    ],
    ['go', 'package p\nfunc f(a, b int) { c, d := a, b; for e := range c { e() }; var g = d; g() }'],
    [
      'rust',
      'fn f(a: u8, (b, c): (u8, u8)) { let d = a(b); if let e @ 1 = c { e() } for g in d { |h, i| h(i) } }',
    ],
    ['java', 'class A { void f(int a, int... b) { int c = a; for (int d : b) { c(d); } g -> g; } }'],
    ['c', 'int f(int a, char *b[]) { int c = a, *d = b; static int e[3]; return c + *d + e[0]; }'],
  ])('of %s leave local names out: %s', async (language, text) => {
    const found = await outlined(language, text);
    const names = new Set('abcdefghijklmnKPTU');
    expect(found.references.filter(({ name, receiver }) => receiver === null && names.has(name))).toEqual([]);
  });

  it('know what a local receiver was declared or made with', async () => {
    const types = async (language: string, text: string) =>
      (await outlined(language, text)).references
        .filter(({ kind, receiver }) => kind === 'call' && receiver !== null)
        .map(({ receiver, localReceiver, receiverType }) => [receiver, localReceiver, receiverType]);
    expect(
      await types(
        'typescript',
        'function f(a: Foo, b) { const c = new Bar(); a.x(); b.x(); c.x(); d.x(); c.y.x(); }',
      ),
    ).toEqual([
      ['a', true, 'Foo'],
      ['b', true, null],
      ['c', true, 'Bar'],
      ['d', false, null],
      ['c.y', true, 'Bar>y'],
    ]);
    expect(
      await types('python', 'def f(a: Foo):\n    b = Bar()\n    a.x(); b.x(); self.x(); self.a.x()'),
    ).toEqual([
      ['a', true, 'Foo'],
      ['b', true, 'Bar'],
      ['self', false, null],
      ['self.a', false, null],
    ]);
    expect(await types('go', 'package p\nfunc f(a *Foo) { b := &Bar{}; a.X(); b.X() }')).toEqual([
      ['a', true, 'Foo'],
      ['b', true, 'Bar'],
    ]);
    expect(await types('rust', 'fn f(a: &Foo) { let b = Bar::new(); a.x(); b.x(); }')).toEqual([
      ['Bar', false, null],
      ['a', true, 'Foo'],
      ['b', true, 'Bar'],
    ]);
  });

  it.each([
    ['if (g) { const a = new A(); a.x(); } else { const a = new B(); a.x(); }', ['A', 'B']],
    ['if (g) { const a = new A(); a.x(); } { const a = b(); a.x(); }', ['A', 'b()']],
    ['const { a } = new B(); a.x(); const { c } = g[0]; c.x();', [null, null]],
    [
      "const b = h(); const a = b.c(1, '(').d; a.x(); const e = await this.f.g(); e.x();",
      ['h()>c()>d', 'this>f>g()'],
    ],
    ['h(({ a }: B) => a.x()); h(({ c }: B) => { const { d } = c; d.e.x(); });', ['B>a', 'B>c>d>e']],
    ['const a = a.b(); a.x(); const c = d[0].e(); c.x();', [null, null]],
    ['const a = new A(); h(() => { const a = new B<C>(); a.x(); }); a.x();', ['B', 'A']],
    ['h((a: A<C>) => a.x()); h(async (a: B) => { a.x(); });', ['A', 'B']],
    ['var a = new A(); a.x(); var a = new B(); a.x();', [null, null]],
  ])('to members of a local name have the type that it has there: %s', async (body, types) => {
    for (const text of [`function f(g) { ${body} }`, `test(() => { ${body} });`]) {
      const { references: found } = await outlined('typescript', text);
      expect(found.filter(({ name }) => name === 'x').map(({ receiverType }) => receiverType)).toEqual(types);
    }
  });

  it('leave a local name out only where it is known', async () => {
    const text =
      'import { a } from "b";\nit("c", () => { const x = a(); d((a) => { a(); { let x; x(); } }); a(); });\nx();';
    const { references: found } = await outlined('typescript', text);
    const calls = found.filter(({ kind }) => kind === 'call').map(({ name, column }) => `${name} ${column}`);
    expect(calls).toEqual(['it 0', 'a 26', 'd 31', 'a 67', 'x 0']);
  });

  it('belong to the innermost definition around them', async () => {
    const text = 'a();\nclass B extends C { d() { e(); function f() { g(); } h(); } }\ni();';
    const { definitions, references: found } = await outlined('typescript', text);
    expect(found.map(({ name, definition }) => [name, definitions[definition]?.name ?? null])).toEqual([
      ['a', null],
      ['C', 'B'],
      ['e', 'd'],
      ['g', 'f'],
      ['h', 'd'],
      ['i', null],
    ]);
  });

  it('have lines from 1 and columns from 0 in UTF-16 units, with "\\r\\n" too', async () => {
    const { references: found } = await outlined('typescript', '\r\n"🎈é"; foo();\r\n\tbar();\r\n');
    expect(found.map(({ name, line, column }) => [name, line, column])).toEqual([
      ['foo', 2, 7],
      ['bar', 3, 1],
    ]);
  });

  it('to a global name are kept where a function declares it as global', async () => {
    const text = 'total = 0\ndef add(n):\n    global total\n    total = total + n\n';
    const { references: found } = await outlined('python', text);
    expect(found.filter(({ name }) => name === 'total').length).toBeGreaterThan(0);
  });

  it('are found in a file with errors', async () => {
    const found = await references('typescript', 'function f( { \n  broken(;\n}\ncall(me);\n');
    expect(found).toContain('call call');
  });
});
