import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../../src/client/connection.js';
import { stopDaemon } from '../../src/client/stop.js';
import { runningHolder } from '../../src/shared/lock-record.js';
import { packagePath } from '../../src/shared/package-root.js';
import { type Places, placesOf } from '../../src/shared/paths.js';
import { homeEnv, makeHome, mustHold, startDaemon } from '../support/daemon.js';

let home: string;
let places: Places;

beforeEach(() => {
  home = makeHome();
  places = placesOf({ LCAD_HOME: home });
});

afterEach(async () => {
  await stopDaemon(places);
  rmSync(home, { recursive: true, force: true });
});

describe('the real daemon', () => {
  it('is started once by 12 commands at the same moment', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const client = spawn(process.execPath, [packagePath('bin', 'lcad.js'), 'start', '--json'], {
          env: homeEnv(home),
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let text = '';
        client.stdout.on('data', (data) => {
          text += String(data);
        });
        const [code] = (await once(client, 'close')) as [number];
        return { code, text };
      }),
    );
    const { pid } = mustHold(places);
    for (const { code, text } of outcomes) {
      expect(code).toBe(0);
      expect(text).toContain(`"pid": ${pid}`);
    }
  });

  it('refuses to run twice, and says which runs', async () => {
    const daemon = await startDaemon({ home });
    const second = spawnSync(process.execPath, [packagePath('bin', 'lcadd.js')], {
      env: homeEnv(home),
      encoding: 'utf8',
    });
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(`A daemon already runs here (process ${daemon.pid}`);
    expect(mustHold(places).pid).toBe(daemon.pid);
  });

  it('starts again after it was killed, and stops in order on SIGTERM', async () => {
    const first = await startDaemon({ home });
    await first.kill9();
    const second = await startDaemon({ home });
    expect(second.pid).not.toBe(first.pid);
    process.kill(second.pid, 'SIGTERM');
    while (runningHolder(places.lockFile)) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(statSync(places.socket, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('runs with a malformed configuration and names the line', async () => {
    mkdirSync(places.config, { recursive: true });
    writeFileSync(places.configFile, '[index]\nmaxFileKib = "big"\n');
    const daemon = await startDaemon({ home });
    const connection = await Connection.open(await daemon.connect());
    const { daemon: status } = await connection.request('lcad/status', {});
    connection.close();
    expect(status.degraded).toMatchObject([
      {
        kind: 'config',
        message: expect.stringContaining('config.toml:2: index.maxFileKib must be a whole number'),
      },
    ]);
  });
});
