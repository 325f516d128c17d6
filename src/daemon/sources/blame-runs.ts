/** Lines in a row that one commit was the last to change. */
export interface BlameRun {
  readonly startLine: number;
  readonly endLine: number;
  /** Null: not committed yet. */
  readonly commit: string | null;
  /** YYYY-MM-DD in the author's time zone. */
  readonly day: string;
  readonly author: string;
  readonly subject: string;
}

/**
 * Reads the output of `git blame --incremental`: entries in any order, each `<commit> <old line> <line> <lines>`, with
 * what is known of the commit where it comes first, and ended by its `filename`. Pure.
 *
 * @returns in the order of the lines, neighbours of one commit as one
 */
export function blameRuns(output: string): BlameRun[] {
  const commits = new Map<string, Map<string, string>>();
  const entries: { commit: string; start: number; count: number }[] = [];
  let current = new Map<string, string>();
  for (const line of output.split('\n')) {
    const head = /^([0-9a-f]{40,64}) \d+ (\d+) (\d+)$/.exec(line);
    if (head) {
      const [, commit = '', start, count] = head;
      current = commits.get(commit) ?? new Map<string, string>();
      commits.set(commit, current);
      entries.push({ commit, start: Number(start), count: Number(count) });
    } else {
      const space = line.indexOf(' ');
      if (space > 0) current.set(line.slice(0, space), line.slice(space + 1));
    }
  }
  const runs: BlameRun[] = [];
  for (const { commit, start, count } of entries.sort((a, b) => a.start - b.start)) {
    const run = runOf(commit, start, count, commits.get(commit) ?? new Map());
    const before = runs.at(-1);
    if (before && before.commit === run.commit && before.endLine === start - 1)
      runs[runs.length - 1] = { ...before, endLine: run.endLine };
    else runs.push(run);
  }
  return runs;
}

function runOf(commit: string, start: number, count: number, known: ReadonlyMap<string, string>): BlameRun {
  return {
    startLine: start,
    endLine: start + count - 1,
    commit: /^0+$/.test(commit) ? null : commit,
    day: dayOf(known.get('author-time') ?? '0', known.get('author-tz') ?? '+0000'),
    author: known.get('author') ?? '',
    subject: known.get('summary') ?? '',
  };
}

function dayOf(seconds: string, zone: string): string {
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d)(\d\d)$/.exec(zone) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60);
  const date = new Date((Number(seconds) + offset) * 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10);
}
