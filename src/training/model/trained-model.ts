import { LcadError } from '../../shared/errors.js';
import { expand } from '../../shared/model/load.js';
import { readVocabulary } from './dataset-files.js';
import { readTrained, type TrainedModel } from './parameters.js';
import type { Vocabulary } from './vocabulary.js';

/** The trained model in a data set's folder, with its vocabulary. @throws USAGE if there is none */
export function trainedIn(folder: string): { vocabulary: Vocabulary; trained: TrainedModel } {
  const vocabulary = readVocabulary(folder);
  const trained = readTrained(folder, vocabulary.words.length + vocabulary.roots.length);
  if (trained === null) {
    throw new LcadError('USAGE', `There is no trained model in ${folder}.`, { next: 'Train one first.' });
  }
  return { vocabulary, trained };
}

/** The model as trained, before it is rounded to four bits, in memory as `loadModel` gives it. */
export function unrounded(folder: string): SharedArrayBuffer {
  const { vocabulary, trained } = trainedIn(folder);
  const { dimensions, values, logWeights } = trained;
  return expand({ id: 'unrounded', dimensions, ...vocabulary }, (sum, row) => {
    const weight = Math.exp(logWeights[row] as number);
    for (let at = 0; at < dimensions; at++) {
      sum[at] = (sum[at] as number) + weight * (values[row * dimensions + at] as number);
    }
  });
}
