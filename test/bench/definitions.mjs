#!/usr/bin/env node
// How many of the definitions that Universal Ctags finds are in the outlines of the same files, by kind.
//
//   npm run build && node test/bench/definitions.mjs [--missing N] python|c PATH…
//
// A definition is found if the outline has one of its name at its line. --missing lists the first N that are not.
// Ends with 1 if fewer than 98% of functions and classes are found.
import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decode } from '../../dist/workers/decode.js';
import { detectLanguage } from '../../dist/workers/languages.js';
import { outlineText } from '../../dist/workers/outline/outline-text.js';

/** Kinds of ctags by language, and which of them are functions or what a class is there. */
const compared = {
  python: { ctags: 'Python', kinds: 'cfm', files: /\.py$/, main: ['class', 'function', 'member'] },
  c: {
    ctags: 'C',
    kinds: 'fsugtd',
    files: /\.[ch]$/,
    main: ['function', 'struct', 'union', 'enum'],
  },
};
const maxBytes = 1_000_000;
const wanted = 0.98;

const { values, positionals } = parseArgs({
  options: { missing: { type: 'string', default: '0' } },
  allowPositionals: true,
});
const [language = '', ...paths] = positionals;
const setting = compared[language];
if (!setting || paths.length === 0) {
  console.error('Usage: node test/bench/definitions.mjs [--missing N] python|c PATH…');
  process.exit(2);
}

function* filesIn(folder) {
  for (const entry of readdirSync(folder, { recursive: true }).sort()) {
    const path = join(folder, entry);
    if (!setting.files.test(entry) || path.includes('/.git/')) continue;
    const stat = lstatSync(path);
    if (stat.isFile() && stat.size > 0 && stat.size <= maxBytes) yield path;
  }
}

/** Tags by path: { name, line, kind }. */
function tagsOf(files) {
  const args = [
    '--quiet',
    '--options=NONE',
    '--output-format=json',
    '--fields=NFnKP',
    `--languages=${setting.ctags}`,
  ];
  if (language === 'c') args.push('--langmap=C:.c.h');
  args.push(`--kinds-${setting.ctags}=${setting.kinds}`, '-L', '-', '-f', '-');
  const text = execFileSync('ctags', args, { input: files.join('\n'), encoding: 'utf8', maxBuffer: 2 ** 31 });
  const tags = new Map();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const { _type, name, path, line: at, kind } = JSON.parse(line);
    // Names that ctags makes up for what has none.
    if (_type !== 'tag' || name.startsWith('__anon')) continue;
    if (!tags.has(path)) tags.set(path, []);
    tags.get(path).push({ name, line: at, kind });
  }
  return tags;
}

const files = paths.flatMap((path) => [...filesIn(path)]);
const tags = tagsOf(files);
const counts = new Map();
const missing = [];
let extra = 0;
for (const [path, list] of tags) {
  const bytes = readFileSync(path);
  if (detectLanguage(path, bytes.subarray(0, 16_384)) !== language) continue;
  const { outline } = await outlineText(language, decode(bytes), 60_000);
  const known = new Set(outline.definitions.map(({ name, line }) => `${name}:${line}`));
  const told = new Set(list.map(({ name, line }) => `${name}:${line}`));
  const isMain = ({ kind }) => ['function', 'method', 'class', 'struct', 'enum'].includes(kind);
  extra += outline.definitions.filter((one) => isMain(one) && !told.has(`${one.name}:${one.line}`)).length;
  for (const { name, line, kind } of list) {
    const count = counts.get(kind) ?? { found: 0, all: 0 };
    counts.set(kind, count);
    count.all++;
    if (known.has(`${name}:${line}`)) count.found++;
    else missing.push(`${kind} ${name} ${path}:${line}`);
  }
}

const share = ({ found, all }) => `${((100 * found) / Math.max(all, 1)).toFixed(2)}% of ${all}`;
for (const [kind, count] of counts) console.log(`${kind.padEnd(10)} ${share(count)}`);
const main = { found: 0, all: 0 };
for (const kind of setting.main) {
  main.found += counts.get(kind)?.found ?? 0;
  main.all += counts.get(kind)?.all ?? 0;
}
console.log(`functions and classes: ${share(main)}, in ${files.length} files`);
console.log(`functions and classes of outlines that ctags has not: ${extra}`);
for (const line of missing.slice(0, Number(values.missing))) console.log(line);
process.exitCode = main.found >= wanted * main.all ? 0 : 1;
