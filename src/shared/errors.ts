/**
 * The one error catalogue. Every error that reaches a user or a client has an entry here: a stable numeric code
 * (JSON-RPC `error.code`), a stable name (`error.data.kind`) and a next step that tells the reader what to do.
 *
 * Codes below zero are those of JSON-RPC 2.0 and of the LSP base protocol; lcad's own start at 1000 and are never
 * reused once released.
 */
export const errorCatalogue = {
  PARSE_ERROR: { code: -32700, next: 'Send one JSON-RPC 2.0 message as valid JSON.' },
  INVALID_REQUEST: { code: -32600, next: 'Send an object with "jsonrpc": "2.0" and a "method".' },
  METHOD_NOT_FOUND: { code: -32601, next: 'Call rpc.discover for the list of methods.' },
  INVALID_PARAMS: { code: -32602, next: 'Compare the parameters with the schema in PROTOCOL.md.' },
  INTERNAL_ERROR: {
    code: -32603,
    next: 'Look at `lcad logs`; if it happens again, report it with that log.',
  },
  NOT_INITIALIZED: { code: -32002, next: 'Send `initialize` as the first request of the connection.' },
  REQUEST_CANCELLED: {
    code: -32800,
    next: 'The request was cancelled by its client; send it again if needed.',
  },

  REPO_PATH_NOT_FOUND: { code: 1001, next: 'Check the path; it must exist on this machine.' },
  REPO_NOT_A_FOLDER: { code: 1002, next: 'Give the folder that contains the file.' },
  REPO_PERMISSION: { code: 1003, next: 'Make the folder readable for your user.' },
  REPO_BARE: { code: 1004, next: 'A bare repository has no files to index; add a worktree of it.' },
  REPO_NOT_REGISTERED: {
    code: 1005,
    next: 'Register it with `lcad add <path>`; `lcad list` shows what is registered.',
  },
  REPO_TOO_BROAD: { code: 1006, next: 'Add the project folders in it instead.' },
  REPO_AMBIGUOUS: { code: 1007, next: 'Give the id or the full path; `lcad list` shows both.' },

  CONFIG_INVALID: { code: 1101, next: 'Mend the line that is named, or remove it to use the default.' },
  CONFIG_KEY_UNKNOWN: { code: 1102, next: '`lcad config list` shows every key.' },

  SOCKET_PATH_TOO_LONG: { code: 1201, next: 'Set LCAD_SOCKET to a shorter path.' },
  DAEMON_ALREADY_RUNNING: { code: 1202, next: 'Use the running daemon, or stop it with `lcad stop`.' },
  DAEMON_NOT_RUNNING: { code: 1203, next: 'Start it with `lcad start`.' },
  DAEMON_START_FAILED: { code: 1204, next: '`lcad logs` shows why.' },
  DAEMON_VERSION: { code: 1205, next: 'Run `lcad restart` so that both are of one version.' },
  FOLDER_UNSAFE: { code: 1206, next: 'Make it a folder owned by you with mode 0700.' },
  SHUTTING_DOWN: { code: 1207, next: 'Connect again: the next command starts a new daemon.' },
  CONNECTION_LOST: {
    code: 1208,
    next: 'Run the command again; `lcad logs` tells what happened to the daemon.',
  },

  MESSAGE_TOO_LARGE: { code: 1301, next: 'Send smaller messages; `initialize` reports the limit.' },
  MESSAGE_TOO_DEEP: { code: 1302, next: 'Nest the JSON less deeply; `initialize` reports the limit.' },
  BATCH_TOO_LARGE: { code: 1303, next: 'Send fewer requests in one batch; `initialize` reports the limit.' },
  TOO_MANY_REQUESTS: { code: 1304, next: 'Wait for earlier requests to finish before sending more.' },

  INDEX_UNAVAILABLE: { code: 1401, next: '`lcad status` shows what is wrong; `lcad reindex` rebuilds it.' },
  DISK_FULL: { code: 1402, next: 'Free some disk space; indexing resumes by itself.' },
  DEADLINE_EXCEEDED: { code: 1403, next: 'Try again, or give a longer deadline.' },
  BUSY: { code: 1404, next: 'Try again in a moment.' },

  QUERY_EMPTY: { code: 1501, next: 'Give at least one word to search for.' },
  GLOB_INVALID: { code: 1502, next: 'Give a glob such as "src/**/*.ts".' },
  LANGUAGE_UNKNOWN: { code: 1503, next: '`lcad search --help` lists the languages.' },
  KIND_UNKNOWN: { code: 1504, next: '`lcad search --help` lists the kinds.' },
  PATTERN_INVALID: { code: 1505, next: 'Correct the pattern; --exact searches for text as it is.' },
  FILE_NOT_INDEXED: { code: 1506, next: '`lcad status` tells what is left out of the index, and why.' },
  LINE_NOT_FOUND: { code: 1507, next: 'Give a line that the file has.' },
  SYMBOL_UNKNOWN: { code: 1508, next: '`lcad symbols` finds names by their parts.' },
  BUDGET_TOO_SMALL: { code: 1509, next: 'Give more tokens, or a shorter question.' },
  REVISION_UNKNOWN: { code: 1510, next: 'Give a commit, branch or tag of this repository, or `A..B`.' },
  GIT_UNAVAILABLE: {
    code: 1511,
    next: 'Changes are known in git repositories only: give a symbol or a file.',
  },

  PROVIDER_UNREACHABLE: {
    code: 1601,
    next: 'Start the model server, or correct its url in the configuration.',
  },
  PROVIDER_REFUSED: { code: 1602, next: 'Check the model name and the credentials in the configuration.' },
  PROVIDER_BAD_REPLY: { code: 1603, next: 'Check that the url belongs to a server of the configured kind.' },
  NO_MODEL_SERVER: {
    code: 1605,
    next: 'Start a model server, for example Ollama: https://ollama.com; `lcad models` tells what is looked for.',
  },
  MODEL_UNKNOWN: { code: 1606, next: '`lcad models` shows what each server offers.' },
  OUTPUT_STOPPED: {
    code: 1607,
    next: 'What was shown so far may be used; the table `guard` of the configuration says what is looked for.',
  },

  SESSION_UNKNOWN: { code: 1701, next: '`lcad chat --list` shows the conversations that are kept.' },
  EDIT_CONFLICT: {
    code: 1702,
    next: 'The file is not what the edit was made for: ask again, so that the model sees it as it is now.',
  },
  EDIT_REFUSED: { code: 1703, next: 'Edits apply to files inside registered repositories only.' },
  EDIT_UNKNOWN: { code: 1704, next: 'Only the latest edits can be undone, and each once.' },

  MODEL_UNREADABLE: {
    code: 1604,
    next: 'The file is part of the package: install lcad again, or choose another `embedding.provider`.',
  },

  USAGE: { code: 1901, next: 'Run the command with --help.' },
} as const satisfies Record<string, { code: number; next: string }>;

