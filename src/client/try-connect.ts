import { connect, type Socket } from 'node:net';
import { LcadError, messageOf, systemCode } from '../shared/errors.js';
import { socketProblem } from '../shared/folders.js';

interface Attempt {
  socket: Socket | null;
  /** Someone listens, but has no room for another connection yet. */
  busy: boolean;
}

/** Connects to a socket of this user's. @throws FOLDER_UNSAFE, DAEMON_START_FAILED if it is there and cannot be used */
export async function tryConnect(path: string): Promise<Attempt> {
  const problem = socketProblem(path);
  if (problem !== null) {
    throw new LcadError('FOLDER_UNSAFE', `The daemon's socket cannot be trusted: ${problem}.`, {
      next: 'Find out who made it; remove it or set LCAD_SOCKET to a path of your own.',
      details: { path },
    });
  }
  try {
    return { socket: await connected(path), busy: false };
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR')
      return { socket: null, busy: false };
    // The kernel's queue of connections is full (Linux).
    if (code === 'EAGAIN') return { socket: null, busy: true };
    throw new LcadError('DAEMON_START_FAILED', `Cannot connect to ${path}: ${messageOf(error)}`, {
      next: 'Check the permissions of the socket and its folder.',
      details: { path },
      cause: error,
    });
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
