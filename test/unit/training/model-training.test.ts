import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadModel } from '../../../src/shared/model/load.js';
import { modelOf } from '../../../src/shared/model/static-model.js';
import * as dataset from '../../../src/training/model/dataset.js';
import { readDataset, readVocabulary } from '../../../src/training/model/dataset-files.js';
import { Random } from '../../../src/training/model/random.js';
import * as train from '../../../src/training/model/train.js';
import * as write from '../../../src/training/model/write.js';
import { defineSettings } from '../../../src/training/settings.js';

/** Words for questions and words for code that mean the same; no word is in two rows or on both sides. */
const topics = [
  ['password login account', 'bcrypt credential verify hash'],
  ['picture photo colour', 'canvas pixel bitmap rgba'],
  ['sound music volume', 'audio decibel waveform mixer'],
  ['network download website', 'socket fetch http url'],
  ['sort order rank', 'compare swap pivot heap'],
  ['calendar holiday month', 'timestamp epoch utc timezone'],
].map(([asked, code]) => ({ asked: asked?.split(' ') ?? [], code: code?.split(' ') ?? [] }));

let work: string;
const out = () => join(work, 'model.safetensors');

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'lcad-training-'));
  mkdirSync(join(work, 'pairs'));
  const random = new Random(5);
  const pick = (words: string[], count: number) =>
    Array.from({ length: count }, () => words[random.below(words.length)] as string).join(' ');
  for (const [file, language] of [
    ['one', 'go'],
    ['two', 'java'],
  ] as const) {
    const lines = Array.from({ length: 900 }, (_, number) => {
      const topic = topics[number % topics.length] as (typeof topics)[number];
      const query = `${pick(topic.asked, 2)} q${random.below(300)}`;
      const document = `${pick(topic.code, 3)} d${random.below(300)} e${number}`;
      return JSON.stringify({
        kind: 'doc',
        query,
        document,
        path: 'src',
        language,
        hash: `${file}${number}`,
      });
    });
    writeFileSync(join(work, 'pairs', `${file}.jsonl`), `${lines.join('\n')}\n`);
  }
  await trainModel('dataset', '--words', '2000', '--roots', '100');
  await trainModel('train', '--epochs', '70', '--dimensions', '32', '--rate', '0.02');
  await trainModel('write', '--out', out());
}, 120_000);

afterAll(() => rmSync(work, { recursive: true, force: true }));

async function trainModel(...words: string[]): Promise<void> {
  const program = new Command('train:model').exitOverride();
  defineSettings(program);
  for (const step of [dataset, train, write]) step.define(program);
  await program.parseAsync([...words, '--work', work, '--threads', '2', '--seed', '3'], { from: 'user' });
}

describe('training a model', () => {
  test('keeps the pairs as tokens of the vocabulary', () => {
    const { pairs, tokens } = readDataset(join(work, 'dataset'));
    const { words } = readVocabulary(join(work, 'dataset'));
    expect(pairs.length / 8).toBeGreaterThan(1500);
    const [first = 0, queryTokens = 0] = pairs;
    const query = [...tokens.subarray(first, first + queryTokens)].map((token) => words[token & 0xfffff]);
    const topic = topics.find(({ asked }) => asked.includes(query[0] as string));
    expect(topic?.asked).toContain(query[0]);
  });

  test('brings questions and code together that share no word', () => {
    const model = modelOf(loadModel(out()));
    const vector = (column: string) => {
      const found = new Float32Array(model.dimensions);
      expect(model.embed(column, found)).toBe(true);
      return found;
    };
    const codes = topics.map(({ code }) => vector(code.join(' ')));
    for (const [index, { asked }] of topics.entries()) {
      const question = vector(asked.join(' '));
      const similarities = codes.map((code) =>
        code.reduce((sum, x, at) => sum + x * (question[at] as number), 0),
      );
      expect(similarities.indexOf(Math.max(...similarities))).toBe(index);
    }
  });

  test('states in the file how it was made', () => {
    const header = readFileSync(out()).toString('utf8', 8, 2000);
    expect(header).toContain('heldOutMrr10');
    expect(header).toContain('"pairs"');
  });

  test('does not train again what is trained', async () => {
    const checkpoint = join(work, 'dataset', 'checkpoint.bin');
    const before = statSync(checkpoint).mtimeMs;
    await trainModel('train', '--epochs', '70', '--dimensions', '32', '--rate', '0.02');
    expect(statSync(checkpoint).mtimeMs).toBe(before);
  });

  test('says what is missing where there are no pairs', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'lcad-training-'));
    try {
      const program = new Command().exitOverride();
      defineSettings(program);
      dataset.define(program);
      const run = program.parseAsync(['dataset', '--work', empty], { from: 'user' });
      await expect(run).rejects.toMatchObject({ kind: 'USAGE', message: expect.stringContaining(empty) });
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
  });
});
