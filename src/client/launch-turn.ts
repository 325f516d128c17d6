import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../shared/errors.js';
import { ensurePrivateFolder } from '../shared/folders.js';
import type { Places } from '../shared/paths.js';
import { isRunning, processIdentity } from '../shared/processes.js';

/**
 * Takes the turn to start a daemon: null while another client that still runs has it. Saves the many clients that ask
 * at one moment from starting a process each, of which all but one would end at the instance lock. It is that lock
 * which decides, so that two clients with a turn (one file deleted as stale by both) do no harm.
 *
 * @returns what gives the turn back
 * @throws LcadError FOLDER_UNSAFE
 */
export function takeTurn(places: Places): (() => void) | null {
  ensurePrivateFolder(places.run);
  const file = join(places.run, 'lcad.starting');
  const identity = processIdentity(process.pid);
  for (let round = 0; round < 2; round++) {
    try {
      writeFileSync(file, JSON.stringify({ pid: process.pid, identity }), { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    if (isTaken(file)) return null;
    rmSync(file, { force: true });
  }
  return null;
}

/** Whether the client that the file names still runs. One that is just being written counts as dead: no harm. */
function isTaken(file: string): boolean {
  try {
    const { pid, identity } = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; identity: string };
    return isRunning(pid, identity);
  } catch (error) {
    // Given back meanwhile, or not written yet.
    if (error instanceof SyntaxError || systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
