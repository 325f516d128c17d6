#!/usr/bin/env node
// What lcad adds to a model server: at the first token and for each token against direct HTTP, and how late the daemon's
// main thread is while many clients stream at once.
//
//   npm run build && node test/bench/inference.mjs [--pairs N] [--tokens N] [--clients N] [--rate N] [--seconds N]
//     [--no-guard] [--json]
//
// A plain server in a process of its own streams the tokens. Requests go to it directly and through lcad in turn, so
// that both see the same machine. --rate is tokens a second of one client; 100 clients at 200 make 20,000.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openClient } from '../../dist/client/api.js';
import { stopDaemon } from '../../dist/client/stop.js';
import { placesOf } from '../../dist/shared/paths.js';
import { percentile, sleep, usageOf } from './processes.mjs';

const { values: options } = parseArgs({
  options: {
    pairs: { type: 'string', default: '1000' },
    tokens: { type: 'string', default: '2000' },
    clients: { type: 'string', default: '100' },
    rate: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '10' },
    'no-guard': { type: 'boolean' },
    json: { type: 'boolean' },
  },
});
const [pairs, tokens, clients, rate, seconds] = ['pairs', 'tokens', 'clients', 'rate', 'seconds'].map(
  (name) => Number(options[name]),
);
/** Requests before anything is measured, and a pause in which the daemon ends what it does after its start (ms). */
const warmUps = 200;
const settleMs = 3_000;
const tokenText = ' token';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lcad-bench-'));
const lagFile = join(folder, 'lag.json');
process.env.LCAD_HOME = join(folder, 'home');
process.env.LCAD_BENCH_LAG = lagFile;
const places = placesOf();
const agent = new Agent({ keepAlive: true });

