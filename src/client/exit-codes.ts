import type { ErrorKind } from '../shared/errors.js';

/** Exit codes of `lcad`. The help text and the README show this table. */
export const exitCodes = {
  ok: { code: 0, meaning: 'done' },
  failed: { code: 1, meaning: 'failed; the message says what happened and what to do' },
  usage: {
    code: 2,
    meaning: 'wrong usage: an unknown command, option, language, kind or key, or a wrong pattern',
  },
  daemon: { code: 3, meaning: 'the daemon is not running, or could not be started or reached' },
  nothingFound: { code: 4, meaning: 'nothing found' },
  notRegistered: { code: 5, meaning: 'the repository is not registered' },
  interrupted: { code: 130, meaning: 'interrupted with Ctrl-C' },
} as const;

const byKind: Partial<Record<ErrorKind, keyof typeof exitCodes>> = {
  USAGE: 'usage',
  INVALID_PARAMS: 'usage',
  METHOD_NOT_FOUND: 'usage',
  QUERY_EMPTY: 'usage',
  GLOB_INVALID: 'usage',
  LANGUAGE_UNKNOWN: 'usage',
  KIND_UNKNOWN: 'usage',
  PATTERN_INVALID: 'usage',
  LINE_NOT_FOUND: 'usage',
  BUDGET_TOO_SMALL: 'usage',
  CONFIG_KEY_UNKNOWN: 'usage',
  REPO_AMBIGUOUS: 'usage',
  DAEMON_NOT_RUNNING: 'daemon',
  DAEMON_START_FAILED: 'daemon',
  DAEMON_VERSION: 'daemon',
  FOLDER_UNSAFE: 'daemon',
  SOCKET_PATH_TOO_LONG: 'daemon',
  SHUTTING_DOWN: 'daemon',
  CONNECTION_LOST: 'daemon',
  REVISION_UNKNOWN: 'usage',
  SYMBOL_UNKNOWN: 'nothingFound',
  REPO_NOT_REGISTERED: 'notRegistered',
  REQUEST_CANCELLED: 'interrupted',
};

/** The exit code for an error of the catalogue; kinds without an entry of their own end with 1. */
export function exitCodeOf(kind: ErrorKind): number {
  return exitCodes[byKind[kind] ?? 'failed'].code;
}
