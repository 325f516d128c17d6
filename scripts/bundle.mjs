// Bundles what the command line, the daemon, its threads and its child processes run into dist/bundle/*.js: a process
// starts much sooner from a few files than from some hundred. The files lie as deep below the package's root as
// src/shared does, see package-root.ts. They keep names and comments, so that stack traces need no source maps.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');
const target = join(root, 'dist/bundle');

/**
 * Packages that are bundled too. zod loads all of its languages and much that is not used here: left outside it takes
 * 30 % of the time in which the service's modules load. No other package is worth it, so all others stay as published.
 */
const inside = ['zod'];

const bundle = await rolldown({
  cwd: root,
  input: {
    api: 'src/client/api.ts',
    lcad: 'src/client/main.ts',
    lcadd: 'src/daemon/main.ts',
    worker: 'src/workers/main.ts',
    watcher: 'src/workers/watcher/main.ts',
    llama: 'src/workers/llama/main.ts',
  },
  platform: 'node',
  external: (id) => /^[^./]/.test(id) && !inside.includes(id),
  // What the bundler warns of (an import that leads nowhere, say) fails only when it is run.
  onLog(level, { message }) {
    throw new Error(`${level}: ${message}`);
  },
});
// Chunks of an earlier build would be packed with those of this one.
rmSync(target, { recursive: true, force: true });
const { output } = await bundle.write({
  dir: target,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
});
await bundle.close();
writeFileSync(join(target, 'LICENSES'), licences(output.flatMap(({ moduleIds }) => moduleIds)));

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
