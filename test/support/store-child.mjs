// Works on a store until it is killed: node store-child.mjs <store folder> <folder of streams> [fail]
// Each stream has a file `<n>` (Arrow IPC) and a file `<n>.json` (its contents: [key, chunks, packed terms in base64][]). Each chunk gets a vector
// of "model", of two dimensions.
// Tells on stdout what it is about to do ("?") and what is done ("+" added, "-" deleted, "!" kind of error).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openFamilyStore } from '../../dist/daemon/store/family.js';

/** Vectors of all chunks of some contents, all of them alike. */
function vectorsOf(contents) {
  const ids = [...contents].flatMap(([key, count]) =>
    Array.from({ length: count }, (_, ord) => ({ key, ord })),
  );
  return {
    ids,
    values: new Int8Array(ids.length * 2).fill(127),
    scales: new Float32Array(ids.length).fill(1 / Math.hypot(127, 127)),
  };
}

const [, , folder, input] = process.argv;
const tell = (line) => process.stdout.write(`${line}\n`);
const store = await openFamilyStore(folder);
const vectors = await store.vectors('model', 2);
const names = readdirSync(input).filter((name) => name.endsWith('.json'));
for (const [i, name] of names.map((one) => one.slice(0, -'.json'.length)).entries()) {
  const told = JSON.parse(readFileSync(join(input, `${name}.json`), 'utf8'));
  const contents = new Map(told.map(([key, count]) => [key, count]));
  const parts = new Map(
    told.map(([key, , terms]) => [key, { outline: new Uint8Array(), terms: Buffer.from(terms, 'base64') }]),
  );
  if ([...contents.keys()].some((key) => store.keys.has(key))) continue;
  const keys = [...contents.keys()].join(' ');
  tell(`? ${keys}`);
  try {
    await Promise.all([
      store.addChunks([readFileSync(join(input, name))], contents, parts),
      vectors.add(vectorsOf(contents)),
    ]);
    tell(`+ ${keys}`);
  } catch (error) {
    tell(`! ${error.kind}`);
    continue;
  }
  if (i % 4 === 3) {
    tell(`~ ${keys}`);
    await store.deleteContents([...contents.keys()]);
    tell(`- ${keys}`);
  }
  if (i % 5 === 4) await store.maintain();
  if (i % 9 === 8) await store.maintain();
  if (i % 7 === 6) await vectors.scan(Float32Array.of(1, 0));
}
tell('end');
await store.close();
