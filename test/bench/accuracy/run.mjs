#!/usr/bin/env node
// Compares definitions and callers with what the TypeScript compiler's language service says.
//
//   npm run bench:accuracy -- [options] PATH…
//
// PATH is a TypeScript repository; nothing in it is changed, and its packages need not be installed. Subjects are the
// functions and classes that its modules export, and apart from them the methods of those classes. What counts as right
// is said in definitions.mjs and callers.mjs. Ends with 1 if a repository is below a bar.
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareCallers } from './callers.mjs';
import { subjectsOf } from './code.mjs';
import { compareDefinitions } from './definitions.mjs';

const bars = { definition: 0.97, callersPrecision: 0.9, callersRecall: 0.85 };
const usage = `Usage: npm run bench:accuracy -- [options] PATH…

  --seed N      chooses the sample (default 1)
  --places N    places at which a definition is asked for (default 20000)
  --subjects N  definitions whose callers are asked for, of each kind (default 1000)
  --ambiguous   takes answers that lcad calls ambiguous for claims too
  --misses N    lists the first N differences of each kind
  --json        prints one JSON document`;

const { values: options, positionals: paths } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    places: { type: 'string', default: '20000' },
    subjects: { type: 'string', default: '1000' },
    ambiguous: { type: 'boolean', default: false },
    misses: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
if (options.help || paths.length === 0) {
  console.log(usage);
  process.exit(options.help ? 0 : 2);
}
const sizes = {
  seed: Number(options.seed),
  places: Number(options.places),
  subjects: Number(options.subjects),
};

const home = mkdtempSync(join(tmpdir(), 'lcad-accuracy-'));
process.env.LCAD_HOME = home;
// Both read the environment, or load the daemon's client.
const { Lcad } = await import('./lcad.mjs');
const { Truth } = await import('./truth.mjs');
const { stopDaemon } = await import('../../../dist/client/stop.js');
const { placesOf } = await import('../../../dist/shared/paths.js');

async function compare(lcad, root) {
  await lcad.add(root);
  const sources = readdirSync(root, { recursive: true })
    .filter((path) => /\.(?:[mc]?[jt]s|[jt]sx)$/.test(path) && !/(?:^|\/)(?:node_modules|\.git)\//.test(path))
    .sort();
  const indexed = [];
  for (const path of sources) if (await lcad.has(join(root, path))) indexed.push(path);
  const truth = new Truth(root, indexed);
  const subjects = truth.sources
    .filter(({ fileName }) => /\.[mc]?tsx?$/.test(fileName) && !/\.d\.[mc]?ts$/.test(fileName))
    .flatMap((source) => subjectsOf(source));
  const definitions = await compareDefinitions(lcad, truth, subjects, sizes);
  const callers = await compareCallers(lcad, truth, subjects, sizes);
  await lcad.remove(root);
  return { repository: basename(root), files: indexed.length, definitions, callers };
}

const share = (part, whole) => (whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(2)}% of ${whole}`);

function print({ repository, files, definitions, callers }) {
  console.log(`${repository}: ${files} files`);
  console.log(`  definitions at ${definitions.sampled} of ${definitions.places} places`);
  for (const [group, title] of groups) {
    const { claims, right, untold, true: all, found } = definitions[group];
    console.log(`    ${title}: precision ${share(right, claims)}, recall ${share(found, all)}`);
    if (untold > 0) console.log(`      ${untold} claims where the service knows nothing count as wrong`);
  }
  console.log('  callers');
  for (const [group, title] of groups) {
    const { sampled, all, subjects, claims, right, untold, true: told, found } = callers[group];
    console.log(`    ${title}: precision ${share(right, claims)}, recall ${share(found, told)} pairs`);
    if (untold > 0) console.log(`      ${untold} claims where the service knows nothing count as wrong`);
    console.log(`      ${sampled} of ${all} asked for, of which ${subjects} are called`);
  }
  const most = Number(options.misses);
  for (const one of definitions.misses.slice(0, most)) console.log(JSON.stringify(one));
  for (const one of callers.misses.slice(0, most)) console.log(JSON.stringify(one));
}

const groups = [
  ['main', 'functions and classes'],
  ['method', 'methods'],
];

function isBelow({ definitions: { main }, callers: { main: calls } }) {
  const less = (part, whole, bar) => whole > 0 && part / whole < bar;
  return (
    less(main.right, main.claims, bars.definition) ||
    less(calls.right, calls.claims, bars.callersPrecision) ||
    less(calls.found, calls.true, bars.callersRecall)
  );
}

const lcad = await Lcad.open({ ambiguous: options.ambiguous });
const results = [];
try {
  for (const path of paths) results.push(await compare(lcad, realpathSync(path)));
} finally {
  lcad.close();
  await stopDaemon(placesOf());
  rmSync(home, { recursive: true, force: true });
}
if (options.json) console.log(JSON.stringify({ ...sizes, bars, results }, null, 2));
else for (const result of results) print(result);
process.exitCode = results.some(isBelow) ? 1 : 0;
