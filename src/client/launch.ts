import type { Socket } from 'node:net';
import { LcadError } from '../shared/errors.js';
import { checkSocketPath } from '../shared/folders.js';
import type { Places } from '../shared/paths.js';
import type { EnsureOptions } from './launch-start.js';
import { tryConnect } from './try-connect.js';

/**
 * A connection to the daemon of these places; a daemon is started if none answers. However many clients ask at the
 * same moment, one daemon results: one starts it while the others wait, and should two of them start a process each,
 * the instance lock lets one live. With a daemon running the cost is one connect(2) and two stat(2).
 *
 * @throws LcadError DAEMON_NOT_RUNNING (`start: false`), DAEMON_START_FAILED with the daemon's own reason,
 *   FOLDER_UNSAFE where the socket is not this user's, SOCKET_PATH_TOO_LONG; a reason that the daemon gave with a
 *   kind of its own (FOLDER_UNSAFE) keeps that kind
 */
export async function ensureDaemon(places: Places, options: EnsureOptions = {}): Promise<Socket> {
  checkSocketPath(places.socket);
  const first = await tryConnect(places.socket);
  if (first.socket) return first.socket;
  if (options.start === false && !first.busy) {
    throw new LcadError('DAEMON_NOT_RUNNING', `No daemon answers at ${places.socket}.`);
  }
  const { startAndConnect } = await import('./launch-start.js');
  return startAndConnect(places, options);
}
