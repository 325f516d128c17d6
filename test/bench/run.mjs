#!/usr/bin/env node
// Measures the real daemon on copies of real repositories.
//
//   npm run bench -- [--json] [--keep] PATH…
//
// Linux only: CPU and memory are read from /proc. Every figure of lcad is taken through its socket, as a client has it.
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openClient } from '../../dist/client/api.js';
import { stopDaemon } from '../../dist/client/stop.js';
import { placesOf } from '../../dist/shared/paths.js';
import { checkout, copyCorpus, currentBranch, editable, makeBranch, sizeOf } from './corpus.mjs';
import { freshWord, percentile, sleep, usageOf, watchPeak } from './processes.mjs';
import { printTable } from './table.mjs';

const queries = [
  'where is the configuration file parsed',
  'open a connection and retry on timeout',
  'parse http request header',
  'write a file atomically',
  'user authentication',
  'render a template',
  'command line arguments',
  'resolve dependencies of a package',
  'convert a value to json',
  'log an error message',
  'sort by priority',
  'cache lookup',
  'string buffer append',
  'lock a mutex',
  'read a line from a stream',
  'getConfig',
  'parse_args',
  'Connection',
];

const { values: options, positionals: paths } = parseArgs({
  options: { json: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean' } },
  allowPositionals: true,
});
if (options.help || paths.length === 0) {
  console.log(
    'Usage: npm run bench -- [--json] [--keep] PATH…\n\nMeasures lcad on copies of the given repositories.',
  );
  process.exit(options.help ? 0 : 2);
}

const folder = mkdtempSync(join(tmpdir(), 'lcad-bench-'));
process.env.LCAD_HOME = join(folder, 'home');
const places = placesOf();
const note = (text) => process.stderr.write(`${text}\n`);

async function connect() {
  const client = await openClient();
  const { daemon } = await client.request('lcad/status', {});
  return { client, pid: daemon.pid };
}

async function fullIndex(repos) {
  const { client, pid } = await connect();
  await sleep(500);
  const before = usageOf(pid);
  const peak = watchPeak(pid);
  const from = performance.now();
  for (const { root } of repos) await client.request('lcad/repos/add', { path: root, wait: false });
  for (const { root } of repos) {
    await client.request('lcad/repos/reindex', { repo: root, wait: true }, { deadlineMs: 600_000 });
  }
  const wallMs = performance.now() - from;
  const after = usageOf(pid);
  const { repos: status } = await client.request('lcad/status', {});
  const result = {
    wallSeconds: wallMs / 1000,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    peakRssMib: peak.stop() / 2 ** 20,
    diskMib: Number(execFileSync('du', ['-sb', places.data], { encoding: 'utf8' }).split('\t')[0]) / 2 ** 20,
    indexedFiles: status.reduce((sum, { files }) => sum + files, 0),
    chunks: status.reduce((sum, { chunks }) => sum + chunks, 0),
  };
  client.close();
  return result;
}

async function restart() {
  await stopDaemon(places);
  const from = performance.now();
  const { client } = await connect();
  const connectedMs = performance.now() - from;
  for (;;) {
    const { repos } = await client.request('lcad/status', {});
    if (repos.length > 0 && repos.every(({ state, pending }) => state === 'ready' && pending === 0)) break;
    await sleep(5);
  }
  const readyMs = performance.now() - from;
  await client.request('lcad/search', { query: queries[0] });
  client.close();
  return { connectedMs, readyMs, firstSearchMs: performance.now() - from };
}

async function saveToSearchable(repos, saves) {
  const { client } = await connect();
  const times = [];
  const files = repos.flatMap((repo) => editable(repo, Math.ceil(saves / repos.length)));
  for (const file of files) {
    const word = freshWord();
    const from = performance.now();
    appendFileSync(file, `\n# ${word}\n`);
    for (;;) {
      const { hits } = await client.request('lcad/search', { query: word, limit: 1, snippetLines: 0 });
      if (hits.length > 0) break;
      if (performance.now() - from > 30_000) throw new Error(`${file} did not become searchable`);
      await sleep(5);
    }
    times.push(performance.now() - from);
    await sleep(100);
  }
  client.close();
  return { saves: times.length, p50Ms: percentile(times, 0.5), p95Ms: percentile(times, 0.95) };
}

async function branchSwitch(repo, files) {
  const { client } = await connect();
  const home = currentBranch(repo);
  execFileSync('git', ['-C', repo.root, 'checkout', '-q', '-f', home]);
  execFileSync('git', ['-C', repo.root, 'reset', '-q', '--hard']);
  const marker = freshWord();
  const changed = makeBranch(repo, 'bench-branch', files, marker);
  const found = async () =>
    (await client.request('lcad/search', { query: marker, limit: 1 })).hits.length > 0;
  const until = async (wanted) => {
    const from = performance.now();
    while ((await found()) !== wanted) {
      if (performance.now() - from > 60_000) throw new Error('the branch switch was not seen');
      await sleep(10);
    }
    const { repos } = await client.request('lcad/status', { repo: repo.root });
    if (repos[0].pending > 0) await client.request('lcad/repos/reindex', { repo: repo.root, wait: true });
    return performance.now() - from;
  };
  const firstVisitMs = await until(true);
  const switchTo = async (branch, wanted) => {
    const from = performance.now();
    checkout(repo, branch);
    await until(wanted);
    return performance.now() - from;
  };
  const backMs = await switchTo(home, false);
  const thereMs = await switchTo('bench-branch', true);
  await switchTo(home, false);
  client.close();
  return { changedFiles: changed, firstVisitMs, backMs, thereMs };
}

async function searchTimes(clients, each) {
  const connections = await Promise.all(Array.from({ length: clients }, () => openClient()));
  for (const query of queries) await connections[0].request('lcad/search', { query });
  const times = [];
  const from = performance.now();
  await Promise.all(
    connections.map(async (client, c) => {
      for (let i = 0; i < each; i++) {
        const query = queries[(c + i) % queries.length];
        const start = performance.now();
        await client.request('lcad/search', { query });
        times.push(performance.now() - start);
      }
    }),
  );
  const wallMs = performance.now() - from;
  for (const client of connections) client.close();
  return {
    clients,
    queriesPerSecond: (times.length / wallMs) * 1000,
    p50Ms: percentile(times, 0.5),
    p95Ms: percentile(times, 0.95),
    p99Ms: percentile(times, 0.99),
  };
}

function commandTime(runs) {
  const times = [];
  for (let i = 0; i < runs; i++) {
    const from = performance.now();
    const { status } = spawnSync(process.execPath, [
      join(import.meta.dirname, '../../bin/lcad.js'),
      'search',
      '--all-repos',
      queries[i % queries.length],
    ]);
    if (status !== 0) throw new Error(`lcad search ended with ${status}`);
    times.push(performance.now() - from);
  }
  return { p50Ms: percentile(times, 0.5), p95Ms: percentile(times, 0.95) };
}

async function idle(seconds) {
  const { client, pid } = await connect();
  client.close();
  // Worker threads end after a while without work, and V8 then shrinks its heap: idle is what comes after that.
  await sleep(45_000);
  const before = usageOf(pid);
  await sleep(seconds * 1000);
  const after = usageOf(pid);
  return {
    cpuPercent: ((after.cpuSeconds - before.cpuSeconds) / seconds) * 100,
    rssMib: after.rssBytes / 2 ** 20,
  };
}

/** Other tools on the same files in the same run; null where one is not installed. */
function otherTool(command, args, cwd) {
  if (spawnSync(command, ['--version']).error) return null;
  const times = [];
  for (let i = 0; i < 5; i++) {
    const from = performance.now();
    spawnSync(command, args, { cwd, stdio: 'ignore' });
    times.push(performance.now() - from);
  }
  return { p50Ms: percentile(times, 0.5) };
}

try {
  note('copying…');
  const repos = copyCorpus(paths, folder);
  const corpus = sizeOf(repos);
  const result = { machine: { cores: availableParallelism(), node: process.version }, corpus };
  note('full index…');
  result.fullIndex = await fullIndex(repos);
  // The store compacts and checks what a first index wrote; warm searches are those after that.
  await sleep(10_000);
  note('search…');
  result.search = [await searchTimes(1, 400), await searchTimes(10, 60), await searchTimes(100, 10)];
  result.command = commandTime(10);
  note('saves…');
  result.save = await saveToSearchable(repos, 40);
  note('branch switch…');
  const largest = [...repos].sort((a, b) => b.files.length - a.files.length)[0];
  result.branchSwitch = await branchSwitch(largest, 1000);
  note('restart…');
  await sleep(4000);
  result.restart = await restart();
  note('idle…');
  result.idle = await idle(20);
  result.others = {
    ripgrep: otherTool('rg', ['-c', 'parse', '.'], folder),
    ctags: otherTool('ctags', ['-R', '-f', '/dev/null', ...repos.map(({ root }) => root)], folder),
  };
  if (options.json) console.log(JSON.stringify(result, null, 2));
  else printTable(result);
} finally {
  await stopDaemon(places);
  if (options.keep) note(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
