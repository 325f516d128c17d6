/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Paths of languages whose imports are resolved in different ways. */
export const paths = [
  'a.ts',
  'b.ts',
  'lib/a.ts',
  'lib/index.ts',
  'lib/deep/c.ts',
  'p/x.py',
  'p/__init__.py',
  'q.go',
  'r.go',
  'j/A.java',
  'k/B.java',
  'u.h',
  'v.c',
];
const names = ['run', 'stop', 'Queue', 'make', 'helper'];

/** A small file that defines, imports and calls a few of the same names. */
export function textFor(path: string, random: () => number): string {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const [one, two, three] = [pick(names), pick(names), pick(names)];
  if (path.endsWith('.py')) {
    return `from .x import ${one}\n\ndef ${two}():\n    ${one}()\n\nclass ${three}:\n    def go(self):\n        self.go()\n        ${two}()\n`;
  }
  if (path.endsWith('.go')) return `package main\n\nfunc ${one}() {\n\t${two}()\n\t${three}()\n}\n`;
  if (path.endsWith('.java')) {
    const home = pick(['j', 'k']);
    return `package ${home};\nimport ${pick(['j', 'k'])}.*;\nclass ${one}A extends ${two}A {\n  void go() { go(); ${three}A.go(); }\n}\n`;
  }
  if (/\.[ch]$/.test(path)) return `#include "u.h"\nint ${one}(void) { return ${two}(); }\n`;
  const from = pick(['./a.js', '../a.js', './lib/index.js', './lib', '@app/a', './deep/c.js']);
  const passed = random() < 0.3 ? `export * from '${pick(['./a.js', './deep/c.js', '../b.js'])}';\n` : '';
  return `import { ${one}, ${two} as other } from '${from}';\n${passed}export function ${three}() {\n  ${one}();\n  other();\n}\nexport class ${pick(names)}Kind {\n  go() {\n    this.go();\n    ${three}();\n  }\n}\n`;
}

/** A tsconfig.json that leads imports elsewhere. */
export function configFor(random: () => number): string {
  const folder = random() < 0.5 ? 'lib' : '.';
  return JSON.stringify({ compilerOptions: { baseUrl: '.', paths: { '@app/*': [`./${folder}/*`] } } });
}
