import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  installService,
  type RunManager,
  serviceStatus,
  uninstallService,
} from '../../../src/client/service.js';
import { renderPlist, renderUnit, serviceEnvironment } from '../../../src/client/service-units.js';
import { allocatorSettings } from '../../../src/shared/allocator.js';
import { packagePath } from '../../../src/shared/package-root.js';
import { type Places, placesOf } from '../../../src/shared/paths.js';
import { makeHome } from '../../support/daemon.js';

let home: string;
let env: NodeJS.ProcessEnv;
let places: Places;
let ran: string[];

beforeEach(() => {
  home = makeHome();
  env = { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), LCAD_HOME: join(home, 'a "b" 100% $HOME') };
  places = placesOf(env);
  ran = [];
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A service manager that says yes, or that is not there. */
function manager(ok: boolean): RunManager {
  return (command) => {
    ran.push(command.join(' '));
    return { ok, output: ok ? '' : 'Failed to connect to bus' };
  };
}

/** Section -> key -> values, as systemd.syntax(7) has it. */
function parseUnit(text: string): Map<string, Map<string, string[]>> {
  const sections = new Map<string, Map<string, string[]>>();
  let section = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const header = /^\[(\w+)\]$/.exec(line)?.[1];
    if (header !== undefined) {
      section = new Map();
      sections.set(header, section);
    } else if (line !== '' && !line.startsWith('#')) {
      const [key = '', ...value] = line.split('=');
      section.set(key, [...(section.get(key) ?? []), value.join('=')]);
    }
  }
  return sections;
}

function words(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) =>
    word.replaceAll('\\"', '"').replaceAll('\\\\', '\\').replaceAll('%%', '%').replaceAll('$$', '$'),
  );
}

const systemd = (ok = true) => ({ env, platform: 'linux' as const, run: manager(ok) });

describe('the service under systemd', () => {
  it('installs units that name this node, this package and this socket', async () => {
    const report = await installService(places, systemd());
    expect(report).toMatchObject({ manager: 'systemd', ok: true, active: true, next: null });
    expect(ran).toEqual([
      'systemctl --user daemon-reload',
      'systemctl --user enable lcad.socket',
      'systemctl --user restart lcad.socket',
    ]);
    const folder = join(home, 'config', 'systemd', 'user');
    const service = parseUnit(readFileSync(join(folder, 'lcad.service'), 'utf8')).get('Service');
    const command = words(service?.get('ExecStart')?.[0] ?? '');
    expect(command).toEqual([process.execPath, packagePath('bin', 'lcadd.js')]);
    for (const path of command) expect(statSync(path).isFile()).toBe(true);
    const socket = parseUnit(readFileSync(join(folder, 'lcad.socket'), 'utf8')).get('Socket');
    expect(socket?.get('ListenStream')?.[0]?.replaceAll('%%', '%')).toBe(places.socket);
    expect(socket?.get('SocketMode')).toEqual(['0600']);
    const given = service?.get('Environment')?.flatMap(words) ?? [];
    expect(given).toContain(`LCAD_HOME=${env.LCAD_HOME}`.replaceAll('$$', '$'));
  });

  it('writes units that systemd itself accepts, where it is installed', async () => {
    await installService(places, systemd());
    const units = ['lcad.service', 'lcad.socket'].map((name) =>
      join(home, 'config', 'systemd', 'user', name),
    );
    mkdirSync(join(home, 'run'), { mode: 0o700 });
    const verify = spawnSync('systemd-analyze', ['--user', 'verify', '--man=no', ...units], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: join(home, 'run'), HOME: home },
    });
    // Without the program the test above has checked what it can.
    if (verify.error) expect((verify.error as NodeJS.ErrnoException).code).toBe('ENOENT');
    else expect([verify.status, ours(verify.stderr)]).toEqual([0, '']);
  });

  it('knows current, stale and absent units', async () => {
    expect(serviceStatus(places, systemd())).toMatchObject({ ok: false, active: false });
    await installService(places, systemd());
    expect(serviceStatus(places, systemd())).toMatchObject({ ok: true, active: true });
    const { files } = serviceStatus(places, systemd(false));
    expect(files.map(({ state }) => state)).toEqual(['current', 'current']);
    writeFileSync(files[0]?.path ?? '', '# of another version\n');
    expect(serviceStatus(places, systemd())).toMatchObject({
      ok: false,
      next: 'Run `lcad service install` again.',
    });
  });

  it('says what was written and what to run where there is no systemd', async () => {
    const report = await installService(places, systemd(false));
    expect(report.ok).toBe(false);
    expect(report.message).toMatch(/^Written: .*lcad\.service, .*lcad\.socket\. .*Failed to connect to bus/);
    expect(report.next).toContain('systemctl --user daemon-reload && systemctl --user enable lcad.socket');
    expect(ran).toHaveLength(1);
    for (const { path } of report.files) expect(existsSync(path)).toBe(true);
  });

  it('reports a manager that is not installed as a failed step', async () => {
    const path = process.env.PATH;
    process.env.PATH = home;
    try {
      const report = await installService(places, { env, platform: 'linux' });
      expect(report).toMatchObject({ ok: false, active: null });
      expect(report.steps[0]?.output).toMatch(/ENOENT/);
    } finally {
      process.env.PATH = path;
    }
  });

  it('uninstalls, and is content if there is nothing', async () => {
    await installService(places, systemd());
    ran = [];
    const report = await uninstallService(places, systemd());
    expect(report).toMatchObject({ ok: true, active: false });
    expect(ran.at(-1)).toBe('systemctl --user daemon-reload');
    for (const { path } of report.files) expect(existsSync(path)).toBe(false);
    expect(await uninstallService(places, systemd())).toMatchObject({ ok: true, steps: [] });
  });
});

describe('the templates', () => {
  const values = {
    node: '/opt/node 20/bin/node',
    daemon: '/home/a&b/lcad/bin/lcadd.js',
    socket: '/run/user/1/lcad.sock',
    output: '/tmp/out',
    environment: { LCAD_HOME: '/h/<x>' },
  };

  it('leave no gap open', () => {
    for (const name of ['lcad.service', 'lcad.socket']) {
      expect(renderUnit(readFileSync(packagePath('systemd', name), 'utf8'), values)).not.toMatch(/@[A-Z]+@/);
    }
  });

  it('make a property list with escaped texts', () => {
    const plist = renderPlist(readFileSync(packagePath('systemd', 'lcad.plist'), 'utf8'), values);
    expect(plist).not.toMatch(/@[A-Z]+@/);
    expect(plist).toContain('<string>/home/a&amp;b/lcad/bin/lcadd.js</string>');
    expect(plist).toContain('<string>/h/&lt;x&gt;</string>');
  });

  it('refuse relative paths and line breaks', () => {
    expect(() => renderUnit('@NODE@', { ...values, node: 'node' })).toThrow(/absolute/);
    expect(() => renderUnit('@SOCKET@', { ...values, socket: '/a\nExecStart=/bin/evil' })).toThrow(
      /line break/,
    );
  });

  it('name the socket where only this shell lacks a run folder', () => {
    expect(serviceEnvironment({}, '/tmp/s')).toEqual({ ...allocatorSettings, LCAD_SOCKET: '/tmp/s' });
    expect(serviceEnvironment({ XDG_RUNTIME_DIR: '/run/user/1', SECRET: 'x' }, '/tmp/s')).toEqual(
      allocatorSettings,
    );
  });
});

/** The lines of systemd-analyze that are about our units. */
function ours(output: string): string {
  return output
    .split('\n')
    .filter((line) => line.includes('lcad'))
    .join('\n');
}
