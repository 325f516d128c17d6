import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const source = join(root, 'src');

/**
 * The layers, lowest first where it matters, with the layers that each may import besides itself. `daemon` is what lies
 * directly in src/daemon: main.ts, which composes all, and small parts of the process that need none of the others.
 */
const mayImport: Record<string, readonly string[]> = {
  shared: [],
  protocol: ['shared'],
  client: ['protocol', 'shared'],
  workers: ['shared'],
  training: ['shared', 'protocol', 'client', 'workers'],
  'daemon/store': ['shared', 'protocol', 'workers', 'daemon'],
  'daemon/watch': ['shared', 'protocol', 'workers', 'daemon'],
  'daemon/pipeline': ['shared', 'protocol', 'workers', 'daemon', 'daemon/store'],
  'daemon/embed': ['shared', 'protocol', 'workers', 'daemon', 'daemon/store'],
  'daemon/search': ['shared', 'protocol', 'workers', 'daemon', 'daemon/store'],
  'daemon/graph': ['shared', 'protocol', 'workers', 'daemon', 'daemon/store'],
  'daemon/overlay': ['shared', 'protocol', 'workers', 'daemon'],
  'daemon/context': [
    'shared',
    'protocol',
    'workers',
    'daemon',
    'daemon/store',
    'daemon/search',
    'daemon/graph',
    'daemon/overlay',
    'daemon/sources',
    'daemon/rerank',
  ],
  'daemon/completion': [
    'shared',
    'protocol',
    'workers',
    'daemon',
    'daemon/store',
    'daemon/search',
    'daemon/graph',
    'daemon/overlay',
    'daemon/context',
  ],
  'daemon/inference': [
    'shared',
    'protocol',
    'workers',
    'daemon',
    'daemon/embed',
    'daemon/guard',
    'daemon/metrics',
  ],
  'daemon/guard': ['shared', 'protocol', 'workers', 'daemon'],
  'daemon/metrics': ['shared', 'protocol', 'daemon'],
  'daemon/fim': [
    'shared',
    'protocol',
    'workers',
    'daemon',
    'daemon/overlay',
    'daemon/completion',
    'daemon/context',
    'daemon/inference',
    'daemon/metrics',
  ],
  'daemon/chat': ['shared', 'protocol', 'daemon', 'daemon/context', 'daemon/inference', 'daemon/metrics'],
  'daemon/edits': ['shared', 'protocol', 'workers', 'daemon'],
  'daemon/impact': [
    'shared',
    'protocol',
    'workers',
    'daemon',
    'daemon/search',
    'daemon/graph',
    'daemon/repos',
  ],
  'daemon/map': ['shared', 'protocol', 'workers', 'daemon', 'daemon/search', 'daemon/graph'],
  'daemon/sources': ['shared', 'protocol', 'workers', 'daemon', 'daemon/repos'],
  'daemon/rerank': ['shared', 'protocol', 'daemon', 'daemon/embed'],
  'daemon/grep': ['shared', 'protocol', 'workers', 'daemon', 'daemon/store', 'daemon/search'],
  'daemon/repos': [
    'shared',
    'protocol',
    'workers',
    'daemon',
    'daemon/store',
    'daemon/watch',
    'daemon/pipeline',
  ],
  'daemon/rpc': [
    'shared',
    'protocol',
    'daemon',
    'daemon/search',
    'daemon/grep',
    'daemon/completion',
    'daemon/impact',
    'daemon/map',
    'daemon/context',
    'daemon/inference',
    'daemon/metrics',
    'daemon/fim',
    'daemon/chat',
    'daemon/edits',
    'daemon/graph',
    'daemon/overlay',
    'daemon/embed',
    'daemon/sources',
    'daemon/repos',
    'daemon/store',
    'daemon/pipeline',
    'daemon/watch',
  ],
  daemon: ['shared', 'protocol', 'workers'],
};

/** Composes all of the daemon, and so may import any layer but the client. */
const composers = new Set(['daemon/main.ts', 'daemon/service.ts', 'daemon/inference-parts.ts']);

interface Import {
  from: string;
  to: string;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(source, join(entry.parentPath, entry.name)));
}

/** Relative imports of a file, type imports, re-exports and dynamic imports included. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8');
  const specifiers = text.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)'(\.[^']+)'/g);
  return [...specifiers].map(([, specifier = '']) => ({
    from: file,
    to: relative(source, join(source, dirname(file), specifier)).replace(/\.js$/, '.ts'),
  }));
}

function layerOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  if (top !== 'daemon') return top;
  return second.endsWith('.ts') ? 'daemon' : `daemon/${second}`;
}

const files = filesBelow(source);
const imports = files.flatMap(importsOf);

describe('layers', () => {
  test('the source is there and its imports are seen', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.length).toBeGreaterThan(100);
    expect(imports).toContainEqual({ from: 'shared/versions.ts', to: 'shared/package-root.ts' });
  });

  test('imports follow the arrows', () => {
    const wrong = imports.filter(({ from, to }) => {
      if (composers.has(from)) return layerOf(to) === 'client';
      const layer = layerOf(from);
      return layerOf(to) !== layer && !mayImport[layer]?.includes(layerOf(to));
    });
    expect(wrong).toEqual([]);
  });

  test('nobody imports what composes', () => {
    expect(imports.filter(({ from, to }) => composers.has(to) && !composers.has(from))).toEqual([]);
  });

  test('there are no cycles', () => {
    const next = new Map<string, string[]>();
    for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: string[]) => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (done.has(file) || path.includes(file)) return;
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  test('only the store imports LanceDB', () => {
    const importers = files.filter((file) =>
      readFileSync(join(source, file), 'utf8').includes("'@lancedb/lancedb'"),
    );
    expect(importers.filter((file) => !file.startsWith('daemon/store/'))).toEqual([]);
    expect(importers.length).toBeGreaterThan(0);
  });

  test('the client loads neither zod nor anything of the daemon at run time', () => {
    const allowed = new Set(['shared', 'client', 'protocol']);
    const clientFiles = files.filter((file) => layerOf(file) === 'client');
    for (const file of clientFiles) {
      const text = readFileSync(join(source, file), 'utf8');
      const values = [...text.matchAll(/^(?:import|export) (?!type)[^;]*?from '(\.[^']+)'/gm)].map(
        ([, to = '']) => relative(source, join(source, dirname(file), to)).replace(/\.js$/, '.ts'),
      );
      for (const to of values) expect(allowed.has(layerOf(to)), `${file} -> ${to}`).toBe(true);
    }
  });
});
