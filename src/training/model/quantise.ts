/** Numbers of four bits with one scale a row, packed as `ModelFile` wants them. */
export interface QuantisedRows {
  rows: Uint8Array;
  scales: Float32Array;
}

/** Largest number of four bits with a sign; -8 is not used, so that both directions are alike. */
const largestStep = 7;
/** Shares of a row's largest value that are tried as the end of the scale. */
const trials = Array.from({ length: 26 }, (_, index) => 0.5 + index * 0.02);

/**
 * Rounds rows to four bits. Each row's scale is the one of some tried that leaves the least squared error: cutting off
 * the few largest values makes the steps of all others finer.
 *
 * @param values rows one after the other, `dimensions` numbers each
 * @param weights one a row: becomes part of its scale
 */
export function quantiseRows(values: Float32Array, dimensions: number, weights: Float32Array): QuantisedRows {
  const count = weights.length;
  const rows = new Uint8Array((count * dimensions) / 2);
  const scales = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    const from = row * dimensions;
    const step = bestStep(values.subarray(from, from + dimensions));
    scales[row] = step * (weights[row] as number);
    for (let pair = 0; pair < dimensions / 2; pair++) {
      const low = stepsOf(values[from + 2 * pair] as number, step) + 8;
      const high = stepsOf(values[from + 2 * pair + 1] as number, step) + 8;
      rows[from / 2 + pair] = low | (high << 4);
    }
  }
  return { rows, scales };
}

function bestStep(row: Float32Array): number {
  let largest = 0;
  for (const value of row) largest = Math.max(largest, Math.abs(value));
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const share of trials) {
    const step = (largest * share) / largestStep;
    let error = 0;
    for (const value of row) error += (value - step * stepsOf(value, step)) ** 2;
    if (error < least) {
      least = error;
      best = step;
    }
  }
  return best;
}

function stepsOf(value: number, step: number): number {
  return step === 0 ? 0 : Math.max(-largestStep, Math.min(largestStep, Math.round(value / step)));
}
