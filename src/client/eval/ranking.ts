/** How well a ranked list of files answers. All from 0 to 1. */
export interface RankingScores {
  readonly recall1: number;
  readonly recall5: number;
  readonly recall10: number;
  /** 1 / rank of the first right file; 0 if none is in the list. */
  readonly reciprocalRank: number;
  readonly ndcg10: number;
}

/**
 * Scores of a ranking against the right files, all right ones being equally good: recall, reciprocal rank, and normalised
 * discounted cumulative gain (Järvelin, Kekäläinen 2002). Pure.
 * @param ranked each entry the names under which one result is known
 */
export function scoreRanking(
  ranked: readonly (readonly string[])[],
  right: ReadonlySet<string>,
): RankingScores {
  const left = new Set(right);
  const gains = ranked.map((names) => {
    const found = names.filter((name) => left.has(name));
    for (const name of found) left.delete(name);
    return found.length;
  });
  const recall = (most: number) => Math.min(1, sum(gains.slice(0, most)) / right.size);
  const first = gains.findIndex((gain) => gain > 0);
  const ideal = sum(Array.from({ length: Math.min(10, right.size) }, (_, rank) => discount(rank)));
  const gained = sum(gains.slice(0, 10).map((gain, rank) => (gain > 0 ? discount(rank) : 0)));
  return {
    recall1: recall(1),
    recall5: recall(5),
    recall10: recall(10),
    reciprocalRank: first < 0 ? 0 : 1 / (first + 1),
    ndcg10: gained / ideal,
  };
}

function discount(rank: number): number {
  return 1 / Math.log2(rank + 2);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
