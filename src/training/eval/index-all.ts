import type { Cli } from '../../client/cli.js';
import { ProgressDisplay } from '../../client/output/progress.js';
import type { OwnDaemon } from './daemon.js';
import type { Subject } from './folders.js';

/** Indexes subjects one after the other, with a progress display. @returns their ids, in the same order */
export async function indexAll(
  { terminal, signal, note }: Pick<Cli, 'terminal' | 'signal' | 'note'>,
  daemon: OwnDaemon,
  subjects: readonly Subject[],
): Promise<{ ids: string[]; seconds: number }> {
  const from = performance.now();
  const ids: string[] = [];
  for (const [at, { repo, folder }] of subjects.entries()) {
    const display = new ProgressDisplay(terminal, `${repo} (${at + 1} of ${subjects.length})`);
    try {
      const { id } = await daemon.index(folder, signal, (progress) => display.update(progress));
      ids.push(id);
    } finally {
      display.stop();
    }
  }
  const seconds = (performance.now() - from) / 1000;
  note(`${ids.length} folders are indexed, in ${seconds.toFixed(1)} s; asking …`);
  await daemon.settle(signal);
  return { ids, seconds };
}
