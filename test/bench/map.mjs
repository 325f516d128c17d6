#!/usr/bin/env node
// Measures what maps of repositories show: the share of the files that questions are about.
//
//   npm run build && node test/bench/map.mjs [--tokens N] [--home FOLDER] QUERIES REPOSITORIES
//
// QUERIES has one JSON object a line: `repo` (a folder of REPOSITORIES), `benchmark_root`, `query`, `relevant` with
// `path`s. Compared are the map, the most referred to names by name alone, and files in order of their paths, all cut
// to the same tokens; of the folder that is asked about, and of all of the repository.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openClient } from '../../dist/client/api.js';
import { stopDaemon } from '../../dist/client/stop.js';
import { countTokens } from '../../dist/daemon/context/tokens.js';
import { Graph } from '../../dist/daemon/graph/graph.js';
import { RepoMaps } from '../../dist/daemon/map/repo-map.js';
import { openFamilyStore } from '../../dist/daemon/store/family.js';
import { loadManifest } from '../../dist/daemon/store/manifest.js';
import { placesOf } from '../../dist/shared/paths.js';

const { values: options, positionals } = parseArgs({
  options: { tokens: { type: 'string', default: '4000' }, home: { type: 'string' } },
  allowPositionals: true,
});
const [queriesFile, folder] = positionals;
if (queriesFile === undefined || folder === undefined) {
  console.log('Usage: node test/bench/map.mjs [--tokens N] [--home FOLDER] QUERIES REPOSITORIES');
  process.exit(2);
}
const budget = Number(options.tokens);
const home = options.home ?? mkdtempSync(join(tmpdir(), 'lcad-bench-'));
process.env.LCAD_HOME = home;

function grouped(all, keyOf) {
  const groups = new Map();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

/** Questions by repository. */
const queries = grouped(
  readFileSync(queriesFile, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line)),
  ({ repo }) => repo,
);

async function index(repos) {
  const client = await openClient();
  await client.request('lcad/config/set', { key: 'embedding.provider', value: 'none' });
  for (const path of repos)
    await client.request('lcad/repos/add', { path, wait: true }, { deadlineMs: 600_000 });
  client.close();
  await stopDaemon(placesOf());
}

/** The repository as it is stored. */
async function open({ id, root, family }) {
  const below = join(home, 'data/families', family);
  const store = await openFamilyStore(join(below, 'store'));
  const file = readdirSync(join(below, 'manifests')).find(
    (name) => name.includes(id) && !name.endsWith('.tmp'),
  );
  const { manifest } = await loadManifest(join(below, 'manifests', file));
  const entries =
    manifest.entries instanceof Map ? [...manifest.entries] : manifest.entries.map((one) => [one.path, one]);
  const files = new Map(entries);
  const paths = grouped(files.keys(), (path) => files.get(path).key);
  const repo = {
    id,
    name: root,
    root,
    files,
    pathsOf: (key) => paths.get(key) ?? [],
    generation: 1,
    epoch: '',
  };
  return { family: { store, repos: [repo] }, close: () => store.close() };
}

/** The files of a plain list of definitions, in some order, as many as fit. */
function plain(view, repo, below, order) {
  const { names } = view.contents;
  const files = [...repo.files]
    .filter(([path, { content }]) => content && (below === '' || path.startsWith(`${below}/`)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const referring = (name) => view.contents.referring(name).size ?? view.contents.referring(name).length;
  const slots = [];
  for (const [path, { content }] of files) {
    const seen = new Set();
    for (let at = 0; at < content.definitionCount; at++) {
      const name = content.name(at);
      if (content.parent(at) >= 0 || seen.has(name)) continue;
      seen.add(name);
      slots.push({
        path,
        text: `  ${content.texts(at).signature || names.text(name)}\n`,
        score: referring(name),
      });
    }
  }
  if (order === 'references') slots.sort((a, b) => b.score - a.score);
  const shown = new Map();
  let tokens = 0;
  for (const { path, text } of slots) {
    const cost = countTokens(text) + (shown.has(path) ? 0 : countTokens(`${path}:\n`));
    if (tokens + cost > budget) break;
    tokens += cost;
    shown.set(path, true);
  }
  return new Set(shown.keys());
}

/** Mean over questions of the share of their files that are shown. */
function share(own, shownFor) {
  const shares = own.map(({ query, relevant, benchmark_root: root }) => {
    const shown = shownFor(query);
    const isShown = ({ path }) => shown.has(path) || shown.has(join(root, path));
    return relevant.filter(isShown).length / Math.max(1, relevant.length);
  });
  return shares.reduce((sum, one) => sum + one, 0) / shares.length;
}

const never = new AbortController().signal;
const filesOf = ({ files }) => new Set(files.map(({ path }) => path));

async function measure(registered, own) {
  const { family, close } = await open(registered);
  const view = await new Graph().view([family]);
  const repo = view.repos.get(registered.id);
  const maps = new RepoMaps(countTokens);
  const row = {};
  for (const [name, below] of [
    ['folder', own[0].benchmark_root],
    ['whole', ''],
  ]) {
    const request = {
      view,
      repo,
      budget,
      paths: below === '' ? [] : [below],
      focus: [],
      open: [],
      order: 'rank',
    };
    const map = filesOf(await maps.answer(request, never));
    const focused = new Map();
    for (const { query } of own) {
      if (!focused.has(query))
        focused.set(query, filesOf(await maps.answer({ ...request, focus: [query] }, never)));
    }
    const [references, paths] = ['references', 'paths'].map((order) => plain(view, repo, below, order));
    row[name] = {
      map: share(own, () => map),
      references: share(own, () => references),
      paths: share(own, () => paths),
      focus: share(own, (query) => focused.get(query)),
    };
  }
  maps.close();
  await close?.();
  return row;
}

const repos = [...queries.keys()].map((name) => join(folder, name)).filter((path) => existsSync(path));
if (options.home === undefined) await index(repos);
const registry = JSON.parse(readFileSync(join(home, 'data/repos.json'), 'utf8')).repos;
const rows = [];
for (const root of repos) {
  const registered = registry.find((one) => one.root === root);
  const own = queries.get(root.slice(folder.replace(/\/$/, '').length + 1));
  if (registered) rows.push({ name: root.split('/').at(-1), ...(await measure(registered, own)) });
}
const percent = (value) => `${(value * 100).toFixed(1)}`.padStart(6);
const columns = ['folder', 'whole'].flatMap((place) =>
  ['map', 'references', 'paths', 'focus'].map((kind) => [place, kind]),
);
console.log(`${''.padEnd(20)}${columns.map(([place, kind]) => `${place} ${kind}`.padStart(18)).join('')}`);
const line = (name, of) =>
  console.log(
    `${name.padEnd(20)}${columns.map(([place, kind]) => percent(of(place, kind)).padStart(18)).join('')}`,
  );
for (const row of rows) line(row.name, (place, kind) => row[place][kind]);
line('mean', (place, kind) => rows.reduce((sum, row) => sum + row[place][kind], 0) / rows.length);
if (options.home === undefined) rmSync(home, { recursive: true, force: true });
process.exit(0);
