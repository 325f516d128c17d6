/** What a query's candidates look like to the fit. */
export interface Sample {
  /** One candidate after the other, `size` numbers each. */
  features: Float64Array;
  /** Whether each candidate answers the query. */
  right: boolean[];
}

/** Least and greatest value of a weight. */
export interface Bounds {
  min: number;
  max: number;
}

export interface FitOptions {
  bounds: readonly Bounds[];
  /** Strength of the L2 penalty: half of it times the sum of squares is added to the loss. */
  l2: number;
  /** Where to begin (default: zeros). */
  start?: readonly number[];
  maxSteps?: number;
}

const history = 10;
const decrease = 1e-4;
const shortestStep = 1e-10;
const longestStep = 1e3;
const tolerance = 1e-5;

/**
 * Fits the weights of a linear ranker by listwise softmax: for each right candidate the cross entropy of its score
 * against those of the wrong candidates of its query, averaged within the query, summed over queries.
 *
 * The loss is convex; it is minimised within the bounds by spectral projected gradient: Barzilai-Borwein steps,
 * projected, with a line search that need only better the worst of the last ten losses (Birgin, Martínez and Raydan,
 * SIAM J. Optim. 10(4), 2000). Pure.
 */
export function fitWeights(
  samples: readonly Sample[],
  { bounds, l2, start, maxSteps = 500 }: FitOptions,
): number[] {
  const size = bounds.length;
  const useful = samples.filter(({ right }) => right.includes(true) && right.includes(false));
  const project = (weights: readonly number[]) =>
    weights.map((weight, at) =>
      Math.min(bounds[at]?.max ?? weight, Math.max(bounds[at]?.min ?? weight, weight)),
    );
  let weights = project(start ?? new Array<number>(size).fill(0));
  let { loss, gradient } = lossOf(useful, weights, l2);
  let step = 1 / Math.max(1, ...gradient.map(Math.abs));
  const losses = [loss];
  for (let round = 0; round < maxSteps; round++) {
    const towards = project(weights.map((weight, at) => weight - step * at0(gradient, at)));
    const direction = towards.map((value, at) => value - at0(weights, at));
    const slope = dot(gradient, direction);
    if (slope > -tolerance) break;
    const next = search(useful, l2, { weights, direction, slope, worst: Math.max(...losses) });
    const moved = next.weights.map((value, at) => value - at0(weights, at));
    const bend = dot(
      moved,
      next.gradient.map((value, at) => value - at0(gradient, at)),
    );
    step = bend > 0 ? Math.min(longestStep, Math.max(shortestStep, dot(moved, moved) / bend)) : longestStep;
    ({ weights, loss, gradient } = next);
    losses.push(loss);
    if (losses.length > history) losses.shift();
  }
  return weights;
}

interface Point {
  weights: number[];
  loss: number;
  gradient: number[];
}

/** Halves the step along a direction until the loss is low enough. */
function search(
  samples: readonly Sample[],
  l2: number,
  from: { weights: readonly number[]; direction: readonly number[]; slope: number; worst: number },
): Point {
  const { direction, slope, worst } = from;
  for (let share = 1; ; share /= 2) {
    const weights = from.weights.map((weight, at) => weight + share * at0(direction, at));
    const point = { weights, ...lossOf(samples, weights, l2) };
    if (point.loss <= worst + decrease * share * slope || share < shortestStep) return point;
  }
}

/** The loss and its gradient. Pure. */
export function lossOf(
  samples: readonly Sample[],
  weights: readonly number[],
  l2: number,
): { loss: number; gradient: number[] } {
  const gradient = weights.map((weight) => l2 * weight);
  let loss = (l2 / 2) * dot(weights, weights);
  for (const sample of samples) loss += addLoss(sample, weights, gradient);
  return { loss, gradient };
}

function addLoss({ features, right }: Sample, weights: readonly number[], gradient: number[]): number {
  const scores = right.map((_, at) => scoreAt(features, at, weights));
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - highest));
  const wrong = powers.reduce((sum, power, at) => (right[at] ? sum : sum + power), 0);
  const count = right.filter(Boolean).length;
  let loss = 0;
  let pull = 0;
  for (const [at, isRight] of right.entries()) {
    if (!isRight) continue;
    const power = at0(powers, at);
    const total = power + wrong;
    loss += (Math.log(total) - (at0(scores, at) - highest)) / count;
    pull += 1 / total / count;
    addRow(gradient, features, at, (power / total - 1) / count);
  }
  for (const [at, isRight] of right.entries()) {
    if (!isRight) addRow(gradient, features, at, at0(powers, at) * pull);
  }
  return loss;
}

/** The score of a sample's candidate. Pure. */
export function scoreAt(features: Float64Array, candidate: number, weights: readonly number[]): number {
  const from = candidate * weights.length;
  let score = 0;
  for (let at = 0; at < weights.length; at++) score += (features[from + at] as number) * at0(weights, at);
  return score;
}

function addRow(gradient: number[], features: Float64Array, row: number, factor: number): void {
  const from = row * gradient.length;
  for (let at = 0; at < gradient.length; at++) {
    gradient[at] = at0(gradient, at) + factor * (features[from + at] as number);
  }
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * at0(b, at), 0);
}

const at0 = (values: readonly number[], at: number): number => values[at] as number;
