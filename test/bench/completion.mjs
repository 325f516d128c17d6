#!/usr/bin/env node
// How fast completion contexts come through the socket while somebody types, and how good they are.
//
//   npm run build && node test/bench/completion.mjs [--positions N] [--burst N] [--seed N] [--tokens N]
//     [--text] [--unseen] [--home PATH] [--json] PATH…
//
// At random places in functions of random files of the repositories the rest of the line is taken away, the document is
// opened, and the last characters before the place are typed one by one, each followed by a request. The
// first key comes a quarter of a second after the opening and after lcad/didView, without which (--unseen) nobody knows
// where it will be. With --text each
// request carries the text in place of an open document.
//
// Quality: what the rest of the line refers to, where the graph is sure of it (same scope, imported, same package), is
// looked up with the original text. Of the definitions that are not in the windows themselves, so many are in the
// context. Beside it, without any graph: the share of the identifiers of the rest of the line that occur in the
// windows, and in the windows or the context.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { openClient } from '../../dist/client/api.js';
import { stopDaemon } from '../../dist/client/stop.js';
import { placesOf } from '../../dist/shared/paths.js';
import { decode } from '../../dist/workers/decode.js';
import { detectLanguage } from '../../dist/workers/languages.js';
import { outlineText } from '../../dist/workers/outline/outline-text.js';
import { mainThreadMs, openEditor, randomFrom } from './editor.mjs';
import { percentile, sleep } from './processes.mjs';

const { values: options, positionals } = parseArgs({
  options: {
    positions: { type: 'string', default: '60' },
    burst: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    tokens: { type: 'string', default: '1500' },
    text: { type: 'boolean' },
    unseen: { type: 'boolean' },
    home: { type: 'string' },
    json: { type: 'boolean' },
  },
  allowPositionals: true,
});
if (positionals.length === 0) {
  console.error('Usage: node test/bench/completion.mjs [--positions N] [--burst N] [--json] PATH…');
  process.exit(2);
}
const [positions, burst, seed, contextTokens] = [
  options.positions,
  options.burst,
  options.seed,
  options.tokens,
].map(Number);
const languages = new Set(
  'typescript tsx javascript python rust c cpp go java kotlin csharp php ruby scala swift'.split(' '),
);
const sure = new Set(['same-scope', 'imported', 'same-package']);
const maxBytes = 1_000_000;
const identifier = /[A-Za-z_$][\w$]{2,}/g;
/** Milliseconds between two keys; outlines are made meanwhile. */
const betweenKeys = 15;
/** From the opening of a document to the first key. */
const beforeKeys = 250;

/** A place in a function whose rest of the line refers to something; null if the file has none. */
async function placeIn(path, random) {
  const bytes = readFileSync(path);
  const language = detectLanguage(path, bytes.subarray(0, 4096));
  if (!languages.has(language)) return null;
  const text = decode(bytes);
  const { outline } = await outlineText(language, text, 30_000);
  const functions = outline.definitions.filter(
    ({ kind, startLine, endLine }) => (kind === 'function' || kind === 'method') && endLine - startLine >= 4,
  );
  const chosen = functions[Math.floor(random() * functions.length)];
  if (!chosen) return null;
  const inside = outline.references.filter(
    ({ line, kind }) => line > chosen.startLine && line < chosen.endLine && kind !== 'import',
  );
  const target = inside[Math.floor(random() * inside.length)];
  if (!target) return null;
  const lines = text.split('\n');
  const line = lines[target.line - 1] ?? '';
  const first = line.length - line.trimStart().length;
  const column = first + Math.floor(random() * (target.column - first + 1));
  const rest = inside.filter((one) => one.line === target.line && one.column >= column);
  const before = `${lines.slice(0, target.line - 1).join('\n')}${target.line > 1 ? '\n' : ''}`;
  const after = `\n${lines.slice(target.line).join('\n')}`;
  return {
    path,
    language,
    line: target.line,
    column,
    typed: line.slice(0, column),
    hidden: line.slice(column),
    rest,
    before,
    after,
  };
}

async function choosePlaces(root, random) {
  const files = execFileSync('git', ['-C', root, 'ls-files', '-z'], { encoding: 'utf8', maxBuffer: 1 << 28 })
    .split('\0')
    .filter(Boolean)
    .map((path) => join(root, path))
    .filter((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat?.isFile() && stat.size > 0 && stat.size < maxBytes;
    });
  const places = [];
  for (let tries = 0; places.length < positions && tries < positions * 40; tries++) {
    const place = await placeIn(files[Math.floor(random() * files.length)], random);
    if (place) places.push({ ...place, root });
  }
  return places;
}

