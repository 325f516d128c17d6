import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { LcadError, messageOf, systemCode } from '../shared/errors.js';
import { checkSocketPath } from '../shared/folders.js';
import { packagePath } from '../shared/package-root.js';
import type { Places } from '../shared/paths.js';
import { renderPlist, renderUnit, serviceEnvironment, type UnitValues } from './service-units.js';
import { outputFile } from './spawn-daemon.js';
import { stopDaemon } from './stop.js';

/** Runs one command of the service manager. */
export type RunManager = (command: readonly string[]) => { ok: boolean; output: string };

export interface ServiceOptions {
  env?: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
  run?: RunManager;
}

interface UnitFile {
  path: string;
  /** `current`: as `install` would write it now. `stale`: other paths or an older version. */
  state: 'current' | 'stale' | 'absent';
}

interface ManagerStep {
  command: string;
  ok: boolean;
  output: string;
}

export interface ServiceReport {
  manager: 'systemd' | 'launchd';
  files: UnitFile[];
  /** Commands of the manager that were run, in order; the last one failed if `ok` is false. */
  steps: ManagerStep[];
  /** Whether the manager has taken the service over; the command's exit code follows from it. */
  ok: boolean;
  /** Whether the manager listens for clients (systemd) or runs the daemon (launchd); null if it cannot be asked. */
  active: boolean | null;
  message: string;
  /** What the user should do, or null. */
  next: string | null;
}

/** Longest run of one command of the service manager (ms). */
const managerMs = 30_000;

/**
 * Writes the unit files for this node and this package, and has the user's service manager take them over. A daemon
 * that runs is stopped first, so that the manager's socket takes the place of its own.
 *
 * @throws LcadError FOLDER_UNSAFE if a file cannot be written, SOCKET_PATH_TOO_LONG
 */
export async function installService(places: Places, options: ServiceOptions = {}): Promise<ServiceReport> {
  const plan = planOf(places, options);
  checkSocketPath(places.socket);
  for (const { path, text } of plan.files) writeUnit(path, text);
  const prepared = runAll(plan.run, plan.prepare);
  // Only now: without a manager the daemon goes on as it is.
  if (prepared.ok) await stopDaemon(places);
  const taken = prepared.ok ? runAll(plan.run, plan.takeOver) : { steps: [], ok: false };
  const steps = [...prepared.steps, ...taken.steps];
  const ok = prepared.ok && taken.ok;
  const files = plan.files.map(stateOf);
  const written = files.map(({ path }) => path).join(', ');
  return {
    manager: plan.manager,
    files,
    steps,
    ok,
    active: ok ? true : null,
    message: ok ? `Installed: ${plan.effect}` : `Written: ${written}. ${refusal(steps)}`,
    next: ok
      ? null
      : `Where ${plan.manager} runs for your user: ${[...plan.prepare, ...plan.takeOver].map(shown).join(' && ')}`,
  };
}

/** Has the manager let go of the service, and deletes the unit files. */
export async function uninstallService(places: Places, options: ServiceOptions = {}): Promise<ServiceReport> {
  const plan = planOf(places, options);
  const there = plan.files.map(stateOf).some(({ state }) => state !== 'absent');
  if (!there) {
    return { ...blank(plan), ok: true, active: false, message: 'The service is not installed.', next: null };
  }
  const before = runAll(plan.run, plan.disable);
  for (const { path } of plan.files) rmSync(path, { force: true });
  const after = runAll(plan.run, plan.forget);
  const steps = [...before.steps, ...after.steps];
  const ok = before.ok && after.ok;
  return {
    ...blank(plan),
    steps,
    ok,
    active: ok ? false : null,
    message: ok ? 'Uninstalled.' : `The files are deleted. ${refusal(steps)}`,
    next: ok
      ? null
      : `Where ${plan.manager} runs for your user: ${[...plan.disable, ...plan.forget].map(shown).join('; ')}`,
  };
}

/** What is installed and whether it is in force. Changes nothing. */
export function serviceStatus(places: Places, options: ServiceOptions = {}): ServiceReport {
  const plan = planOf(places, options);
  const files = plan.files.map(stateOf);
  const absent = files.every(({ state }) => state === 'absent');
  const stale = files.some(({ state }) => state !== 'current');
  const { steps, ok } = absent ? { steps: [], ok: false } : runAll(plan.run, [plan.query]);
  const base = { manager: plan.manager, files, steps, ok: ok && !stale, active: absent ? false : ok };
  if (absent) {
    return { ...base, message: 'The service is not installed.', next: 'Run `lcad service install`.' };
  }
  if (stale) {
    const message = 'The service is installed for another version, node or place of lcad.';
    return { ...base, message, next: 'Run `lcad service install` again.' };
  }
  if (!ok) {
    return {
      ...base,
      message: `Installed, not active. ${refusal(steps)}`,
      next: `Run \`${shown(plan.takeOver[0] ?? [])}\`.`,
    };
  }
  return { ...base, message: `Active: ${plan.effect}`, next: null };
}

