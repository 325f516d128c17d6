// What guards cost and how often they are wrong: node test/bench/guard.mjs <folder>…
// Every code file is sent through a guard in pieces of four characters, as a model writes tokens; needs `npm run build`.
// SHOW=1 prints what was found, LINES=<n> how much is read, LICENCES=<folder>:<folder> compares with licensed code,
// SECRETS=0 leaves out the other rules.
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const dist = process.env.LCAD_DIST ?? new URL('../../dist/', import.meta.url).pathname;
const { createGuards } = await import(join(dist, 'daemon/guard/guards.js'));

const endings = new Set(
  '.c .h .cc .cpp .java .scala .go .rs .js .mjs .cjs .ts .tsx .py .rb .php .sh .sql .md .yml .yaml'.split(
    ' ',
  ),
);
const pieceLength = 4;
const licenceFolders = (process.env.LICENCES ?? '').split(':').filter((folder) => folder !== '');
const config = {
  secrets: process.env.SECRETS !== '0',
  licenceFolders,
  licenceTokens: 60,
  allowLicences: [],
};
const quiet = () => undefined;
let indexed = quiet;
const log = { debug: quiet, info: (counts) => indexed(counts), warn: quiet, error: quiet };
const guards = createGuards(() => config, { log });
if (licenceFolders.length > 0) {
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  const counts = await new Promise((resolve) => {
    indexed = resolve;
    guards.open();
  });
  delay.disable();
  console.log(
    `licensed code: ${counts.files} files, ${counts.fingerprints} fingerprints in ${counts.tookMs} ms; ` +
      `event loop p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms, worst ${(delay.max / 1e6).toFixed(1)} ms; ` +
      `${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB in all`,
  );
}

async function* filesOf(folder) {
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== '.git') yield* filesOf(path);
    else if (entry.isFile() && endings.has(extname(entry.name)) && (await stat(path)).size < 400_000)
      yield path;
  }
}

const took = [];
const kept = [];
const hits = [];
let lines = 0;
let files = 0;
const mostLines = Number(process.env.LINES ?? 200_000);

/** Sends a text through guards; after a hit it goes on with a new one on the next line, as another answer would. */
async function send(path, text) {
  let guard = guards.open();
  let shown = 0;
  for (let at = 0; at < text.length; at += pieceLength) {
    const piece = text.slice(at, at + pieceLength);
    const from = performance.now();
    try {
      const given = guard.push(piece);
      const out = typeof given === 'string' ? given : await given;
      took.push(performance.now() - from);
      shown += out.length;
      kept.push(at + piece.length - shown);
    } catch (error) {
      const line = text.slice(0, at).split('\n').length;
      hits.push(
        `${path}:${line}: ${error.data?.rule}: ${process.env.SHOW ? text.slice(Math.max(0, at - 90), at + 10).replaceAll(/\s+/g, ' ') : ''}`,
      );
      const next = text.indexOf('\n', at);
      if (next < 0) return;
      at = next;
      shown = next + pieceLength;
      guard = guards.open();
    }
  }
}

const folders = process.argv.slice(2);
if (folders.length === 0) {
  process.stderr.write('Give folders of code.\n');
  process.exit(2);
}
for (const folder of folders) {
  const before = lines;
  for await (const path of filesOf(folder)) {
    const text = await readFile(path, 'utf8');
    await send(path, text);
    files++;
    lines += text.split('\n').length;
    if (lines - before > mostLines / folders.length) break;
  }
}
await guards.close();
const at = (all, share) => all.sort((a, b) => a - b)[Math.floor(all.length * share)] ?? 0;
const micros = (ms) => `${(ms * 1000).toFixed(2)} us`;
console.log(hits.join('\n'));
console.log(`${files} files, ${lines} lines, ${took.length} pieces of ${pieceLength} characters`);
console.log(`stops: ${hits.length}, one in ${Math.round(lines / Math.max(1, hits.length))} lines`);
console.log(
  `per piece: p50 ${micros(at(took, 0.5))}, p95 ${micros(at(took, 0.95))}, p99 ${micros(at(took, 0.99))}`,
);
console.log(
  `characters kept back after a piece: p50 ${at(kept, 0.5)}, p95 ${at(kept, 0.95)}, p99 ${at(kept, 0.99)}`,
);
