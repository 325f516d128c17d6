import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Progress } from '../progress.js';
import type { Settings } from '../settings.js';
import { type Dataset, pairNumbers, writeDataset } from './dataset-files.js';
import { pairFiles } from './pair-files.js';
import { type PairTable, type SelectionRules, select } from './selection.js';
import { type FileSurvey, indexIn } from './survey.js';
import { Threads } from './threads.js';
import { chooseVocabulary, type Vocabulary } from './vocabulary.js';

/** What a file's pairs are encoded by, in a thread. */
export interface EncodeTask {
  file: string;
  /** Index of the file, which stands for its package. */
  index: number;
  /** Lines to take, ascending. */
  lines: Uint32Array;
  kinds: string[];
  languages: string[];
}

export interface DatasetOptions extends Settings {
  pairs: number;
  words: number;
  roots: number;
  balance: number;
}

/** Where a data set lies in a folder of work. */
export const datasetFolder = (work: string) => join(work, 'dataset');

const defaults = { pairs: 1_200_000, words: 40_000, roots: 30_000, balance: 0.6 };
const rules: Omit<SelectionRules, 'wanted' | 'seed' | 'balance'> = {
  perFile: 40_000,
  rates: {},
  repeats: { name: 8, other: 2 },
};
/** Terms in fewer texts are no candidates for the vocabulary. */
const leastTexts = 4;

export function define(program: Command): void {
  program
    .command('dataset')
    .description('Chooses pairs and a vocabulary, and turns the pairs into tokens.')
    .option('--pairs <number>', 'pairs to choose', Number, defaults.pairs)
    .option('--words <number>', 'words of the vocabulary', Number, defaults.words)
    .option('--roots <number>', 'roots of the vocabulary', Number, defaults.roots)
    .option(
      '--balance <power>',
      'how a language with n pairs is drawn: n to this power',
      Number,
      defaults.balance,
    )
    .action((_options, command: Command) => makeDataset(command.optsWithGlobals<DatasetOptions>()));
}

export function run(settings: Settings): Promise<void> {
  return makeDataset({ ...defaults, ...settings });
}

async function makeDataset(options: DatasetOptions): Promise<void> {
  const files = pairFiles(options.work);
  const { surveys, frequencies } = await surveyAll(files, options.threads);
  const kinds: string[] = [];
  const languages: string[] = [];
  const table = tableOf(surveys, kinds, languages);
  const chosen = select(table, kinds, {
    ...rules,
    wanted: options.pairs,
    balance: options.balance,
    seed: options.seed,
  });
  report(table, chosen, kinds, languages);
  const vocabulary = chooseVocabulary(frequencies, options);
  const tasks = tasksOf(files, table, chosen, kinds, languages);
  const parts = await encodeAll(tasks, vocabulary, options.threads);
  const folder = datasetFolder(options.work);
  mkdirSync(folder, { recursive: true });
  writeDataset(folder, joined(parts), vocabulary);
}

async function surveyAll(files: readonly string[], threads: number) {
  const pool = new Threads(threads, { role: 'survey' });
  const progress = new Progress('Pairs surveyed, files', files.length);
  const surveys: FileSurvey[] = [];
  let done = 0;
  try {
    await pool.run<{ file: string }, FileSurvey>(
      files.map((file) => ({ file })),
      (survey, _task, index) => {
        surveys[index] = survey;
        progress.update(++done);
      },
    );
    const frequencies = new Map<string, number>();
    for (const counts of await pool.all<Map<string, number>>({ least: leastTexts })) {
      for (const [term, count] of counts) frequencies.set(term, (frequencies.get(term) ?? 0) + count);
    }
    return { surveys, frequencies };
  } finally {
    progress.stop();
    await pool.stop();
  }
}

/** One table of all files' pairs, with the same names for kinds and languages. */
function tableOf(surveys: readonly FileSurvey[], kinds: string[], languages: string[]): PairTable {
  const count = surveys.reduce((sum, { kind }) => sum + kind.length, 0);
  const table: PairTable = {
    file: new Uint32Array(count),
    kind: new Uint8Array(count),
    language: new Uint8Array(count),
    query: new Uint32Array(count),
    document: new Uint32Array(count),
  };
  let at = 0;
  for (const [file, survey] of surveys.entries()) {
    const kindOf = survey.kinds.map((kind) => indexIn(kinds, kind));
    const languageOf = survey.languages.map((language) => indexIn(languages, language));
    table.file.fill(file, at, at + survey.kind.length);
    table.kind.set(
      survey.kind.map((kind) => kindOf[kind] as number),
      at,
    );
    table.language.set(
      survey.language.map((language) => languageOf[language] as number),
      at,
    );
    table.query.set(survey.query, at);
    table.document.set(survey.document, at);
    at += survey.kind.length;
  }
  return table;
}

function report(table: PairTable, chosen: Uint32Array, kinds: string[], languages: string[]): void {
  process.stderr.write(`${chosen.length} of ${table.file.length} pairs chosen\n`);
  for (const [names, column] of [
    [kinds, table.kind],
    [languages, table.language],
  ] as const) {
    const all = new Array<number>(names.length).fill(0);
    const taken = new Array<number>(names.length).fill(0);
    for (const index of column) all[index] = (all[index] as number) + 1;
    for (const pair of chosen) {
      const index = column[pair] as number;
      taken[index] = (taken[index] as number) + 1;
    }
    const lines = names.map((name, index) => `${name} ${taken[index]}/${all[index]}`);
    process.stderr.write(`  ${lines.join(', ')}\n`);
  }
}

function tasksOf(
  files: readonly string[],
  table: PairTable,
  chosen: Uint32Array,
  kinds: string[],
  languages: string[],
): EncodeTask[] {
  const lines = files.map((): number[] => []);
  const firsts = files.map((_file, index) => table.file.indexOf(index));
  for (const pair of chosen) {
    const file = table.file[pair] as number;
    lines[file]?.push(pair - (firsts[file] as number));
  }
  const tasks = files.map((file, index) => {
    return { file, index, lines: Uint32Array.from(lines[index] ?? []), kinds, languages };
  });
  return tasks.filter((task) => task.lines.length > 0);
}

async function encodeAll(tasks: EncodeTask[], vocabulary: Vocabulary, threads: number): Promise<Dataset[]> {
  const pool = new Threads(threads, { role: 'encode', vocabulary });
  const progress = new Progress('Pairs encoded, files', tasks.length);
  const parts: Dataset[] = [];
  let done = 0;
  try {
    await pool.run<EncodeTask, Dataset>(tasks, (part, _task, index) => {
      parts[index] = part;
      progress.update(++done);
    });
    return parts;
  } finally {
    progress.stop();
    await pool.stop();
  }
}

/** The same parts, with first tokens that count through all of them. */
function joined(parts: readonly Dataset[]): readonly Dataset[] {
  let tokens = 0;
  for (const part of parts) {
    for (let at = 0; at < part.pairs.length; at += pairNumbers)
      part.pairs[at] = (part.pairs[at] as number) + tokens;
    tokens += part.tokens.length;
  }
  return parts;
}