interface Plan {
  manager: ServiceReport['manager'];
  files: { path: string; text: string }[];
  prepare: readonly (readonly string[])[];
  takeOver: readonly (readonly string[])[];
  disable: readonly (readonly string[])[];
  forget: readonly (readonly string[])[];
  query: readonly string[];
  effect: string;
  run: RunManager;
}

function planOf(places: Places, options: ServiceOptions): Plan {
  const { env = process.env, platform = process.platform, run = runManager } = options;
  const values: UnitValues = {
    node: process.execPath,
    daemon: packagePath('bin', 'lcadd.js'),
    socket: places.socket,
    output: outputFile(places),
    environment: serviceEnvironment(env, places.socket),
  };
  return platform === 'darwin' ? launchdPlan(values, env, run) : systemdPlan(values, env, run);
}

function systemdPlan(values: UnitValues, env: NodeJS.ProcessEnv, run: RunManager): Plan {
  const folder = join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'systemd', 'user');
  const systemctl = (...args: string[]) => ['systemctl', '--user', ...args];
  return {
    manager: 'systemd',
    files: ['lcad.service', 'lcad.socket'].map((name) => ({
      path: join(folder, name),
      text: renderUnit(template(name), values),
    })),
    // Restarted rather than started: an installed socket may have another path than the one before.
    prepare: [systemctl('daemon-reload'), systemctl('enable', 'lcad.socket')],
    takeOver: [systemctl('restart', 'lcad.socket')],
    disable: [systemctl('disable', '--now', 'lcad.socket'), systemctl('stop', 'lcad.service')],
    forget: [systemctl('daemon-reload')],
    query: systemctl('is-active', 'lcad.socket'),
    effect: `systemd listens on ${values.socket} and starts the daemon for the first client.`,
    run,
  };
}

function launchdPlan(values: UnitValues, env: NodeJS.ProcessEnv, run: RunManager): Plan {
  const path = join(env.HOME || homedir(), 'Library', 'LaunchAgents', 'lcad.daemon.plist');
  const domain = `gui/${process.getuid?.() ?? 0}`;
  return {
    manager: 'launchd',
    files: [{ path, text: renderPlist(template('lcad.plist'), values) }],
    prepare: [],
    takeOver: [['launchctl', 'bootstrap', domain, path]],
    disable: [['launchctl', 'bootout', `${domain}/lcad.daemon`]],
    forget: [],
    query: ['launchctl', 'print', `${domain}/lcad.daemon`],
    effect: 'launchd starts the daemon when you log in.',
    run,
  };
}

function template(name: string): string {
  return readFileSync(packagePath('systemd', name), 'utf8');
}

function writeUnit(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, text, { mode: 0o644 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw new LcadError('FOLDER_UNSAFE', `${path} cannot be written: ${messageOf(error)}`, {
      next: 'Make its folder writable for you.',
      details: { path },
      cause: error,
    });
  }
}

function stateOf({ path, text }: { path: string; text: string }): UnitFile {
  try {
    return { path, state: readFileSync(path, 'utf8') === text ? 'current' : 'stale' };
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return { path, state: 'absent' };
    throw error;
  }
}

function runAll(
  run: RunManager,
  commands: readonly (readonly string[])[],
): { steps: ManagerStep[]; ok: boolean } {
  const steps: ManagerStep[] = [];
  for (const command of commands) {
    const { ok, output } = run(command);
    steps.push({ command: shown(command), ok, output });
    if (!ok) return { steps, ok };
  }
  return { steps, ok: true };
}

function runManager([program = '', ...args]: readonly string[]): { ok: boolean; output: string } {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: managerMs,
  });
  if (error) return { ok: false, output: messageOf(error) };
  return { ok: status === 0, output: `${stdout}${stderr}`.trim() };
}

function blank(plan: Plan): Pick<ServiceReport, 'manager' | 'files' | 'steps'> {
  return { manager: plan.manager, files: plan.files.map(stateOf), steps: [] };
}

function refusal(steps: readonly ManagerStep[]): string {
  const failed = steps.find(({ ok }) => !ok);
  return failed ? `\`${failed.command}\` failed: ${failed.output || 'no reason given'}.` : '';
}

function shown(command: readonly string[]): string {
  return command
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
