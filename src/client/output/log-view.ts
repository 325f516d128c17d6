import { printable, printableLine } from './printable.js';
import type { Colors } from './terminal.js';

const levels: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
const apart = new Set(['level', 'time', 'msg', 'pid', 'hostname', 'v']);

/**
 * One line of the daemon's log (a JSON object per line) for people: time, level, message, then the other members as
 * key=value. A line that is not JSON is shown as it is.
 */
export function logLine(line: string, colors: Colors): string {
  const entry = parse(line);
  if (!entry) return printableLine(line);
  const level =
    typeof entry.level === 'number' ? (levels[entry.level] ?? String(entry.level)) : String(entry.level);
  const rest = Object.entries(entry)
    .filter(([key]) => !apart.has(key))
    .map(([key, value]) => `${key}=${valueText(value)}`)
    .join(' ');
  const head = `${colors.dim(timeText(entry.time))} ${paintLevel(level, colors)(level.padEnd(5))}`;
  const stack = stackOf(entry);
  const message = printableLine(String(entry.msg ?? ''));
  return `${head} ${message}${rest ? ` ${colors.dim(printableLine(rest))}` : ''}${stack}`;
}

function parse(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    // Not JSON: for example what a crashing process wrote itself.
    return null;
  }
}

function timeText(time: unknown): string {
  const date = new Date(typeof time === 'number' || typeof time === 'string' ? time : Number.NaN);
  if (Number.isNaN(date.getTime())) return '-';
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 23).replace('T', ' ');
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return /^[\w./:@+-]+$/.test(value) ? value : JSON.stringify(value);
  if (isErrorLike(value)) return JSON.stringify(value.message);
  return JSON.stringify(value);
}

function isErrorLike(value: unknown): value is { message: string; stack: string } {
  const error = value as { message?: unknown; stack?: unknown } | null;
  return typeof error?.message === 'string' && typeof error.stack === 'string';
}

function stackOf(entry: Record<string, unknown>): string {
  const error = Object.values(entry).find(isErrorLike);
  return error ? `\n${printable(error.stack).replace(/^/gm, '    ')}` : '';
}

function paintLevel(level: string, colors: Colors): (text: string) => string {
  if (level === 'error' || level === 'fatal') return colors.red;
  if (level === 'warn') return colors.yellow;
  return level === 'info' ? colors.green : colors.dim;
}
