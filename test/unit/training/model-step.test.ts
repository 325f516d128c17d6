import { describe, expect, test } from 'vitest';
import { pairNumbers } from '../../../src/training/model/dataset-files.js';
import type { Augmentation } from '../../../src/training/model/group.js';
import { allocateMemory, loadKernels } from '../../../src/training/model/kernels.js';
import { Arena, groupSize, parameterAddresses } from '../../../src/training/model/memory.js';
import { Random } from '../../../src/training/model/random.js';
import { Stepper } from '../../../src/training/model/step.js';

const none: Augmentation = {
  crop: 0,
  cropLeast: 4,
  cropMost: 10,
  drop: 0,
  dropWords: 0,
  path: 0,
  pathCount: 3,
  pathOnly: 0,
  neighbour: 0,
};

describe('the kernels', () => {
  const memory = allocateMemory(1 << 20);
  const kernels = loadKernels(memory);
  const random = new Random(1);
  const floats = (at: number, count: number) => new Float32Array(memory.buffer, at, count);

  function filled(at: number, count: number): Float32Array {
    const view = floats(at, count);
    for (let index = 0; index < count; index++) view[index] = 2 * random.next() - 1;
    return view;
  }

  test('multiply and turn matrices', () => {
    const [m, n, k] = [6, 32, 10];
    const a = filled(0, m * k);
    const b = filled(4096, k * n);
    const c = floats(8192, m * n);
    kernels.multiply(0, 4096, 8192, m, n, k, 16_384);
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < n; column++) {
        let sum = 0;
        for (let at = 0; at < k; at++) sum += (a[row * k + at] as number) * (b[at * n + column] as number);
        expect(c[row * n + column]).toBeCloseTo(sum, 5);
      }
    }
    kernels.transpose(0, 8192, m, k);
    for (let row = 0; row < m; row++) {
      for (let column = 0; column < k; column++) expect(c[column * m + row]).toBe(a[row * k + column]);
    }
  });

  test('take exponentials with the sums of rows and columns', () => {
    const n = 8;
    const cosines = [...filled(0, n * n)];
    floats(0, n * n)[5] = cosines[5] = -1e9;
    kernels.exponentials(0, n, 14, 8192, 9216);
    const wanted = cosines.map((cosine) => Math.exp(Math.max(-80, (cosine - 1) * 14)));
    for (const [at, value] of floats(0, n * n).entries()) {
      expect(value / (wanted[at] as number)).toBeCloseTo(1, 5);
    }
    for (let row = 0; row < n; row++) {
      const across = wanted.slice(row * n, row * n + n).reduce((a, b) => a + b, 0);
      const down = wanted.filter((_value, at) => at % n === row).reduce((a, b) => a + b, 0);
      expect((floats(8192, n)[row] as number) / across).toBeCloseTo(1, 5);
      expect((floats(9216, n)[row] as number) / down).toBeCloseTo(1, 5);
    }
  });
});

describe('a step of training', () => {
  const words = 40;
  const size = { rows: words + 10, dimensions: 16 };
  const rootRows = Int32Array.from({ length: words }, (_, word) =>
    word % 4 === 0 ? -1 : words + (word % 10),
  );

  /** Pairs with random tokens, and a stepper on random parameters. */
  function prepare() {
    const random = new Random(7);
    const tokens: number[] = [];
    const pairs = new Uint32Array(groupSize * pairNumbers);
    for (let pair = 0; pair < groupSize; pair++) {
      const first = tokens.length;
      const add = (count: number) => {
        for (let at = 0; at < count; at++)
          tokens.push(((1 + random.below(3)) << 20) | random.below(size.rows));
      };
      add(3);
      add(5);
      pairs.set([first, 3, 5, 0, pair % 500, pair, 0, 0], pair * pairNumbers);
    }
    const at = parameterAddresses(size);
    const memory = allocateMemory(at.end + Arena.bytes(size));
    const values = new Float32Array(memory.buffer, at.values, size.rows * size.dimensions);
    for (let index = 0; index < values.length; index++) values[index] = random.next() - 0.5;
    const logWeights = new Float32Array(memory.buffer, at.logWeights, size.rows);
    for (let row = 0; row < size.rows; row++) logWeights[row] = random.next() - 0.5;
    const settings = {
      temperature: 0.2,
      weightRate: 1,
      adam: { beta1: 0.5, beta2: 0.5, epsilon: 1e-8 },
    };
    const dataset = { pairs, tokens: Uint32Array.from(tokens) };
    const stepper = new Stepper(memory, at.end, size, dataset, rootRows, settings);
    const means = new Float32Array(memory.buffer, at.means, values.length);
    const logMeans = new Float32Array(memory.buffer, at.logMeans, size.rows);
    const group = Uint32Array.from({ length: groupSize }, (_, pair) => pair);
    const lossAt = () => stepper.train(group, random, none, 0, 1);
    const clearMoments = () => {
      means.fill(0);
      logMeans.fill(0);
    };
    return { stepper, values, logWeights, means, logMeans, group, random, lossAt, clearMoments };
  }

  test('has the gradient of its loss, by vectors and by weights', () => {
    const { values, logWeights, means, logMeans, lossAt, clearMoments } = prepare();
    lossAt();
    // The first mean of Adam is half of the gradient, with beta1 = 1/2.
    const gradient = Float32Array.from(means, (mean) => 2 * mean);
    const weightGradient = Float32Array.from(logMeans, (mean) => 2 * mean);
    const largest = Math.max(...gradient.map(Math.abs));
    const slope = (parameters: Float32Array, at: number) => {
      const before = parameters[at] as number;
      const step = 0.02;
      const [above, below] = [before + step, before - step].map((value) => {
        parameters[at] = value;
        clearMoments();
        return lossAt();
      }) as [number, number];
      parameters[at] = before;
      return (above - below) / (2 * step);
    };
    for (let row = 0; row < size.rows; row += 3) {
      const at = row * size.dimensions + (row % size.dimensions);
      expect(Math.abs(slope(values, at) - (gradient[at] as number))).toBeLessThan(0.03 * largest);
      expect(Math.abs(slope(logWeights, row) - (weightGradient[row] as number))).toBeLessThan(0.03 * largest);
    }
  });

  test('brings the loss down and the ranks up', () => {
    const { stepper, group, random } = prepare();
    const before = stepper.meanReciprocalRank(group, random);
    const losses: number[] = [];
    for (let step = 1; step <= 60; step++) losses.push(stepper.train(group, random, none, 0.02, step));
    expect(losses.at(-1)).toBeLessThan(0.8 * (losses[0] as number));
    expect(stepper.meanReciprocalRank(group, random)).toBeGreaterThan(3 * before);
  });
});
