import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { WatchListener, WatchMode, WatchSupervisor } from '../../src/daemon/watch/contract.js';
import { createWatchSupervisor, type SupervisorOptions } from '../../src/daemon/watch/supervisor.js';
import { packagePath } from '../../src/shared/package-root.js';

/** Waits until a condition holds; fails with what was expected, and what `state` shows. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  state: () => unknown = () => '',
  deadlineMs = 30_000,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`never came: ${what} ${JSON.stringify(state())}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Paths of the files below a folder with their contents; links by their own name. */
function contentsOf(root: string, from = root, into = new Map<string, string>()): Map<string, string> {
  const stat = lstatSync(from, { throwIfNoEntry: false });
  if (!stat) return into;
  if (!stat.isDirectory()) return into.set(from, stat.isFile() ? readFileSync(from, 'latin1') : 'other');
  for (const name of readdirSync(from)) {
    try {
      contentsOf(root, join(from, name), into);
    } catch {
      // It went away or is closed; the next hint tells.
    }
  }
  return into;
}

export type Call =
  | { kind: 'hints'; paths: string[]; at: number }
  | { kind: 'sweep'; reason: string; at: number }
  | { kind: 'git'; at: number }
  | {
      kind: 'mode';
      mode: WatchMode;
      problem: { kind: string; message: string; next: string } | null;
      at: number;
    };

/**
 * A supervisor with one root and a listener that does what an index has to: it reads again what a hint names, and all
 * on a sweep. `mirror` is the index that comes of it.
 */
export class Watched {
  readonly calls: Call[] = [];
  readonly root: string;
  readonly supervisor: WatchSupervisor;
  mirror = new Map<string, string>();

  constructor(root: string, options: Partial<SupervisorOptions> = {}) {
    this.root = root;
    const none = () => undefined;
    const log = { debug: none, info: none, warn: none, error: none };
    this.supervisor = createWatchSupervisor({ listener: this.#listener(), log, ...options });
  }

  async start(prunedFolders: string[] = [], gitDir: string | null = null): Promise<this> {
    await this.supervisor.watch({ id: 'r', root: this.root, prunedFolders, gitDir });
    this.mirror = contentsOf(this.root);
    return this;
  }

  get mark(): number {
    return this.calls.length;
  }

  of<K extends Call['kind']>(kind: K, since = 0): Extract<Call, { kind: K }>[] {
    return this.calls.slice(since).filter((call) => call.kind === kind) as Extract<Call, { kind: K }>[];
  }

  get mode(): WatchMode | undefined {
    return this.of('mode').at(-1)?.mode;
  }

  hinted(path: string, since = 0): boolean {
    return this.of('hints', since).some(({ paths }) => paths.includes(path));
  }

  /** Waits until the index equals the files. */
  async untilTrue(what: string): Promise<void> {
    const differences = () => {
      const real = contentsOf(this.root);
      const paths = new Set([...real.keys(), ...this.mirror.keys()]);
      return [...paths].filter((path) => real.get(path) !== this.mirror.get(path));
    };
    await until(
      what,
      () => differences().length === 0,
      () => differences().slice(0, 20),
    );
  }

  async pid(): Promise<number> {
    const { pid } = await this.supervisor.stats();
    if (pid === null) throw new Error('the watcher process does not run');
    return pid;
  }

  async close(): Promise<void> {
    await this.supervisor.close();
    rmSync(this.root, { recursive: true, force: true });
  }

  #listener(): WatchListener {
    const at = () => performance.now();
    return {
      onHints: (_id, paths) => {
        this.calls.push({ kind: 'hints', paths, at: at() });
        for (const path of paths) this.#look(path);
      },
      onSweep: (_id, reason) => {
        this.calls.push({ kind: 'sweep', reason, at: at() });
        this.mirror = contentsOf(this.root);
      },
      onGit: () => this.calls.push({ kind: 'git', at: at() }),
      onMode: (_id, mode, problem) => this.calls.push({ kind: 'mode', mode, problem, at: at() }),
    };
  }

  #look(path: string): void {
    for (const known of this.mirror.keys()) {
      if (known === path || known.startsWith(`${path}/`)) this.mirror.delete(known);
    }
    contentsOf(this.root, path, this.mirror);
  }
}

/** Whether a process exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process.
    return false;
  }
}

/** A supervisor in a process of its own, possibly under other limits; its calls as they are printed. */
export class WatchHost {
  readonly calls: { kind: string; [key: string]: unknown }[] = [];
  readonly child: ChildProcess;

  /** @param prefix command and arguments that run the process, such as `unshare -Ur` */
  constructor(root: string, prefix: string[] = [], options: object = {}) {
    const script = packagePath('test', 'support', 'watch-host.mjs');
    const [command = '', ...args] = [...prefix, process.execPath, script, root, JSON.stringify(options)];
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: this.child.stdout as Readable });
    lines.on('line', (line) => this.calls.push(JSON.parse(line)));
  }

  get mode(): unknown {
    return this.of('mode').at(-1)?.mode;
  }

  get problem(): { kind: string; next: string } | null {
    return (this.of('mode').at(-1)?.problem ?? null) as { kind: string; next: string } | null;
  }

  of(kind: string, since = 0): { kind: string; [key: string]: unknown }[] {
    return this.calls.slice(since).filter((call) => call.kind === kind);
  }

  async watcherPid(): Promise<number> {
    await until(
      'the watcher to run',
      () => this.of('watching').length > 0,
      () => this.calls,
    );
    return this.of('watching')[0]?.pid as number;
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.stdin?.end();
    const kill = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(kill);
  }
}