/** Definitions that the rest of the line refers to, as far as the graph is sure. */
async function wantedOf(client, place) {
  const wanted = new Map();
  for (const { line, column, name } of place.rest) {
    const params = { file: place.path, line, column: column + 1, limit: 3 };
    const { symbols, confidence } = await client
      .request('lcad/definition', params)
      .catch(() => ({ symbols: [], confidence: null }));
    const [symbol] = symbols;
    if (!symbol || !sure.has(confidence) || symbols.length > 2) continue;
    wanted.set(`${symbol.root}/${symbol.path}:${symbol.line}`, { symbols, name });
  }
  return [...wanted.values()];
}

const fileOf = ({ root, path }) => join(root, path);

function isIn(item, symbol) {
  if (fileOf(item) !== fileOf(symbol)) return false;
  if (item.symbols.some(({ line }) => line === symbol.line)) return true;
  const shows = !['members', 'signatures'].includes(item.kind);
  return shows && item.startLine <= symbol.line && symbol.line <= item.endLine;
}

function inWindows({ prefix, suffix, ...reply }, symbol) {
  return fileOf(reply) === fileOf(symbol) && prefix.startLine <= symbol.line && symbol.line <= suffix.endLine;
}

async function typed(client, place) {
  const uri = pathToFileURL(place.path).href;
  const open = (text, version) =>
    client.notify('textDocument/didOpen', {
      textDocument: { uri, languageId: place.language, version, text },
    });
  const times = [];
  const took = [];
  const begin = Math.max(0, place.column - burst + 1);
  let reply;
  if (!options.text) open(`${place.before}${place.typed.slice(0, begin)}${place.after}`, 1);
  if (!options.unseen) client.notify('lcad/didView', { uri, line: place.line });
  await sleep(beforeKeys);
  for (let column = begin; column <= place.column; column++) {
    const line = place.typed.slice(0, column);
    const text = `${place.before}${line}${place.after}`;
    const params = { file: place.path, line: place.line, column: column + 1, contextTokens };
    const from = performance.now();
    if (options.text) params.text = text;
    else if (column > begin) {
      const at = { line: place.line - 1, character: column - 1 };
      client.notify('textDocument/didChange', {
        textDocument: { uri, version: column + 2 },
        contentChanges: [{ range: { start: at, end: at }, text: line.slice(-1) }],
      });
    }
    reply = await client.request('lcad/completionContext', params);
    times.push(performance.now() - from);
    took.push(reply.tookMs);
    await sleep(betweenKeys);
  }
  if (!options.text) client.notify('textDocument/didClose', { textDocument: { uri } });
  return { reply, times, took };
}

const folder = options.home ?? mkdtempSync(join(tmpdir(), 'lcad-bench-'));
process.env.LCAD_HOME = folder;
const note = (text) => process.stderr.write(`${text}\n`);
(await openClient({ deadlineMs: 60_000 })).close();
const client = await openEditor();
const roots = positionals.map((path) => resolve(path));
for (const root of roots) await client.request('lcad/repos/add', { path: root, wait: true });
for (const root of roots) {
  await client.request('lcad/repos/reindex', { repo: root, wait: true });
}

const random = randomFrom(seed);
const places = [];
for (const root of roots) places.push(...(await choosePlaces(root, random)));
note(`${places.length} places`);
for (const place of places.slice(0, 3)) await typed(client, place);

