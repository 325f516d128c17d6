// Bundles what the command line, the daemon, its threads and its child processes run into dist/bundle/*.js: a process
// starts much sooner from a few files than from some hundred. The files lie as deep below the package's root as
// src/shared does, see package-root.ts. They keep names and comments, so that stack traces need no source maps.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');
const target = join(root, 'dist/bundle');

/**
 * Packages that are bundled too, since a start waits for them: zod loads all of its languages and much that is not used
 * here, which is 30 % of the time in which the daemon's service loads; the other two are what each command loads. No
 * other package is worth it, so all others stay as they were published.
 */
const inside = ['zod', 'commander', 'picocolors'];

/** Modules that so many of the commands load are one file. */
const common = { name: 'common', minShareCount: 8 };

/** What the user runs, and what the daemon runs; apart, so that neither loads modules for the other. */
const parts = [
  { input: { api: 'src/client/api.ts', lcad: 'src/client/main.ts' }, codeSplitting: { groups: [common] } },
  {
    input: {
      lcadd: 'src/daemon/main.ts',
      worker: 'src/workers/main.ts',
      watcher: 'src/workers/watcher/main.ts',
      llama: 'src/workers/llama/main.ts',
    },
  },
];

// Chunks of an earlier build would be packed with those of this one.
rmSync(target, { recursive: true, force: true });
const modules = [];
for (const { input, codeSplitting } of parts) {
  const bundle = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    external: (id) => /^[^./]/.test(id) && !inside.includes(id),
    // What the bundler warns of (an import that leads nowhere, say) fails only when it is run.
    onLog(level, { message }) {
      throw new Error(`${level}: ${message}`);
    },
  });
  const { output } = await bundle.write({
    dir: target,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    codeSplitting,
  });
  await bundle.close();
  modules.push(...output.flatMap(({ moduleIds }) => moduleIds));
}
writeFileSync(join(target, 'LICENSES'), licences(modules));

/** The licences of the packages that the modules are of: their texts have to go with every copy. */
function licences(modules) {
  const found = modules.map((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]);
  return [...new Set(found.filter(Boolean))]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      if (!file) throw new Error(`${name} has no licence text`);
      return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
