import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSocket, takeInherited } from '../../../src/daemon/socket.js';
import {
  checkSocketPath,
  currentUser,
  ensurePrivateFolder,
  longestSocketPath,
  socketProblem,
} from '../../../src/shared/folders.js';
import { packagePath } from '../../../src/shared/package-root.js';
import { type Places, placesOf } from '../../../src/shared/paths.js';
import { homeEnv, makeHome, mustHold, received, tinyDaemon } from '../../support/daemon.js';

let home: string;
let places: Places;
const servers: Server[] = [];

beforeEach(() => {
  home = makeHome();
  places = placesOf({ LCAD_HOME: home });
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  rmSync(home, { recursive: true, force: true });
});

async function open(at: Places = places): Promise<Server> {
  const { server, inherited } = await openSocket(at, { onConnection: greet });
  servers.push(server);
  expect(inherited).toBe(false);
  return server;
}

function greet(socket: Socket): void {
  // A client that goes without reading is no fault of the server.
  socket.on('error', () => socket.destroy()).end('hello');
}

async function greeting(path: string): Promise<string> {
  const socket = connect(path);
  try {
    return await received(socket);
  } finally {
    socket.destroy();
  }
}

/** Leaves a socket behind that nobody listens on, as a killed process does. */
async function leaveStale(path: string): Promise<void> {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', script]), 'exit');
  expect(statSync(path).isSocket()).toBe(true);
}

describe('openSocket', () => {
  it('makes a socket for this user alone, and removes it on close', async () => {
    const before = process.umask();
    const server = await open();
    expect(process.umask()).toBe(before);
    expect(statSync(places.socket).mode & 0o777).toBe(0o600);
    expect(statSync(places.run).mode & 0o777).toBe(0o700);
    expect(await greeting(places.socket)).toBe('hello');
    await new Promise((resolve) => server.close(resolve));
    expect(() => statSync(places.socket)).toThrow(/ENOENT/);
  });

  it('replaces a stale socket', async () => {
    mkdirSync(places.run, { mode: 0o700 });
    await leaveStale(places.socket);
    await open();
    expect(await greeting(places.socket)).toBe('hello');
  });

  it('leaves a socket alone on which someone listens', async () => {
    await open();
    await expect(openSocket(places)).rejects.toMatchObject({ kind: 'DAEMON_ALREADY_RUNNING' });
    expect(await greeting(places.socket)).toBe('hello');
  });

  it('leaves alone what is no socket', async () => {
    mkdirSync(places.run, { mode: 0o700 });
    writeFileSync(places.socket, 'precious');
    await expect(openSocket(places)).rejects.toMatchObject({ kind: 'DAEMON_START_FAILED' });
    expect(statSync(places.socket).size).toBe(8);
  });

  it('takes the longest path that the kernel takes, and refuses the next', async () => {
    const base = join(home, 'run', '');
    const name = (length: number) => join(home, 'run', 'é'.repeat(Math.floor((length - base.length) / 2)));
    const pad = (path: string) => path + 'x'.repeat(longestSocketPath() - Buffer.byteLength(path));
    const longest = pad(name(longestSocketPath()));
    expect(Buffer.byteLength(longest)).toBe(longestSocketPath());
    await open({ ...places, socket: longest });
    expect(await greeting(longest)).toBe('hello');
    await expect(openSocket({ ...places, socket: `${longest}x` })).rejects.toMatchObject({
      kind: 'SOCKET_PATH_TOO_LONG',
    });
    expect(() => checkSocketPath('x'.repeat(104), 'darwin')).toThrow(/104 bytes/);
  });

  it('says what is wrong where it cannot listen', async () => {
    const nowhere = { ...places, socket: join(home, 'missing', 's') };
    await expect(openSocket(nowhere)).rejects.toMatchObject({ kind: 'DAEMON_START_FAILED' });
  });
});

describe('socket activation', () => {
  it('is meant for one process and one socket', () => {
    const env = { LISTEN_PID: '5', LISTEN_FDS: '1', LISTEN_FDNAMES: 'x', OTHER: 'y' };
    expect(takeInherited({ ...env }, 6)).toBe(false);
    expect(takeInherited(env, 5)).toBe(true);
    expect(env).toEqual({ OTHER: 'y' });
    expect(() => takeInherited({ LISTEN_PID: '5', LISTEN_FDS: '2' }, 5)).toThrow(/2 sockets/);
  });

  it('serves the socket that was handed over, and leaves it there', async () => {
    mkdirSync(places.run, { mode: 0o700 });
    const activator = spawn(
      process.execPath,
      [packagePath('test/fixtures/lifecycle/activator.mjs'), tinyDaemon],
      {
        env: homeEnv(home, { LCAD_SOCKET: places.socket }),
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const outcome = once(activator.stdout, 'data');
    while (!existsSync(places.socket)) await sleep(5);
    // Long before the daemon accepts it: the kernel keeps the client in the queue.
    const socket = connect(places.socket);
    const reply = received(socket);
    socket.write('hello');
    const said = JSON.parse(await reply) as { pid: number; inherited: boolean; env: Record<string, string> };
    socket.destroy();
    expect(said).toMatchObject({ inherited: true, env: {} });
    expect(mustHold(places).pid).toBe(said.pid);
    process.kill(said.pid, 'SIGTERM');
    expect(JSON.parse(String((await outcome)[0]))).toEqual({ status: 0, there: true });
  });
});

describe('private folders', () => {
  const folder = () => join(home, 'a', 'b');

  it('are made with their parents, and narrowed', () => {
    ensurePrivateFolder(folder());
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    chmodSync(folder(), 0o777);
    ensurePrivateFolder(folder());
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
  });

  it('are no links unless that is allowed', () => {
    mkdirSync(join(home, 'real'), { mode: 0o755 });
    symlinkSync(join(home, 'real'), join(home, 'link'));
    expect(() => ensurePrivateFolder(join(home, 'link'))).toThrow(/symbolic link/);
    ensurePrivateFolder(join(home, 'link'), { followLink: true });
    expect(statSync(join(home, 'real')).mode & 0o777).toBe(0o700);
  });

  it('belong to this user', () => {
    // Root can give a folder away; anyone else finds one that is root's.
    const foreign = currentUser() === 0 ? join(home, 'foreign') : '/usr';
    if (currentUser() === 0) {
      mkdirSync(foreign);
      lchownSync(foreign, 12345, 12345);
    }
    expect(() => ensurePrivateFolder(foreign)).toThrow(
      expect.objectContaining({ kind: 'FOLDER_UNSAFE', message: expect.stringContaining('belongs to user') }),
    );
  });

  it('are folders that can be made', () => {
    writeFileSync(join(home, 'file'), '');
    expect(() => ensurePrivateFolder(join(home, 'file'))).toThrow(/is not a folder/);
    expect(() => ensurePrivateFolder(join(home, 'file', 'in it'))).toThrow(/cannot be created/);
  });
});

describe('what a client trusts', () => {
  it('is nothing at all, or a socket of its user', async () => {
    expect(socketProblem(join(home, 'nothing'))).toBeNull();
    writeFileSync(join(home, 'file'), '');
    expect(socketProblem(join(home, 'file'))).toMatch(/is not a socket/);
    expect(socketProblem(join(home, 'file', 'below'))).toBeNull();
    await open();
    expect(socketProblem(places.socket)).toBeNull();
    chmodSync(places.run, 0o770);
    expect(socketProblem(places.socket)).toMatch(/can be written by others/);
  });
});
