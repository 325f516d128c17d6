// Works on a store until it is killed: node store-child.mjs <store folder> <folder of streams> [fail]
// Each stream has a file `<n>` (Arrow IPC) and a file `<n>.json` (its contents: [key, chunks][]).
// Tells on stdout what it is about to do ("?") and what is done ("+" added, "-" deleted, "!" kind of error).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openFamilyStore } from '../../dist/daemon/store/family.js';

const [, , folder, input] = process.argv;
const tell = (line) => process.stdout.write(`${line}\n`);
const store = await openFamilyStore(folder);
const names = readdirSync(input).filter((name) => name.endsWith('.json'));
for (const [i, name] of names.map((one) => one.slice(0, -'.json'.length)).entries()) {
  const contents = new Map(JSON.parse(readFileSync(join(input, `${name}.json`), 'utf8')));
  if ([...contents.keys()].some((key) => store.keys.has(key))) continue;
  const keys = [...contents.keys()].join(' ');
  tell(`? ${keys}`);
  try {
    await store.addChunks([readFileSync(join(input, name))], contents);
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
  if (i % 5 === 4) await store.maintain({ force: true });
  if (i % 9 === 8) await store.maintain();
}
tell('end');
await store.close();
