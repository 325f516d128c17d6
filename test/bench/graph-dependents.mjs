import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshWord, percentile, sleep } from './processes.mjs';

/** Makes a repository in which `count` files import the same one. */
function makeDependents(root, count) {
  mkdirSync(root, { recursive: true });
  const hub = Array.from(
    { length: 20 },
    (_, at) => `export function shared${at}(value: number): number {\n  return value + ${at};\n}\n`,
  );
  writeFileSync(join(root, 'hub.ts'), hub.join('\n'));
  for (let at = 0; at < count; at++) {
    const name = `shared${at % 20}`;
    const text = `import { ${name} } from './hub.js';\n\nexport function user${at}(): number {\n  return ${name}(${at});\n}\n`;
    writeFileSync(join(root, `user${at}.ts`), text);
  }
  const identity = [
    '-c',
    'user.name=bench',
    '-c',
    'user.email=bench@example.invalid',
    '-c',
    'commit.gpgsign=false',
  ];
  for (const args of [
    ['init', '-q'],
    ['add', '-A'],
    ['commit', '-q', '-m', 'bench'],
  ]) {
    execFileSync('git', ['-C', root, ...identity, ...args]);
  }
  return hub;
}

/**
 * Times, in milliseconds, from writing a file that others depend on until its new symbol is found by name, and until
 * the definition is found where one of the dependents refers to the file.
 */
export async function dependentEdits(client, root, { dependents, edits }) {
  const hub = makeDependents(root, dependents);
  await client.request('lcad/repos/add', { path: root, wait: true }, { deadlineMs: 600_000 });
  const place = { file: join(root, 'user0.ts'), line: 4, column: 11 };
  const callers = { symbol: 'shared0', repos: [root] };
  await client.request('lcad/callers', callers);
  const symbolTimes = [];
  const definitionTimes = [];
  for (let edit = 0; edit < edits; edit++) {
    await sleep(300);
    const name = `fresh${freshWord()}`;
    const shift = '\n'.repeat(edit + 1);
    const from = performance.now();
    writeFileSync(join(root, 'hub.ts'), `${shift}${hub.join('\n')}\nexport function ${name}(): void {}\n`);
    const until = async (isThere) => {
      while (!(await isThere())) {
        if (performance.now() - from > 30_000) throw new Error('the edit was not seen');
        await sleep(2);
      }
      return performance.now() - from;
    };
    symbolTimes.push(
      await until(async () => {
        const { total } = await client.request('lcad/symbols', { name, match: 'exact' });
        return total > 0;
      }),
    );
    definitionTimes.push(
      await until(async () => {
        const { symbols } = await client.request('lcad/definition', place);
        return symbols[0]?.line === edit + 2;
      }),
    );
  }
  await client.request('lcad/repos/remove', { repo: root });
  return {
    dependents,
    symbolP50Ms: percentile(symbolTimes, 0.5),
    symbolP95Ms: percentile(symbolTimes, 0.95),
    definitionP50Ms: percentile(definitionTimes, 0.5),
    definitionP95Ms: percentile(definitionTimes, 0.95),
  };
}
