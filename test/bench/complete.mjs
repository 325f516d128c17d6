#!/usr/bin/env node
// How long it takes from a request for a completion until the model server has its request, context included, while
// somebody types in many files.
//
//   npm run build && node test/bench/complete.mjs [--places N] [--keys N] [--seed N] [--home PATH] [--json] PATH…
//
// At random lines of random files of the repositories the document is opened, some characters of the line are typed, one
// every 60 ms, and a completion is asked for with the last of them: the first of a burst, which no debouncing holds up.
// A plain server in a process of its own tells when the request came in; both processes use the monotonic clock of the
// machine. Beside it stands the time that the daemon took for the context, as its reply says.
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { openClient } from '../../dist/client/api.js';
import { stopDaemon } from '../../dist/client/stop.js';
import { placesOf } from '../../dist/shared/paths.js';
import { mainThreadMs, openEditor, randomFrom } from './editor.mjs';
import { percentile, sleep } from './processes.mjs';

const { values: options, positionals } = parseArgs({
  options: {
    places: { type: 'string', default: '200' },
    keys: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    home: { type: 'string' },
    json: { type: 'boolean' },
  },
  allowPositionals: true,
});
if (positionals.length === 0) {
  console.error('Usage: node test/bench/complete.mjs [--places N] [--keys N] [--json] PATH…');
  process.exit(2);
}
const [places, keys, seed] = [options.places, options.keys, options.seed].map(Number);
/** Places before anything is measured. */
const warmUps = 10;
const betweenKeys = 60;
/** From the opening of a document to the first key. */
const beforeKeys = 250;
const maxBytes = 500_000;
const code = /\.(rs|ts|tsx|js|mjs|py|c|h|go|java|kt)$/;

function placesIn(roots, random) {
  const files = roots.flatMap((root) =>
    execFileSync('git', ['-C', root, 'ls-files', '-z'], { encoding: 'utf8', maxBuffer: 1 << 28 })
      .split('\0')
      .filter((path) => code.test(path))
      .map((path) => join(root, path))
      .filter((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? maxBytes) < maxBytes),
  );
  const found = [];
  for (let tries = 0; found.length < places + warmUps && tries < places * 50; tries++) {
    const path = files[Math.floor(random() * files.length)];
    const lines = readFileSync(path, 'utf8').split('\n');
    const at = Math.floor(random() * lines.length);
    const line = lines[at];
    const indent = line.length - line.trimStart().length;
    if (line.length - indent < keys + 2 || line.includes('\r')) continue;
    const column = indent + keys + Math.floor(random() * (line.length - indent - keys));
    found.push({ path, lines, at, column });
  }
  return found;
}

async function typed(editor, { path, lines, at, column }) {
  const uri = pathToFileURL(path).href;
  const line = lines[at];
  const begin = column - keys;
  const text = [...lines.slice(0, at), line.slice(0, begin), ...lines.slice(at + 1)].join('\n');
  editor.notify('textDocument/didOpen', { textDocument: { uri, languageId: '', version: 1, text } });
  editor.notify('lcad/didView', { uri, line: at + 1 });
  await sleep(beforeKeys);
  for (let key = begin; key < column; key++) {
    const place = { line: at, character: key };
    editor.notify('textDocument/didChange', {
      textDocument: { uri, version: key + 2 },
      contentChanges: [{ range: { start: place, end: place }, text: line[key] }],
    });
    if (key < column - 1) await sleep(betweenKeys);
  }
  const received = once(server, 'message');
  const busy = mainThreadMs(editor.pid);
  const from = process.hrtime.bigint();
  const params = { file: path, line: at + 1, column: column + 1 };
  const reply = await editor.request('lcad/complete', params);
  const [{ at: seen, bytes }] = await received;
  const busyMs = mainThreadMs(editor.pid) - busy;
  editor.notify('textDocument/didClose', { textDocument: { uri } });
  return {
    upstreamMs: Number(BigInt(seen) - from) / 1e6,
    contextMs: reply.timings.contextMs,
    totalMs: reply.timings.totalMs,
    busyMs,
    bytes,
  };
}

const folder = options.home ?? mkdtempSync(join(tmpdir(), 'lcad-bench-'));
process.env.LCAD_HOME = folder;
const server = fork(fileURLToPath(new URL('complete-server.mjs', import.meta.url)));
const [{ port }] = await once(server, 'message');
const { configFile } = placesOf();
mkdirSync(dirname(configFile), { recursive: true });
const upstream = `name = "bench"\nkind = "openai"\nurl = "http://127.0.0.1:${port}"\nmodel = "qwen2.5-coder"\n`;
writeFileSync(configFile, `[[inference.upstreams]]\n${upstream}`);
try {
  (await openClient({ deadlineMs: 60_000 })).close();
  const editor = await openEditor();
  const roots = positionals.map((path) => resolve(path));
  for (const path of roots) await editor.request('lcad/repos/add', { path, wait: true });
  const results = [];
  for (const place of placesIn(roots, randomFrom(seed))) results.push(await typed(editor, place));
  editor.close();
  const measured = results.slice(warmUps);
  const spread = (name) => {
    const list = measured.map(({ [name]: value }) => value);
    return { p50: percentile(list, 0.5), p95: percentile(list, 0.95), p99: percentile(list, 0.99) };
  };
  const result = {
    machine: { cores: availableParallelism(), node: process.versions.node },
    places: measured.length,
    upstreamMs: spread('upstreamMs'),
    contextMs: spread('contextMs'),
    totalMs: spread('totalMs'),
    /** Of the main thread, from the request to the reply: what no other load of the machine changes. */
    mainThreadMs: spread('busyMs'),
    requestBytes: spread('bytes'),
  };
  if (options.json) console.log(JSON.stringify(result, null, 2));
  else print(result);
} finally {
  server.kill();
  await stopDaemon(placesOf()).catch((error) => console.error(error.message));
  if (!options.home) rmSync(folder, { recursive: true, force: true });
}

function print({ machine, places: count, ...measured }) {
  const { upstreamMs, contextMs, totalMs, mainThreadMs: busyMs, requestBytes } = measured;
  const shown = ({ p50, p95, p99 }, digits = 1) =>
    [p50, p95, p99].map((value) => value.toFixed(digits)).join(' / ');
  console.log(
    `${machine.cores} cores, Node ${machine.node}; first requests of ${count} bursts; p50 / p95 / p99\n`,
  );
  console.log(`request to the model server's   ${shown(upstreamMs)} ms`);
  console.log(`  of that, the context          ${shown(contextMs)} ms`);
  console.log(`request to reply                ${shown(totalMs)} ms`);
  console.log(`main thread, request to reply   ${shown(busyMs)} ms of CPU`);
  console.log(`bytes of the request            ${shown(requestBytes, 0)}`);
}
