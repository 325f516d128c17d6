import { type Logger, pino } from 'pino';
import type { Config } from '../protocol/config.js';
import { LcadError, messageOf } from '../shared/errors.js';
import { ensurePrivateFolder } from '../shared/folders.js';
import type { Places } from '../shared/paths.js';
import { RotatingFile, type RotationLimits } from './rotating-file.js';

export interface OpenLog {
  /**
   * One JSON object a line with `level` (by name), `time` (ISO 8601), `pid`, `msg` and details. At info and above it
   * holds no source text and no queries: its callers see to that.
   */
  readonly log: Logger;
  /** Takes over a changed configuration: level, size and number of files. */
  configure(config: Config['log']): void;
  /** Opens the file by its name again (after it was moved away). */
  reopen(): void;
  close(): void;
}

/**
 * Opens the log file of these places. Lines are written in the caller's thread as they come, so that the last words
 * before a crash are on disk.
 *
 * @throws LcadError FOLDER_UNSAFE if the folder or the file cannot be used
 */
export function openLog(places: Places, config: Config['log']): OpenLog {
  ensurePrivateFolder(places.state, { followLink: true });
  const file = openFile(places.logFile, limitsOf(config));
  const log = pino(
    {
      level: config.level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      redact: ['apiKey', '*.apiKey', 'authorization', '*.authorization', '*.headers.authorization'],
    },
    file,
  );
  return {
    log,
    configure(next) {
      log.level = next.level;
      file.setLimits(limitsOf(next));
    },
    reopen: () => file.reopen(),
    close: () => file.close(),
  };
}

function limitsOf(config: Config['log']): RotationLimits {
  return { maxBytes: Math.round(config.maxMib * 1024 * 1024), keep: config.keep };
}

function openFile(path: string, limits: RotationLimits): RotatingFile {
  try {
    return new RotatingFile(path, limits);
  } catch (error) {
    throw new LcadError('FOLDER_UNSAFE', `The log file ${path} cannot be opened: ${messageOf(error)}`, {
      next: 'Make it a file that you own and can write to, or delete it.',
      details: { path },
      cause: error,
    });
  }
}
