/** Edges of a graph by the node that they leave: those of node `n` are at `starts[n]` to `starts[n + 1]`. */
export interface Edges {
  readonly starts: Int32Array;
  readonly targets: Int32Array;
  /** Not negative. */
  readonly weights: Float32Array;
  /**
   * Weight of leaving no edge at all but beginning anew, the same for each node: where there are few and light edges,
   * not all of the rank goes along them.
   */
  readonly restart?: number;
}

/** Share of the rank that goes on along edges; the value of Brin and Page. */
const damping = 0.85;
const mostRounds = 60;
/** Ranks that change by less than this in sum have settled. */
const settled = 1e-5;
const nodesPerStep = 2_000;

/**
 * Personalised PageRank by power iteration (S. Brin, L. Page: The Anatomy of a Large-Scale Hypertextual Web Search
 * Engine, 1998; personalised as in section 6 of L. Page et al.: The PageRank Citation Ranking, 1999). What reaches a
 * node without edges begins anew at the nodes that `teleport` names. Pure; yields often.
 *
 * @param teleport weight of each node as a beginning, not negative; all zero counts as all equal
 * @returns the rank of each node; they sum to 1
 */
export function* pageRank(
  { starts, targets, weights, restart = 0 }: Edges,
  teleport: Float32Array,
): Generator<void, Float64Array> {
  const count = teleport.length;
  const begin = normalised(teleport);
  const sums = new Float64Array(count);
  for (let node = 0; node < count; node++) {
    for (let at = starts[node] ?? 0; at < (starts[node + 1] ?? 0); at++)
      sums[node] = (sums[node] ?? 0) + (weights[at] ?? 0);
    if (node % nodesPerStep === 0) yield;
  }
  let ranks = begin.slice();
  for (let round = 0; round < mostRounds; round++) {
    const next = new Float64Array(count);
    let idle = 0;
    for (let node = 0; node < count; node++) {
      const rank = ranks[node] ?? 0;
      const sum = sums[node] ?? 0;
      if (sum === 0) idle += rank;
      else {
        idle += (rank * restart) / (sum + restart);
        const share = (damping * rank) / (sum + restart);
        for (let at = starts[node] ?? 0, end = starts[node + 1] ?? 0; at < end; at++) {
          const target = targets[at] ?? 0;
          next[target] = (next[target] ?? 0) + share * (weights[at] ?? 0);
        }
      }
      if (node % nodesPerStep === 0) yield;
    }
    const anew = 1 - damping + damping * idle;
    let change = 0;
    for (let node = 0; node < count; node++) {
      next[node] = (next[node] ?? 0) + anew * (begin[node] ?? 0);
      change += Math.abs((next[node] ?? 0) - (ranks[node] ?? 0));
    }
    ranks = next;
    yield;
    if (change < settled) break;
  }
  return ranks;
}

function normalised(weights: Float32Array): Float64Array {
  const all = Float64Array.from(weights);
  const sum = all.reduce((total, one) => total + one, 0);
  return all.map((one) => (sum > 0 ? one / sum : 1 / all.length));
}
