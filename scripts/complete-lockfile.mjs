#!/usr/bin/env node
// Adds to package-lock.json the entries of optional platform packages that npm left out because the registry at hand
// did not have them when the lockfile was made. Without them `npm ci` fails on those platforms ("Missing … from lock
// file"). Such an entry has the exact version but no integrity hash: that comes from the registry that serves it.
//
//   node scripts/complete-lockfile.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const file = resolve(import.meta.dirname, '../package-lock.json');
const systems = ['linux', 'darwin', 'win32', 'freebsd', 'android', 'openharmony'];
const aliases = { mac: 'darwin', win: 'win32' };
const processors = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64'];

/** os, cpu and libc as a platform package's name says them; null for a package that is not of one platform. */
export function platformOf(name) {
  const words = name
    .split('/')
    .at(-1)
    .split('-')
    .map((word) => aliases[word] ?? word);
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (!os || !cpu) return null;
  const libc = words.some((word) => word.startsWith('musl'))
    ? { libc: ['musl'] }
    : words.some((word) => word === 'gnu' || word === 'glibc')
      ? { libc: ['glibc'] }
      : {};
  return { os: [os], cpu: [cpu], ...libc };
}

/** Entries that the lockfile should have and has not, by their path in it. */
export function missingEntries(lock) {
  const missing = {};
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const platform = platformOf(name);
      const known = [`node_modules/${name}`, `${path}/node_modules/${name}`].some(
        (at) => at in lock.packages,
      );
      if (known || !platform || !/^\d/.test(version)) continue;
      missing[`node_modules/${name}`] = {
        version,
        ...platform,
        ...(entry.dev ? { dev: true } : {}),
        optional: true,
      };
    }
  }
  return missing;
}

if (process.argv[1] === import.meta.filename) {
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingEntries(lock);
  const names = Object.keys(missing);
  if (process.argv.includes('--check')) {
    for (const name of names) console.error(`missing: ${name}`);
    process.exit(names.length > 0 ? 1 : 0);
  }
  const packages = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(packages);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${names.length} entries added`);
}
