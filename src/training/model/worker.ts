import { parentPort, workerData } from 'node:worker_threads';
import type { EncodeTask } from './dataset.js';
import { Encoder } from './encode.js';
import { readPairs } from './pair-files.js';
import { indexIn, Survey } from './survey.js';
import { type TrainingData, type TrainingTask, TrainingThread } from './training-thread.js';
import type { Vocabulary } from './vocabulary.js';

/** Entry of the threads of the model's training. Each message is a task, answered by one message. */
const roles: Record<string, () => (task: unknown) => unknown> = {
  survey: () => {
    const survey = new Survey();
    return (task) => {
      const { file, least = 0 } = task as { file?: string; least?: number };
      return file === undefined ? survey.frequencies(least) : survey.read(file);
    };
  },
  encode: () => {
    const encoder = new Encoder((workerData as { vocabulary: Vocabulary }).vocabulary);
    return (task) => encodeFile(encoder, task as EncodeTask);
  },
  train: () => {
    const thread = new TrainingThread(workerData as TrainingData);
    return (task) => thread.epoch(task as TrainingTask);
  },
};

function encodeFile(encoder: Encoder, { file, index, lines, kinds, languages }: EncodeTask): unknown {
  let next = 0;
  const wanted = (line: number) => {
    if (lines[next] !== line) return false;
    next++;
    return true;
  };
  readPairs(
    file,
    (pair) => {
      const language = indexIn(languages, pair.language);
      const kind = indexIn(kinds, pair.kind);
      encoder.add(pair, ((kind << 24) | (language << 16) | index) >>> 0);
    },
    wanted,
  );
  return encoder.take();
}

const handle = roles[(workerData as { role: string }).role]?.();
parentPort?.on('message', (task: unknown) => parentPort?.postMessage(handle?.(task)));
