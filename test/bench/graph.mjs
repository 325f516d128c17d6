#!/usr/bin/env node
// Measures symbols and references of the real daemon on copies of real repositories.
//
//   npm run build && node test/bench/graph.mjs [--json] [--keep] [--samples N] [--seed N] [--share N] PATH…
//
// Linux only: CPU and memory are read from /proc. Figures are taken through the socket, but for the share of outlines in
// indexing, which is that of the same code in this process. Symbols are sampled as often as they are referred to.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openClient } from '../../dist/client/api.js';
import { stopDaemon } from '../../dist/client/stop.js';
import { placesOf } from '../../dist/shared/paths.js';
import { copyCorpus, sizeOf } from './corpus.mjs';
import { dependentEdits } from './graph-dependents.mjs';
import { outlineCost } from './graph-derive.mjs';
import { queryTimes, sampleOf } from './graph-sample.mjs';
import { sleep, usageOf } from './processes.mjs';

const { values: options, positionals: paths } = parseArgs({
  options: {
    json: { type: 'boolean' },
    keep: { type: 'boolean' },
    samples: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    share: { type: 'string', default: '5' },
    help: { type: 'boolean' },
  },
  allowPositionals: true,
});
if (options.help || paths.length === 0) {
  console.log(
    'Usage: node test/bench/graph.mjs [--json] [--keep] [--samples N] [--seed N] [--share N] PATH…\n\n' +
      'Measures symbols and references on copies of the given repositories.\n' +
      '  --samples  symbols asked for (default 300)\n  --seed     which ones (default 1)\n' +
      '  --share    the cost of outlines is taken from one file of so many (default 5)',
  );
  process.exit(options.help ? 0 : 2);
}

const folder = mkdtempSync(join(tmpdir(), 'lcad-bench-'));
process.env.LCAD_HOME = join(folder, 'home');
const places = placesOf();
const note = (text) => process.stderr.write(`${text}\n`);
const mib = (bytes) => bytes / 2 ** 20;

async function connect() {
  const client = await openClient();
  const { daemon } = await client.request('lcad/status', {});
  return { client, pid: daemon.pid };
}

async function fullIndex(repos) {
  const { client, pid } = await connect();
  const before = usageOf(pid).cpuSeconds;
  const from = performance.now();
  for (const { root } of repos) {
    await client.request('lcad/repos/add', { path: root, wait: true }, { deadlineMs: 600_000 });
  }
  const wallSeconds = (performance.now() - from) / 1000;
  const { repos: status } = await client.request('lcad/status', {});
  const cpuSeconds = usageOf(pid).cpuSeconds - before;
  client.close();
  return { wallSeconds, cpuSeconds, files: status.reduce((sum, { files }) => sum + files, 0) };
}

/** What the first request takes, and the memory that the graph takes, in a daemon that has done nothing else. */
async function load() {
  await stopDaemon(places);
  const { client, pid } = await connect();
  for (;;) {
    const { repos } = await client.request('lcad/status', {});
    if (repos.length > 0 && repos.every(({ state, pending }) => state === 'ready' && pending === 0)) break;
    await sleep(20);
  }
  await sleep(12_000);
  const before = usageOf(pid).rssBytes;
  const from = performance.now();
  await client.request('lcad/symbols', { name: 'main', match: 'exact' });
  const firstMs = performance.now() - from;
  const atOnce = usageOf(pid).rssBytes;
  await sleep(5000);
  const settled = usageOf(pid).rssBytes;
  const graph = {
    firstMs,
    rssBeforeMib: mib(before),
    rssAtOnceMib: mib(atOnce),
    rssSettledMib: mib(settled),
  };
  return { client, pid, graph };
}

function printTable({ corpus, machine, index, graph, sample, queries, outlines, edits, ...rss }) {
  const ms = (value) => value.toFixed(2).padStart(8);
  console.log(`lcad graph bench, ${machine.cores} cores, Node ${machine.node}\n`);
  console.log(`corpus        ${corpus.lines.toLocaleString('en-US')} lines, ${index.files} files indexed`);
  console.log(`full index    ${index.wallSeconds.toFixed(1)} s, CPU ${index.cpuSeconds.toFixed(1)} s`);
  console.log(
    `outlines      add ${outlines.addsPercent.toFixed(1)} % to deriving (${outlines.outlinesMs.toFixed(0)} of ` +
      `${outlines.deriveMs.toFixed(0)} ms CPU, a part of the files)`,
  );
  console.log(`first request ${graph.firstMs.toFixed(0)} ms`);
  console.log(
    `RSS           ${graph.rssBeforeMib.toFixed(0)} MiB without the graph, ${graph.rssAtOnceMib.toFixed(0)} with it, ` +
      `${graph.rssSettledMib.toFixed(0)} five seconds later, ${rss.rssAfterQueriesMib.toFixed(0)} after the queries, ` +
      `${rss.rssAfterPauseMib.toFixed(0)} five seconds after them`,
  );
  console.log(
    `edit of a file with ${edits.dependents} dependents: symbol found p50/p95 ${edits.symbolP50Ms.toFixed(0)}/` +
      `${edits.symbolP95Ms.toFixed(0)} ms, definition ${edits.definitionP50Ms.toFixed(0)}/${edits.definitionP95Ms.toFixed(0)} ms\n`,
  );
  console.log(
    `${sample} symbols, ms             first:  p50      p95      p99      max    again:  p50      p95      p99      max`,
  );
  for (const { method, by, first, again } of queries) {
    const figures = [first, again].map(({ p50Ms, p95Ms, p99Ms, maxMs }) =>
      [p50Ms, p95Ms, p99Ms, maxMs].map(ms).join(' '),
    );
    console.log(`${`${method} by ${by}`.padEnd(27)} ${figures.join('       ')}`);
  }
}

try {
  note('copying…');
  const repos = copyCorpus(paths, folder);
  const corpus = sizeOf(repos);
  note('full index…');
  const index = await fullIndex(repos);
  // The store compacts and checks what a first index wrote.
  await sleep(10_000);
  note('load…');
  const { client, pid, graph } = await load();
  note('queries…');
  const sample = await sampleOf(client, repos, {
    samples: Number(options.samples),
    seed: Number(options.seed),
  });
  const queries = await queryTimes(client, sample);
  const rssAfterQueriesMib = mib(usageOf(pid).rssBytes);
  await sleep(5000);
  const rssAfterPauseMib = mib(usageOf(pid).rssBytes);
  note('edits…');
  const edits = await dependentEdits(client, join(folder, 'dependents'), { dependents: 1000, edits: 20 });
  client.close();
  await stopDaemon(places);
  note('outlines…');
  const outlines = await outlineCost(repos, Number(options.share));
  const machine = { cores: availableParallelism(), node: process.version };
  const result = {
    machine,
    corpus,
    index,
    graph,
    sample: sample.length,
    queries,
    rssAfterQueriesMib,
    rssAfterPauseMib,
    outlines,
    edits,
  };
  if (options.json) console.log(JSON.stringify(result, null, 2));
  else printTable(result);
} finally {
  await stopDaemon(places);
  if (options.keep) note(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