/** Stable name of an error: the key in the catalogue, and `error.data.kind` on the wire. */
export type ErrorKind = keyof typeof errorCatalogue;

/** What `error.data` holds on the wire, besides details of the particular error. */
export interface ErrorData {
  kind: ErrorKind;
  next: string;
  [detail: string]: unknown;
}

/** An error of the catalogue. `message` says what happened, `next` what to do about it. */
export class LcadError extends Error {
  override readonly name = 'LcadError';
  readonly kind: ErrorKind;
  readonly code: number;
  readonly next: string;
  readonly details: Readonly<Record<string, unknown>>;

  /**
   * @param kind entry of the catalogue
   * @param message one sentence: what happened, with the names and paths involved
   * @param options `next` replaces the catalogue's next step, `details` go to `error.data`, `cause` to the log
   */
  constructor(
    kind: ErrorKind,
    message: string,
    options: { next?: string; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.code = errorCatalogue[kind].code;
    this.next = options.next ?? errorCatalogue[kind].next;
    this.details = options.details ?? {};
  }

  /** The value of `error.data` on the wire. */
  get data(): ErrorData {
    return { ...this.details, kind: this.kind, next: this.next };
  }

  /** Rebuilds the error from a JSON-RPC error object; unknown shapes become INTERNAL_ERROR. */
  static fromWire(wire: { code: number; message: string; data?: unknown }): LcadError {
    const data = (wire.data ?? {}) as Partial<ErrorData>;
    const kind = data.kind && data.kind in errorCatalogue ? data.kind : kindOfCode(wire.code);
    const { kind: _kind, next, ...details } = data;
    return new LcadError(kind, wire.message, { ...(next === undefined ? {} : { next }), details });
  }
}

function kindOfCode(code: number): ErrorKind {
  const found = Object.entries(errorCatalogue).find(([, entry]) => entry.code === code);
  return (found?.[0] as ErrorKind | undefined) ?? 'INTERNAL_ERROR';
}

/** The `code` of a Node system error (`ENOENT`, `ENOSPC`, …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** A message for logs and wrapped errors, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
