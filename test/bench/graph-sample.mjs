import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { percentile } from './processes.mjs';

const codeEndings = /\.(py|go|rs|c|h|cc|cpp|java|js|ts|tsx|php|rb|kt|scala|cs)$/;

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Endless random identifiers as they stand in the code: often used symbols come as often as they are used. */
function* identifiers(repos, random) {
  const files = repos.flatMap(({ root, files }) =>
    files.filter((path) => codeEndings.test(path)).map((path) => join(root, path)),
  );
  const lines = new Map();
  for (;;) {
    const file = files[Math.floor(random() * files.length)];
    if (!lines.has(file)) lines.set(file, readFileSync(file, 'utf8').split('\n'));
    const text = lines.get(file);
    // Longer files come up more often, as they hold more of the code.
    if (random() > text.length / 2000) continue;
    const at = Math.floor(random() * text.length);
    const words = [...text[at].matchAll(/[A-Za-z_]\w+/g)];
    const word = words[Math.floor(random() * words.length)];
    if (word) yield { file, line: at + 1, column: word.index + 1 };
  }
}

/** Places of names that lcad knows the definition of, with that definition's name. */
export async function sampleOf(client, repos, { samples, seed }) {
  const found = [];
  for (const place of identifiers(repos, randomFrom(seed))) {
    if (found.length === samples) return found;
    const reply = await client.request('lcad/definition', place).catch(() => null);
    const [symbol] = reply?.symbols ?? [];
    if (!symbol) continue;
    const { scope, name } = symbol;
    found.push({ place, symbol: scope === '' ? name : `${scope.split('.').at(-1)}.${name}` });
  }
  return found;
}

const methods = ['lcad/definition', 'lcad/callers', 'lcad/references', 'lcad/callees'];

/** Times of each method by place and by name, in milliseconds, each symbol for the first time and again. */
export async function queryTimes(client, sample) {
  const rows = [];
  for (const method of methods) {
    for (const by of ['place', 'name']) {
      const rounds = [];
      for (let round = 0; round < 2; round++) {
        const times = [];
        for (const { place, symbol } of sample) {
          const params = by === 'place' ? place : { symbol };
          const from = performance.now();
          await client.request(method, params).catch(() => null);
          times.push(performance.now() - from);
        }
        rounds.push({
          p50Ms: percentile(times, 0.5),
          p95Ms: percentile(times, 0.95),
          p99Ms: percentile(times, 0.99),
          maxMs: Math.max(...times),
        });
      }
      rows.push({ method, by, first: rounds[0], again: rounds[1] });
    }
  }
  return rows;
}
