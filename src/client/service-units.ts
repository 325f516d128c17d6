import { isAbsolute } from 'node:path';
import { allocatorSettings } from '../shared/allocator.js';

/** What the templates of the unit files are filled with. */
export interface UnitValues {
  /** Absolute path of the node program. */
  node: string;
  /** Absolute path of bin/lcadd.js. */
  daemon: string;
  socket: string;
  /** Where the daemon's raw output goes (launchd). */
  output: string;
  /** Variables that the daemon needs to find the same places as this command. */
  environment: Record<string, string>;
}

/** Variables that decide where things are kept. */
const carried = [
  'LCAD_HOME',
  'LCAD_SOCKET',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'XDG_CACHE_HOME',
];

/**
 * The part of an environment that a service needs to find the places of this command. The manager sets XDG_RUNTIME_DIR
 * itself: where this command has none, the socket is named.
 */
export function serviceEnvironment(env: NodeJS.ProcessEnv, socket: string): Record<string, string> {
  const entries = carried.flatMap((name) => {
    const value = env[name];
    return value ? [[name, value] as const] : [];
  });
  const elsewhere: Record<string, string> =
    env.XDG_RUNTIME_DIR || env.LCAD_HOME ? {} : { LCAD_SOCKET: socket };
  return { ...allocatorSettings, ...elsewhere, ...Object.fromEntries(entries) };
}

/** Fills a template of a systemd unit. Pure. @throws Error for a value that a unit cannot hold (a line break) */
export function renderUnit(template: string, values: UnitValues): string {
  return fill(template, {
    NODE: systemdWord(absolute(values.node)),
    DAEMON: systemdWord(absolute(values.daemon)),
    SOCKET: oneLine(absolute(values.socket)).replaceAll('%', '%%'),
    ENVIRONMENT: Object.entries(values.environment)
      .map(([name, value]) => `Environment=${systemdAssignment(`${name}=${value}`)}`)
      .join('\n'),
  });
}

/** Fills the template of a launchd property list. Pure. */
export function renderPlist(template: string, values: UnitValues): string {
  return fill(template, {
    NODE: xml(absolute(values.node)),
    DAEMON: xml(absolute(values.daemon)),
    OUTPUT: xml(absolute(values.output)),
    ENVIRONMENT: Object.entries(values.environment)
      .map(([name, value]) => `    <key>${xml(name)}</key>\n    <string>${xml(value)}</string>`)
      .join('\n'),
  });
}

function fill(template: string, values: Record<string, string>): string {
  return template.replaceAll(/@([A-Z]+)@/g, (whole, name: string) => values[name] ?? whole);
}

/** One word of a command line, quoted as systemd.service(5) has it: $ and % would be expanded. */
function systemdWord(text: string): string {
  return systemdAssignment(text).replaceAll('$', '$$$$');
}

/** One assignment of Environment=: % is expanded there, $ is not. */
function systemdAssignment(text: string): string {
  const escaped = oneLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
  return `"${escaped}"`;
}

function absolute(path: string): string {
  if (!isAbsolute(path)) throw new Error(`A service needs absolute paths, not ${path}.`);
  return path;
}

function oneLine(text: string): string {
  if (/[\0\r\n]/.test(text)) throw new Error(`A unit file cannot hold a line break: ${JSON.stringify(text)}`);
  return text;
}

function xml(text: string): string {
  const named: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/[&<>"]/g, (letter) => named[letter] ?? letter);
}
