#!/usr/bin/env node
// Measures how many tokens it takes until the file that answers a question is in the prompt.
//
//   node test/bench/tokens.mjs --queries FILE --repos FOLDER [--limit N] [--every N] [--json]
//
// FILE holds annotated queries, one line of JSON each, and FOLDER their repositories, as for `npm run eval:retrieval`.
// A file counts as there once any line of it is in the prompt, and the prompt, all of it, takes no more tokens by
// cl100k_base than the budget; lcad's own count errs on the safe side. Stricter: at least ten lines of the file that are
// not blank, or all it has; and the annotated lines themselves, for the questions whose answer has some. Beside
// lcad/context: what an agent with ripgrep does. It looks for each word of the question, and reads the files whole,
// those with the most of the words first.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { rgPath } from '@vscode/ripgrep';
import { Tiktoken } from 'js-tiktoken/lite';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import { OwnDaemon } from '../../dist/training/eval/daemon.js';
import { subjectsOf } from '../../dist/training/eval/folders.js';
import { readQueries } from '../../dist/training/eval/queries.js';
import { samePath } from '../../dist/training/eval/score.js';
import { percentile } from './processes.mjs';

const budgets = [500, 1000, 2000, 4000, 8000];
/** Lines of a file that show more than that it exists. */
const telling = 10;
const encoding = new Tiktoken(cl100k);
const note = (text) => process.stderr.write(`${text}\n`);

