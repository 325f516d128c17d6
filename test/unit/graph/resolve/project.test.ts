import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Import, Target } from '../../../../src/daemon/graph/resolve/contract.js';
import { DeclarationIndex } from '../../../../src/daemon/graph/resolve/declarations.js';
import { parseIni, parseJson, yamlList, yamlValue } from '../../../../src/daemon/graph/resolve/parse.js';
import { joinPath } from '../../../../src/daemon/graph/resolve/paths.js';
import { ProjectIndex } from '../../../../src/daemon/graph/resolve/project.js';
import { isProjectFile } from '../../../../src/daemon/graph/resolve/project-files.js';
import { ImportResolver } from '../../../../src/daemon/graph/resolve/resolver.js';
import { languageIds } from '../../../../src/workers/languages.js';

describe('a project', () => {
  test('knows files, folders and names, in order, as they change', () => {
    const project = new ProjectIndex('here', ['b/x.ts', 'a/x.ts', 'a/c/y.ts', 'top.ts']);
    expect(project.filesIn('')).toEqual(['top.ts']);
    expect(project.foldersIn('')).toEqual(['a', 'b']);
    expect(project.filesNamed('x.ts')).toEqual(['a/x.ts', 'b/x.ts']);
    expect(project.isFolder('a/c')).toBe(true);
    expect(project.isFolder('a/x.ts')).toBe(false);
    project.update({ removed: ['a/c/y.ts', 'gone'], added: ['a/a.ts', 'a/a.ts'] });
    expect(project.isFolder('a/c')).toBe(false);
    expect(project.filesIn('a')).toEqual(['a/a.ts', 'a/x.ts']);
    expect(project.size).toBe(4);
  });

  test('parses a text once, and again when it changes; a broken one is null', () => {
    const project = new ProjectIndex('here', ['p.json'], [['p.json', '{"a": 1}']]);
    let parsed = 0;
    const parse = (text: string) => {
      parsed++;
      return JSON.parse(text) as unknown;
    };
    expect(project.parsed('p.json', parse)).toEqual({ a: 1 });
    project.update({ added: ['other'] });
    expect(project.parsed('p.json', parse)).toEqual({ a: 1 });
    expect(parsed).toBe(1);
    project.update({ texts: [['p.json', '{"a": ']] });
    expect(project.parsed('p.json', parse)).toBeNull();
    project.update({ texts: [['p.json', null]] });
    expect(project.text('p.json')).toBeNull();
    expect(project.parsed('none.json', parse)).toBeNull();
  });

  test('facts last until something changes', () => {
    const project = new ProjectIndex('here', ['a']);
    const count = (of: { filesIn(folder: string): readonly string[] }) => of.filesIn('').length;
    expect(project.fact(count)).toBe(1);
    project.update({ added: ['b'] });
    expect(project.fact(count)).toBe(2);
  });

  test('a text of a file that is gone is not there', () => {
    const project = new ProjectIndex('here', ['package.json'], [['package.json', '{}']]);
    project.update({ removed: ['package.json'] });
    expect(project.text('package.json')).toBeNull();
  });
});

describe('declarations', () => {
  test('change their version only when an answer changes', () => {
    const declared = new DeclarationIndex();
    declared.set('b.java', { packages: ['p'], names: new Set(['B']) });
    declared.set('a.java', { packages: ['p'], names: new Set(['A']) });
    expect(declared.filesOf('p')).toEqual(['a.java', 'b.java']);
    expect(declared.defines('a.java', 'A')).toBe(true);
    expect(declared.defines('a.java', 'B')).toBe(false);
    expect(declared.defines('c.java', 'C')).toBeUndefined();
    const before = declared.version;
    declared.set('a.java', { packages: ['p'], names: new Set(['A']) });
    declared.set('none.java', null);
    expect(declared.version).toBe(before);
    declared.set('a.java', { packages: ['q'], names: new Set(['A']) });
    expect(declared.version).not.toBe(before);
    expect(declared.filesOf('p')).toEqual(['b.java']);
    declared.set('b.java', null);
    expect(declared.filesOf('p')).toEqual([]);
  });
});

