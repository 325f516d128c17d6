import { rmSync } from 'node:fs';
import { stopDaemon } from '../../src/client/stop.js';
import { placesOf } from '../../src/shared/paths.js';
import { runCli } from './cli.js';
import { homeEnv, makeHome } from './daemon.js';
import { makeRepo } from './git-repo.js';

/** A private home, in which the first `lcad` starts the real daemon. It checks its replies against their schemas. */
export type CliHome = ReturnType<typeof makeCliHome>;

export function makeCliHome() {
  const home = makeHome();
  const env = homeEnv(home, { LCAD_VALIDATE_RESULTS: '1' });
  const places = placesOf(env);
  return {
    home,
    env,
    places,
    /** Runs `lcad` in a folder. */
    lcad: (cwd: string, ...words: string[]) => runCli(words, { env, cwd }),
    /** Stops the daemon. */
    async remove() {
      await stopDaemon(places);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** A private home, and a git repository in which `lcad` is run; it is not registered yet. */
export type Project = ReturnType<typeof makeProject>;

export function makeProject(files: Record<string, string>) {
  const { lcad: lcadIn, remove, ...cli } = makeCliHome();
  const repo = makeRepo(files);
  const lcad = (...words: string[]) => lcadIn(repo.root, ...words);
  return {
    ...cli,
    repo,
    lcad,
    /** What `lcad` prints with `--json`. */
    async json(...words: string[]) {
      return JSON.parse((await lcad(...words, '--json')).stdout);
    },
    async remove() {
      await remove();
      repo.remove();
    },
  };
}
