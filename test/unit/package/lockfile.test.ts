import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from '../../../src/shared/package-root.js';

interface Lock {
  packages: Record<
    string,
    { version?: string; os?: string[]; optionalDependencies?: Record<string, string> }
  >;
}

test('the lockfile has the packages of every platform that lcad is for', () => {
  const { packages } = JSON.parse(readFileSync(packagePath('package-lock.json'), 'utf8')) as Lock;
  const needed = [
    '@lancedb/lancedb-linux-x64-gnu',
    '@lancedb/lancedb-linux-arm64-gnu',
    '@lancedb/lancedb-darwin-arm64',
    '@parcel/watcher-linux-arm64-glibc',
    '@parcel/watcher-darwin-arm64',
  ];
  for (const name of needed) expect(packages[`node_modules/${name}`]?.os, name).toBeDefined();
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (!/-(linux|darwin)-/.test(name)) continue;
      const nested = packages[`${path}/node_modules/${name}`] ?? packages[`node_modules/${name}`];
      expect(nested?.version, `${name} of ${path}`).toBe(version);
    }
  }
});
