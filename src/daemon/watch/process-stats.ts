import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const psDeadlineMs = 2000;

/** Resident memory of a process in bytes; 0 where it cannot be known. */
export async function residentBytes(pid: number): Promise<number> {
  try {
    if (process.platform === 'linux') {
      const status = await readFile(`/proc/${pid}/status`, 'utf8');
      return 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
    }
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)], { timeout: psDeadlineMs });
    return 1024 * (Number(stdout.trim()) || 0);
  } catch {
    // It has ended, or this system has no ps.
    return 0;
  }
}

/** Kernel watches that a process holds: the inotify entries of its open files. Null off Linux. */
export async function kernelWatches(pid: number): Promise<number | null> {
  if (process.platform !== 'linux') return null;
  try {
    const folder = `/proc/${pid}/fdinfo`;
    const counts = (await readdir(folder)).map(async (fd) => {
      // A file that was closed since it was listed holds no watches.
      const info = await readFile(`${folder}/${fd}`, 'utf8').catch(() => '');
      return info.match(/^inotify wd:/gm)?.length ?? 0;
    });
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  } catch {
    // It has ended.
    return null;
  }
}
