import { messageOf } from '../../shared/errors.js';
import { Progress } from '../progress.js';

/**
 * Runs something for each package, a few at a time, and shows the progress. A failure is printed and ends nothing else.
 *
 * @param options `done` of the `total` packages need nothing any more; `run` may give a line to print
 * @returns names of the packages that failed
 */
export async function runAll<T extends { name: string }>(
  packages: readonly T[],
  options: {
    label: string;
    done: number;
    total: number;
    concurrency: number;
    run: (one: T) => Promise<string | null>;
  },
): Promise<string[]> {
  const { label, total, concurrency, run } = options;
  const progress = new Progress(label, total);
  const queue = [...packages];
  const failed: string[] = [];
  let { done } = options;
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      progress.update(done, next.name);
      try {
        const said = await run(next);
        if (said !== null) progress.print(`${next.name} ${said}`);
      } catch (error) {
        failed.push(next.name);
        progress.print(`${next.name} failed: ${messageOf(error)}`);
      }
      progress.update(++done);
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    progress.stop();
  }
  return failed;
}
