import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type ServerOpts, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { LcadError, messageOf, systemCode } from '../shared/errors.js';
import { checkSocketPath, ensurePrivateFolder } from '../shared/folders.js';
import type { Places } from '../shared/paths.js';

export interface OpenSocket {
  readonly server: Server;
  /** True if systemd made the socket: it then stays when the daemon ends, and starts the next one. */
  readonly inherited: boolean;
}

export interface SocketOptions {
  server?: ServerOpts;
  /** Gets each connection. Given here rather than attached later, so that none is missed. */
  onConnection?: (socket: Socket) => void;
}

/** First descriptor that systemd hands over (SD_LISTEN_FDS_START of sd_listen_fds(3)). */
const firstInherited = 3;

/**
 * Listens on the daemon's socket: the one systemd handed over if there is one (sd_listen_fds(3)), else a new one of
 * mode 0600 in a folder of mode 0700. The caller must hold the instance lock, since a stale socket is removed here.
 * Closing the server removes a socket made here and leaves an inherited one.
 *
 * @throws LcadError SOCKET_PATH_TOO_LONG, FOLDER_UNSAFE, DAEMON_ALREADY_RUNNING (something answers on the path though
 *   the lock is ours), DAEMON_START_FAILED
 */
export async function openSocket(places: Places, options: SocketOptions = {}): Promise<OpenSocket> {
  const server = createServer(options.server ?? {}, options.onConnection);
  const inherited = takeInherited(process.env);
  if (inherited) {
    await listening(server, () => server.listen({ fd: firstInherited }), places.socket);
    return { server, inherited };
  }
  checkSocketPath(places.socket);
  if (dirname(places.socket) === places.run) ensurePrivateFolder(places.run);
  await removeStale(places.socket);
  await listening(server, () => listenPrivately(server, places.socket), places.socket);
  chmodSync(places.socket, 0o600);
  return { server, inherited };
}

/**
 * Whether systemd handed this very process one socket. Forgets the variables, so that no child process believes the
 * same.
 */
export function takeInherited(env: NodeJS.ProcessEnv, pid = process.pid): boolean {
  const { LISTEN_PID, LISTEN_FDS } = env;
  delete env.LISTEN_PID;
  delete env.LISTEN_FDS;
  delete env.LISTEN_FDNAMES;
  if (Number(LISTEN_PID) !== pid || !LISTEN_FDS) return false;
  if (LISTEN_FDS === '1') return true;
  throw new LcadError('DAEMON_START_FAILED', `systemd handed over ${LISTEN_FDS} sockets instead of one.`, {
    next: 'Run `lcad service install` to restore the unit files.',
  });
}

/** bind(2) happens within listen(), so that the mask is narrow for just that call. */
function listenPrivately(server: Server, path: string): void {
  const before = process.umask(0o177);
  try {
    server.listen({ path });
  } finally {
    process.umask(before);
  }
}

async function listening(server: Server, listen: () => void, path: string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.once('listening', () => {
        server.off('error', reject);
        resolve();
      });
      listen();
    });
  } catch (error) {
    throw new LcadError('DAEMON_START_FAILED', `Cannot listen on ${path}: ${messageOf(error)}`, {
      next: 'Check that the folder exists and is yours, or set LCAD_SOCKET to another path.',
      details: { path },
      cause: error,
    });
  }
}

async function removeStale(path: string): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return;
  if (!stats.isSocket()) {
    throw new LcadError('DAEMON_START_FAILED', `${path} is in the way: it is not a socket.`, {
      next: 'Move it away, or set LCAD_SOCKET to another path.',
      details: { path },
    });
  }
  if (await answers(path)) {
    throw new LcadError('DAEMON_ALREADY_RUNNING', `Another process listens on ${path}.`, {
      next: 'Stop that process, or set LCAD_SOCKET to another path.',
      details: { socket: path },
    });
  }
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw new LcadError('FOLDER_UNSAFE', `The stale socket ${path} cannot be removed: ${messageOf(error)}`, {
      details: { path },
      cause: error,
    });
  }
}

/** Connecting to a Unix socket is decided by the kernel at once: there is nothing to wait for. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    // EAGAIN: its queue of connections is full, so that somebody does listen.
    socket.once('error', (error) => end(systemCode(error) === 'EAGAIN'));
  });
}
