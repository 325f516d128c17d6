/** A Universal Ctags that was found on this machine and has answered. A plain object: it goes to the worker threads. */
export interface CtagsProgram {
  /** Absolute. */
  path: string;
  /** As it gives it when it greets, "5.9.0"; another one later is another program in its place. */
  version: string;
  /** Tells it from every other build: part of the content keys of the languages that it serves. */
  build: string;
  /** It can confine itself to computing before it reads a file (Linux's seccomp). */
  sandbox: boolean;
  /** Names of the languages that it knows, as it writes them. */
  languages: readonly string[];
}