const { values: options } = parseArgs({
  options: {
    queries: { type: 'string' },
    repos: { type: 'string' },
    limit: { type: 'string' },
    every: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (options.help || !options.queries || !options.repos) {
  console.log(
    'Usage: node test/bench/tokens.mjs --queries FILE --repos FOLDER [--limit N] [--every N] [--json]\n\n' +
      'Measures in which share of the questions the relevant file is in the prompt, by tokens.',
  );
  process.exit(options.help ? 0 : 2);
}

const signal = AbortSignal.timeout(3_600_000);
const every = Number(options.every ?? 1);
const queries = readQueries(options.queries)
  .filter((_query, at) => at % every === 0)
  .slice(0, Number(options.limit ?? Number.POSITIVE_INFINITY));
const subjects = subjectsOf(queries, resolve(options.repos), false);

const daemon = await OwnDaemon.start(undefined);
const outcomes = [];
try {
  for (const { repo, folder, prefix, queries: asked } of subjects) {
    const { id } = await daemon.index(folder, signal, () => {});
    note(`${repo}: ${asked.length} questions`);
    for (const query of asked) {
      const contexts = [];
      // One after the other, for their times.
      for (const tokens of budgets) contexts.push(await contextFor(id, folder, prefix, query, tokens));
      outcomes.push({
        contexts,
        annotated: isAnnotated(query),
        reads: await ripgrepAndRead(folder, prefix, query),
      });
    }
  }
} finally {
  await daemon.end();
}
report();

function isWanted({ relevant }, path) {
  return relevant.some((target) => samePath(target.path, path));
}

function isAnnotated({ relevant }) {
  return relevant.some(({ start_line: from }) => from != null);
}

async function contextFor(repo, folder, prefix, query, tokens) {
  const from = performance.now();
  const { prompt, snippets } = await daemon.connection.request('lcad/context', {
    question: query.query,
    tokens,
    repos: [repo],
  });
  const ms = performance.now() - from;
  for (const { path, text } of snippets) {
    if (!prompt.includes(text)) throw new Error(`The prompt lacks what it is said to have of ${path}.`);
  }
  const counted = encoding.encode(prompt, [], []).length;
  const own = counted > tokens ? [] : snippets.filter(({ path }) => isWanted(query, prefix + path));
  return {
    found: own.length > 0,
    telling: own.length > 0 && linesOf(own) >= Math.min(telling, linesIn(join(folder, own[0].path))),
    annotated: own.some((snippet) => showsAnnotated(query, snippet)),
    files: new Set(snippets.map(({ path }) => path)).size,
    counted,
    ms,
  };
}

function countLines(text) {
  return text.split('\n').filter((line) => line.trim() !== '').length;
}

function linesOf(snippets) {
  return snippets.reduce((sum, { text }) => sum + countLines(text), 0);
}

function linesIn(path) {
  return countLines(readFileSync(path, 'utf8'));
}

/** Whether one of the lines that answer is shown. */
function showsAnnotated({ relevant }, { startLine, endLine }) {
  return relevant.some(
    ({ start_line: from, end_line: to }) => from != null && startLine <= to && endLine >= from,
  );
}

/** For each budget, whether the relevant file was read within it. */
async function ripgrepAndRead(folder, prefix, query) {
  const words = new Set(query.query.toLowerCase().match(/[\p{L}\p{N}_]{3,}/gu) ?? []);
  const counts = new Map();
  for (const word of words) {
    for (const path of await filesWith(folder, word)) counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  const ranked = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  let read = 0;
  for (const [path] of ranked) {
    if (read <= budgets.at(-1)) read += encoding.encode(readFileSync(path, 'utf8'), [], []).length;
    if (isWanted(query, prefix + relative(folder, path))) return budgets.map((budget) => read <= budget);
  }
  return budgets.map(() => false);
}

async function filesWith(folder, word) {
  const flags = ['--files-with-matches', '--fixed-strings', '--ignore-case', '--no-messages', '--', word];
  try {
    const { stdout } = await promisify(execFile)(rgPath, [...flags, folder], { maxBuffer: 1 << 26 });
    return stdout.split('\n').filter(Boolean);
  } catch (error) {
    // ripgrep ends with 1 when nothing matches.
    if (error.code === 1) return [];
    throw error;
  }
}

function report() {
  const rows = budgets.map((tokens, at) => {
    const contexts = outcomes.map((one) => one.contexts[at]);
    const times = contexts.map(({ ms }) => ms);
    return {
      tokens,
      context: share(contexts, ({ found }) => found),
      telling: share(contexts, (one) => one.telling),
      annotated: share(
        outcomes.filter(({ annotated }) => annotated),
        (one) => one.contexts[at].annotated,
      ),
      ripgrep: share(outcomes, ({ reads }) => reads[at]),
      files: contexts.reduce((sum, { files }) => sum + files, 0) / contexts.length,
      counted: contexts.reduce((sum, { counted }) => sum + counted, 0) / contexts.length,
      most: Math.max(...contexts.map(({ counted }) => counted)),
      p50: percentile(times, 0.5),
      p95: percentile(times, 0.95),
    };
  });
  if (options.json) {
    const annotated = outcomes.filter((one) => one.annotated).length;
    console.log(JSON.stringify({ questions: outcomes.length, annotated, budgets: rows }));
    return;
  }
  console.log(`${outcomes.length} questions\n`);
  printTable([
    [
      'budget',
      'in context',
      '10 lines',
      'annotated',
      'ripgrep + read',
      'files',
      'tokens, mean',
      'tokens, most',
      'p50 ms',
      'p95 ms',
    ],
    ...rows.map(({ tokens, context, telling, annotated, ripgrep, files, counted, most, p50, p95 }) => [
      String(tokens),
      context.toFixed(3),
      telling.toFixed(3),
      annotated.toFixed(3),
      ripgrep.toFixed(3),
      files.toFixed(1),
      counted.toFixed(0),
      String(most),
      p50.toFixed(1),
      p95.toFixed(1),
    ]),
  ]);
}

function printTable(rows) {
  const widths = rows[0].map((_cell, at) => Math.max(...rows.map((row) => row[at].length)));
  for (const row of rows) console.log(row.map((cell, at) => cell.padStart(widths[at])).join('  '));
}

function share(all, is) {
  return all.filter(is).length / all.length;
}
