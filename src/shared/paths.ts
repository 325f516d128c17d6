import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * Where lcad keeps things. On Linux the XDG base directories, on macOS ~/Library.
 *
 * | | Linux | macOS | override |
 * |---|---|---|---|
 * | config | $XDG_CONFIG_HOME/lcad | ~/Library/Application Support/lcad/config | LCAD_HOME/config |
 * | data | $XDG_DATA_HOME/lcad | ~/Library/Application Support/lcad/data | LCAD_HOME/data |
 * | state (logs) | $XDG_STATE_HOME/lcad | ~/Library/Logs/lcad | LCAD_HOME/state |
 * | cache | $XDG_CACHE_HOME/lcad | ~/Library/Caches/lcad | LCAD_HOME/cache |
 * | run (socket, lock) | $XDG_RUNTIME_DIR/lcad, else /tmp/lcad-<uid> | $TMPDIR/lcad-<uid> | LCAD_HOME/run |
 *
 * LCAD_SOCKET overrides the socket alone.
 */
export interface Places {
  readonly config: string;
  readonly data: string;
  readonly state: string;
  readonly cache: string;
  readonly run: string;
  readonly configFile: string;
  readonly socket: string;
  readonly lockFile: string;
  readonly logFile: string;
}

/** The places for an environment; pure but for the user's home and id. */
export function placesOf(env: NodeJS.ProcessEnv = process.env, platform = process.platform): Places {
  const folders = env.LCAD_HOME ? under(env.LCAD_HOME) : platform === 'darwin' ? macOs() : xdg(env);
  return {
    ...folders,
    configFile: join(folders.config, 'config.toml'),
    socket: env.LCAD_SOCKET || join(folders.run, 'lcad.sock'),
    lockFile: join(folders.run, 'lcad.lock'),
    logFile: join(folders.state, 'lcadd.log'),
  };
}

type Folders = Pick<Places, 'config' | 'data' | 'state' | 'cache' | 'run'>;

function under(home: string): Folders {
  return {
    config: join(home, 'config'),
    data: join(home, 'data'),
    state: join(home, 'state'),
    cache: join(home, 'cache'),
    run: join(home, 'run'),
  };
}

function xdg(env: NodeJS.ProcessEnv): Folders {
  const home = homedir();
  return {
    config: join(env.XDG_CONFIG_HOME || join(home, '.config'), 'lcad'),
    data: join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'lcad'),
    state: join(env.XDG_STATE_HOME || join(home, '.local', 'state'), 'lcad'),
    cache: join(env.XDG_CACHE_HOME || join(home, '.cache'), 'lcad'),
    run: env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, 'lcad') : join('/tmp', `lcad-${userInfo().uid}`),
  };
}

function macOs(): Folders {
  const library = join(homedir(), 'Library');
  return {
    config: join(library, 'Application Support', 'lcad', 'config'),
    data: join(library, 'Application Support', 'lcad', 'data'),
    state: join(library, 'Logs', 'lcad'),
    cache: join(library, 'Caches', 'lcad'),
    run: join(tmpdir(), `lcad-${userInfo().uid}`),
  };
}