const first = [];
const times = [];
const took = [];
let busyMs = 0;
const byLanguage = new Map();
const sizes = { items: [], tokens: [], prefix: [], suffix: [], bytes: [] };
const kinds = new Map();
for (const place of places) {
  const wanted = await wantedOf(client, place);
  const busyBefore = mainThreadMs(client.pid);
  const result = await typed(client, place);
  busyMs += mainThreadMs(client.pid) - busyBefore;
  first.push(result.times[0]);
  times.push(...result.times);
  took.push(...result.took);
  const { reply } = result;
  sizes.items.push(reply.items.length);
  sizes.tokens.push(reply.tokens);
  sizes.prefix.push(reply.prefix.tokens);
  sizes.suffix.push(reply.suffix.tokens);
  sizes.bytes.push(JSON.stringify(reply).length);
  for (const { kind, tokens } of reply.items) kinds.set(kind, (kinds.get(kind) ?? 0) + tokens);
  const count = byLanguage.get(place.language) ?? {
    places: 0,
    wanted: 0,
    inWindows: 0,
    hits: 0,
    names: 0,
    namesInWindows: 0,
    namesInAll: 0,
  };
  byLanguage.set(place.language, count);
  count.places++;
  for (const { symbols } of wanted) {
    count.wanted++;
    if (symbols.some((symbol) => inWindows(reply, symbol))) count.inWindows++;
    else {
      const hit = symbols.some((symbol) => reply.items.some((item) => isIn(item, symbol)));
      if (hit) count.hits++;
      else if (process.env.MISSES) {
        const [s] = symbols;
        note(
          `${place.path}:${place.line} ${place.typed.trim()}|${place.hidden.trim()}  -> ${s.kind} ${s.scope}.${s.name} ${s.path}:${s.line}`,
        );
      }
    }
  }
  const windows = `${reply.prefix.text}\n${reply.suffix.text}`;
  const known = new Set(windows.match(identifier));
  const all = new Set(`${windows}\n${reply.items.map(({ text }) => text).join('\n')}`.match(identifier));
  for (const name of new Set(place.hidden.match(identifier))) {
    count.names++;
    if (known.has(name)) count.namesInWindows++;
    if (all.has(name)) count.namesInAll++;
  }
}
client.close();
await stopDaemon(placesOf());
if (!options.home) rmSync(folder, { recursive: true, force: true });

const spread = (list) => ({
  p50: percentile(list, 0.5),
  p95: percentile(list, 0.95),
  p99: percentile(list, 0.99),
});
const result = {
  machine: { cores: availableParallelism(), node: process.version },
  places: places.length,
  requests: times.length,
  roundTripMs: spread(times),
  firstOfBurstMs: spread(first),
  inDaemonMs: spread(took),
  /** Of the main thread, with the changes of the document and their outlines. */
  cpuMsPerRequest: busyMs / times.length,
  sizes: Object.fromEntries(Object.entries(sizes).map(([name, list]) => [name, spread(list)])),
  tokensByKind: Object.fromEntries(kinds),
  quality: Object.fromEntries(byLanguage),
};
if (options.json) console.log(JSON.stringify(result, null, 2));
else print(result);

function print({ machine, roundTripMs, firstOfBurstMs, inDaemonMs, quality }) {
  const ms = ({ p50, p95, p99 }) => `${p50.toFixed(1)} / ${p95.toFixed(1)} / ${p99.toFixed(1)} ms`;
  const share = (part, all) => (all === 0 ? '-' : `${((100 * part) / all).toFixed(1)}%`);
  console.log(`lcad completion contexts, ${machine.cores} cores, Node ${machine.node}\n`);
  console.log(`requests                          ${result.requests} at ${result.places} places`);
  console.log(`round trip, p50 / p95 / p99       ${ms(roundTripMs)}`);
  console.log(`  the first of a burst            ${ms(firstOfBurstMs)}`);
  console.log(`in the daemon                     ${ms(inDaemonMs)}`);
  console.log(`main thread per request           ${result.cpuMsPerRequest.toFixed(2)} ms of CPU`);
  console.log(
    `items / tokens / bytes, p50       ${sizes.items.length ? [result.sizes.items.p50, result.sizes.tokens.p50, result.sizes.bytes.p50].join(' / ') : '-'}`,
  );
  console.log(`tokens by kind                    ${JSON.stringify(result.tokensByKind)}\n`);
  console.log(
    'language     places  definitions  in the windows  of the others in the context  identifiers: windows  and context',
  );
  const total = { places: 0, wanted: 0, inWindows: 0, hits: 0, names: 0, namesInWindows: 0, namesInAll: 0 };
  for (const count of Object.values(quality)) for (const key of Object.keys(total)) total[key] += count[key];
  for (const [language, count] of [...Object.entries(quality), ['all', total]]) {
    console.log(
      [
        language.padEnd(12),
        String(count.places).padStart(6),
        String(count.wanted).padStart(12),
        share(count.inWindows, count.wanted).padStart(15),
        share(count.hits, count.wanted - count.inWindows).padStart(29),
        share(count.namesInWindows, count.names).padStart(21),
        share(count.namesInAll, count.names).padStart(12),
      ].join(' '),
    );
  }
}