describe('what is asked again', () => {
  const imported = (specifier: string): Import => ({ specifier, names: [], form: 'static', line: 1 });
  const from = { path: 'src/main.ts', language: 'typescript' };

  test('is answered anew when paths, texts, declarations or other repositories change', () => {
    const project = new ProjectIndex('here', ['src/main.ts']);
    const others: ProjectIndex[] = [];
    const resolver = new ImportResolver(project, () => others);
    const ask = (specifier: string) => resolver.resolve(from, [imported(specifier)])[0];
    expect(ask('./a')).toMatchObject({ kind: 'unresolved' });
    project.update({ added: ['src/a.ts'] });
    expect(ask('./a')).toMatchObject({ paths: ['src/a.ts'] });
    project.update({ removed: ['src/a.ts'], added: ['src/a/index.ts'] });
    expect(ask('./a')).toMatchObject({ paths: ['src/a/index.ts'] });
    expect(ask('lib')).toMatchObject({ kind: 'external', certainty: 'name' });
    project.update({ added: ['package.json'], texts: [['package.json', '{"dependencies": {"lib": "1"}}']] });
    expect(ask('lib')).toMatchObject({ kind: 'external', certainty: 'exact' });
    const lib = new ProjectIndex('lib', ['package.json', 'index.ts'], [['package.json', '{"name": "lib"}']]);
    others.push(lib);
    expect(ask('lib')).toMatchObject({ kind: 'repo', repo: 'lib', paths: ['index.ts'] });
    lib.update({ removed: ['index.ts'] });
    expect(ask('lib')).toMatchObject({ kind: 'external' });
  });

  test('after any changes, every answer equals that of a project made anew', () => {
    const paths = [
      'src/a.ts',
      'src/a/index.ts',
      'src/a.js',
      'lib/b.py',
      'lib/__init__.py',
      'go.mod',
      'x/x.go',
      'tsconfig.json',
      'p/A.java',
      'q/A.java',
    ];
    const texts = ['module m\n', 'module other\n', '{"compilerOptions": {"paths": {"~/*": ["src/*"]}}}', '{'];
    const asked: [string, string, string][] = [
      ['src/main.ts', 'typescript', './a'],
      ['src/main.ts', 'typescript', '~/a'],
      ['lib/c.py', 'python', 'lib.b'],
      ['y/y.go', 'go', 'm/x'],
      ['r/B.java', 'java', 'p.A'],
    ];
    const step = fc.record({
      path: fc.constantFrom(...paths),
      present: fc.boolean(),
      text: fc.option(fc.constantFrom(...texts)),
      declared: fc.constantFrom('p', 'q'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const declarations = new DeclarationIndex();
        const project = new ProjectIndex('here', [], [], declarations);
        const resolver = new ImportResolver(project);
        const answers = (by: ImportResolver): Target[] =>
          asked.flatMap(([path, language, specifier]) =>
            by.resolve({ path, language }, [imported(specifier)]),
          );
        const now = new Map<string, string | null>();
        const packages = new Map<string, string>();
        for (const { path, present, text, declared } of steps) {
          const texts = present && isProjectFile(path) ? [[path, text] as const] : [];
          project.update(present ? { added: [path], texts } : { removed: [path] });
          if (present) now.set(path, isProjectFile(path) ? text : null);
          else now.delete(path);
          if (path.endsWith('.java')) {
            declarations.set(path, present ? { packages: [declared] } : null);
            if (present) packages.set(path, declared);
            else packages.delete(path);
          }
          const fresh = new DeclarationIndex();
          for (const [file, name] of packages) fresh.set(file, { packages: [name] });
          const known = [...now].flatMap(([file, content]) =>
            content === null ? [] : [[file, content] as const],
          );
          const anew = new ImportResolver(new ProjectIndex('here', now.keys(), known, fresh));
          expect(answers(resolver)).toEqual(answers(anew));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('whatever a file imports', () => {
  const paths = [
    'package.json',
    'tsconfig.json',
    'Cargo.toml',
    'src/lib.rs',
    'src/a.rs',
    'go.mod',
    'x/x.go',
    'pyproject.toml',
    'pkg/__init__.py',
    'composer.json',
    'Package.swift',
    'Sources/A/a.swift',
    'build.zig',
    'src/index.ts',
    'lib/a.rb',
    'lib/a.ex',
    'include/a.h',
    'a/A.java',
  ];
  const broken = [
    '{',
    '[',
    '{"exports": {"./*": [{"a": null}, 3]}, "workspaces": ["[", "!"], "name": "a"}',
    '= =',
    '',
  ];
  const texts = fc.array(fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...broken)), { maxLength: 4 });
  const piece = fc.constantFrom(
    'a',
    'A',
    'src',
    '..',
    '.',
    '/',
    '::',
    '\\',
    '*',
    '#',
    '@',
    '~',
    '$',
    '<',
    '>',
    'crate',
    ':',
    '-',
    ' ',
    '\0',
    'é',
  );
  const specifier = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
    fc.string(),
  );
  const forms = ['static', 'dynamic', 'reexport', 'include', 'use', 'require'] as const;

  test('there is an answer in every language, and its files exist', () => {
    fc.assert(
      fc.property(
        texts,
        specifier,
        fc.array(specifier, { maxLength: 2 }),
        fc.constantFrom(...forms),
        (given, text, names, form) => {
          const project = new ProjectIndex('here', paths, given);
          const other = new ProjectIndex('other', paths, given);
          const resolver = new ImportResolver(project, () => [other]);
          for (const language of languageIds) {
            const found = resolver.resolve({ path: 'src/deep/main.x', language }, [
              { specifier: text, names, form, line: 1 },
            ]);
            expect(found).toHaveLength(1);
            for (const target of found) {
              if (target.kind === 'file')
                expect(target.paths.filter((path) => !project.has(path))).toEqual([]);
              if (target.kind === 'file' || target.kind === 'repo')
                expect(target.paths.length).toBeGreaterThan(0);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('readers', () => {
  test('JSON with comments and trailing commas, strings left alone', () => {
    expect(parseJson('\uFEFF{ // a\n "u": "http://x/*y*/,}", /* b */ "l": [1, 2, /* c */ ], }')).toEqual({
      u: 'http://x/*y*/,}',
      l: [1, 2],
    });
    expect(parseJson('[1]')).toEqual({});
    expect(() => parseJson('{')).toThrow(SyntaxError);
  });

  test('ini with values over several lines', () => {
    const sections = parseIni('[options]\npackages = find:\npackage_dir =\n  =src\n  a=b\n; no\n[x]\nK: v\n');
    expect(sections.get('options')?.get('package_dir')).toBe('=src\na=b');
    expect(sections.get('x')?.get('k')).toBe('v');
  });

  test('the little YAML that is needed', () => {
    expect(yamlList('a: 1\npackages:\n- "x/*" # all\n- y\nother:\n- z\n', 'packages')).toEqual(['x/*', 'y']);
    expect(yamlList("packages: ['a', b]\n", 'packages')).toEqual(['a', 'b']);
    expect(yamlValue('name: app # x\n', 'name')).toBe('app');
    expect(yamlValue('  name: app\n', 'name')).toBeUndefined();
  });

  test('paths', () => {
    expect(joinPath('a/b', '../c/./d//e/')).toBe('a/c/d/e');
    expect(joinPath('', 'x')).toBe('x');
    expect(joinPath('a', '..')).toBe('');
    expect(joinPath('a', '../..')).toBeNull();
  });

  test('project files by their names', () => {
    const wanted = [
      'package.json',
      'a/tsconfig.build.json',
      'x.gemspec',
      'packages/tsconfig/base.json',
      'go.mod',
    ];
    expect(wanted.filter(isProjectFile)).toEqual(wanted);
    expect(['data.json', 'src/package.ts', 'README.md'].some(isProjectFile)).toBe(false);
  });
});