/** A direct request. @returns milliseconds to the first token and to the end */
function direct(port, count) {
  return new Promise((resolve, reject) => {
    const from = performance.now();
    const body = JSON.stringify({
      model: 'bench',
      messages: [{ role: 'user', content: 'Hello' }],
      max_tokens: count,
      stream: true,
    });
    const headers = { 'content-type': 'application/json' };
    const path = '/v1/chat/completions';
    const sent = httpRequest(
      { port, host: '127.0.0.1', path, method: 'POST', headers, agent },
      (response) => {
        let first = null;
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (text) => {
          // As any client must, it reads each event.
          const events = (rest + text).split('\n\n');
          rest = events.pop();
          for (const event of events) {
            if (event === 'data: [DONE]') continue;
            const { content } = JSON.parse(event.slice('data: '.length)).choices[0].delta;
            if (content) first ??= performance.now() - from;
          }
        });
        response.on('end', () => resolve({ first, total: performance.now() - from }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The same through lcad. */
async function through(client, count, perSecond = 0) {
  const from = performance.now();
  let first = null;
  let chars = 0;
  const onProgress = ({ kind, text }) => {
    if (kind !== 'text') return;
    first ??= performance.now() - from;
    chars += text.length;
  };
  const params = { prompt: 'Hello', maxTokens: count, seed: perSecond };
  const { text } = await client.request('lcad/generate', params, { onProgress });
  if (chars !== text.length || chars !== count * tokenText.length)
    throw new Error(`${chars} of ${text.length} characters`);
  return { first, total: performance.now() - from };
}

/** Requests in turn, directly and through lcad. @returns what each pair differs by, and both sides */
async function compare(client, port, count, times) {
  const sides = { direct: [], lcad: [] };
  for (let i = 0; i < times; i++) {
    if (i % 2 === 0) sides.direct.push(await direct(port, count));
    sides.lcad.push(await through(client, count));
    if (i % 2 === 1) sides.direct.push(await direct(port, count));
  }
  return sides;
}

const summary = (values) => ({
  p50: percentile(values, 0.5),
  p95: percentile(values, 0.95),
  p99: percentile(values, 0.99),
});

async function readLag(pid) {
  const before = statSync(lagFile, { throwIfNoEntry: false })?.mtimeMs;
  process.kill(pid, 'SIGUSR2');
  for (let tries = 0; statSync(lagFile, { throwIfNoEntry: false })?.mtimeMs === before; tries++) {
    if (tries === 500) throw new Error('the daemon does not tell how late its event loop is');
    await sleep(10);
  }
  await sleep(20);
  return JSON.parse(readFileSync(lagFile, 'utf8'));
}

/** Many clients, each with a connection and a stream of its own. */
async function load(pid) {
  const all = await Promise.all(Array.from({ length: clients }, () => openClient()));
  await readLag(pid);
  const cpu = usageOf(pid).cpuSeconds;
  const from = performance.now();
  const count = Math.round(rate * seconds);
  const done = await Promise.all(all.map((client) => through(client, count, rate)));
  const wall = (performance.now() - from) / 1000;
  const lag = await readLag(pid);
  const cpuSeconds = usageOf(pid).cpuSeconds - cpu;
  for (const client of all) client.close();
  return {
    clients,
    tokensPerSecond: (count * clients) / wall,
    wallSeconds: wall,
    daemonCpuShare: cpuSeconds / wall,
    lagMs: lag,
    firstMs: summary(done.map(({ first }) => first)),
  };
}

/** Started here rather than by the client, so that its event loop is watched. */
async function startDaemon() {
  const watch = new URL('event-loop-lag.mjs', import.meta.url).href;
  const program = here('../../bin/lcadd.js');
  spawn(process.execPath, ['--import', watch, program], { stdio: ['ignore', 'ignore', 'inherit'] }).unref();
  for (let tries = 1; ; tries++) {
    try {
      return await openClient({ start: false });
    } catch (error) {
      if (tries === 200) throw error;
      await sleep(50);
    }
  }
}

const child = spawn(process.execPath, [here('model-server.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const [line] = await once(child.stdout, 'data');
  const port = Number(String(line).trim());
  mkdirSync(dirname(places.configFile), { recursive: true });
  writeFileSync(
    places.configFile,
    `[[inference.upstreams]]\nname = "bench"\nkind = "openai"\nurl = "http://127.0.0.1:${port}"\nconcurrency = 256\n` +
      `[guard]\nsecrets = ${!options['no-guard']}\n`,
  );
  const client = await startDaemon();
  const { pid } = client.server;
  await sleep(settleMs);
  await compare(client, port, 20, warmUps);
  const one = await compare(client, port, 1, pairs);
  const many = await compare(client, port, tokens, Math.max(20, Math.round(pairs / 25)));
  const added = (side) => one.lcad.map(({ [side]: value }, i) => value - one.direct[i][side]);
  const perToken = many.lcad.map(({ total }, i) => (total - many.direct[i].total) / tokens);
  const result = {
    machine: { cores: availableParallelism(), node: process.versions.node },
    guard: !options['no-guard'],
    firstToken: {
      addedMs: summary(added('first')),
      directMs: summary(one.direct.map(({ first }) => first)),
      lcadMs: summary(one.lcad.map(({ first }) => first)),
    },
    perToken: { addedMs: summary(perToken), tokens },
    load: await load(pid),
  };
  if (options.json) console.log(JSON.stringify(result, null, 2));
  else print(result);
  client.close();
} finally {
  child.kill();
  agent.destroy();
  await stopDaemon(places).catch((error) => console.error(error.message));
  rmSync(folder, { recursive: true, force: true });
}

function print({ machine, guard, firstToken, perToken, load: streams }) {
  const ms = ({ p50, p95, p99 }, digits = 2) =>
    [p50, p95, p99].map((value) => value.toFixed(digits)).join(' / ');
  console.log(
    `${machine.cores} cores, Node ${machine.node}, guard for secrets ${guard ? 'on' : 'off'}; p50 / p95 / p99\n`,
  );
  console.log(`first token, added            ${ms(firstToken.addedMs)} ms`);
  console.log(`first token, direct           ${ms(firstToken.directMs)} ms`);
  console.log(`first token, through lcad     ${ms(firstToken.lcadMs)} ms`);
  console.log(`each token, added             ${ms(perToken.addedMs, 4)} ms (of ${perToken.tokens})`);
  console.log(
    `${streams.clients} streams, ${Math.round(streams.tokensPerSecond)} tokens/s: main thread late ${ms(streams.lagMs)} ms, max ` +
      `${streams.lagMs.max.toFixed(1)} ms, daemon ${Math.round(streams.daemonCpuShare * 100)} % of a core`,
  );
}
