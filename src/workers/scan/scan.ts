import { lstatSync, type Stats } from 'node:fs';
import { messageOf, systemCode } from '../../shared/errors.js';
import type { ScanResult, ScanRules, ScanTask, SkipReason } from '../messages.js';
import { skipByName } from './default-skips.js';
import { type EntryKind, readFolder } from './folder-entries.js';
import { type Level, Levels, tellingNames } from './levels.js';
import { isSecretFile } from './secrets.js';

/**
 * Lists the files to index below a root; see `Levels` for the rules. Symbolic links are not followed: what they point
 * to is content of its own place, or not part of the repository. Never throws for what is on the disk.
 *
 * With `paths` only these are looked at, each with the rules of the folders above it. A path that is now a folder is
 * walked whole; where nothing indexable is left it comes back in `gone`.
 */
export function scan(task: ScanTask): ScanResult {
  const walk = new Walk(task.root, task.rules, false);
  const rootError = rootProblem(task.root);
  if (rootError !== null) return { ...walk.result(), rootOk: false, rootError };
  if (task.paths === null) {
    walk.everything();
    return walk.result();
  }
  const gone = walk.some(task.paths);
  return { ...walk.result(), gone, skipped: {}, prunedFolders: [] };
}

/**
 * The files (and symbolic links) that git's ignore rules alone leave, before lcad's own skips: the list that
 * `git ls-files -co --exclude-standard` gives, but for submodules, whose files are listed instead of themselves.
 */
export function listAsGit(root: string, rules: ScanRules): string[] {
  const walk = new Walk(root, rules, true);
  walk.everything();
  return walk.result().paths;
}

function rootProblem(root: string): string | null {
  try {
    const stat = lstatSync(root);
    return stat.isDirectory() ? null : `${root} is not a folder.`;
  } catch (error) {
    return messageOf(error);
  }
}

class Walk {
  readonly #root: string;
  readonly #rules: ScanRules;
  readonly #gitOnly: boolean;
  readonly #levels: Levels;
  readonly #paths: string[] = [];
  readonly #stats: number[] = [];
  readonly #skipped: Partial<Record<SkipReason, number>> = {};
  readonly #pruned: string[] = [];
  #rootError: string | null = null;

  constructor(root: string, rules: ScanRules, gitOnly: boolean) {
    this.#root = root;
    this.#rules = rules;
    this.#gitOnly = gitOnly;
    this.#levels = new Levels(root, rules, gitOnly);
  }

  everything(): void {
    this.#walk([this.#levels.root()]);
  }

  /** Looks at some paths. @returns those where nothing indexable is */
  some(paths: readonly string[]): string[] {
    const asked = new Set(paths.map(normal).filter((path) => path !== outside));
    if (asked.has('')) {
      this.everything();
    } else {
      const opened = new Map<string, Level | null>();
      for (const path of asked) if (!hasAncestorIn(path, asked)) this.#one(path, opened);
    }
    const present = new Set<string>(['']);
    for (const path of this.#paths) {
      for (
        let at = path.length;
        at > 0 && !present.has(path.slice(0, at));
        at = path.lastIndexOf('/', at - 1)
      ) {
        present.add(path.slice(0, at));
      }
    }
    return paths.filter((path) => !present.has(normal(path)));
  }

  result(): ScanResult {
    return {
      rootOk: this.#rootError === null,
      rootError: this.#rootError,
      paths: this.#paths,
      stats: Float64Array.from(this.#stats),
      gone: [],
      skipped: this.#skipped,
      prunedFolders: this.#pruned.sort(),
    };
  }

  #one(path: string, opened: Map<string, Level | null>): void {
    const at = path.lastIndexOf('/');
    const name = path.slice(at + 1);
    const parent = this.#openedLevel(at < 0 ? '' : path.slice(0, at), opened);
    const stat = parent && this.#lstat(path);
    if (!parent || !stat) return;
    if (stat.isDirectory()) {
      const stack: Level[] = [];
      this.#folder(parent, name, path, stack);
      this.#walk(stack);
    } else this.#entry(parent, name, path, kindOf(stat));
  }

  /** The level of a folder with the rules of all folders above; null if the scan would not enter it. */
  #openedLevel(path: string, opened: Map<string, Level | null>): Level | null {
    const known = opened.get(path);
    if (known !== undefined) return known;
    const level = this.#unopenedLevel(path, opened);
    const tell = (name: string) => {
      const stat = this.#lstat(path === '' ? name : `${path}/${name}`);
      return stat && kindOf(stat);
    };
    const result = level && this.#levels.open(level, tell) === null ? level : null;
    opened.set(path, result);
    return result;
  }

  #unopenedLevel(path: string, opened: Map<string, Level | null>): Level | null {
    if (path === '') return this.#levels.root();
    const at = path.lastIndexOf('/');
    const parent = this.#openedLevel(at < 0 ? '' : path.slice(0, at), opened);
    if (!parent || !this.#lstat(path)?.isDirectory()) return null;
    const level = this.#levels.child(parent, path.slice(at + 1), path);
    return typeof level === 'string' ? null : level;
  }

  #walk(stack: Level[]): void {
    for (let level = stack.pop(); level; level = stack.pop()) this.#visit(level, stack);
  }

  #visit(level: Level, stack: Level[]): void {
    const { path } = level;
    let found: ReturnType<typeof readFolder>;
    try {
      found = readFolder(path === '' ? this.#root : `${this.#root}/${path}`);
    } catch (error) {
      const code = systemCode(error);
      if (code === undefined) throw error;
      if (path === '') this.#rootError = messageOf(error);
      // A folder that went away, or became something else, while the scan ran is as if it had not been there.
      else if (code !== 'ENOENT' && code !== 'ENOTDIR') this.#skip('unreadable');
      return;
    }
    const telling = new Map<string, EntryKind>();
    for (const { name, kind } of found.entries) if (tellingNames.has(name)) telling.set(name, kind);
    const reason = this.#levels.open(level, (name) => telling.get(name));
    if (reason !== null) {
      this.#prune(path, reason);
      return;
    }
    if (found.badNames > 0) this.#skip('bad-name', found.badNames);
    for (const { name, kind } of found.entries) {
      if (name === '.git') continue;
      const child = path === '' ? name : `${path}/${name}`;
      if (kind === 'folder') this.#folder(level, name, child, stack);
      else this.#entry(level, name, child, kind);
    }
  }

  #folder(parent: Level, name: string, path: string, stack: Level[]): void {
    const level = this.#levels.child(parent, name, path);
    if (typeof level === 'string') this.#prune(path, level);
    else stack.push(level);
  }

  #entry(level: Level, name: string, path: string, kind: EntryKind): void {
    const kept = this.#levels.keeps(level, name, path);
    if (!kept || name === '.git') return;
    if (this.#gitOnly) {
      if (kind !== 'special') this.#paths.push(path);
      return;
    }
    if (kind === 'symlink' || kind === 'special') {
      this.#skip(kind);
      return;
    }
    const lower = name.toLowerCase();
    if (!this.#rules.includeSecrets && isSecretFile(lastOf(level.path), lower)) {
      this.#skip('secret');
      return;
    }
    const reason = kept === 'lifted' ? null : skipByName(lower);
    if (reason) this.#skip(reason);
    else this.#add(path);
  }

  #add(path: string): void {
    const stat = this.#lstat(path);
    if (!stat) return;
    if (!stat.isFile()) this.#skip(kindOf(stat) === 'symlink' ? 'symlink' : 'special');
    else if (stat.size === 0) this.#skip('empty');
    else if (stat.size > this.#rules.maxFileBytes) this.#skip('oversized');
    else {
      this.#paths.push(path);
      this.#stats.push(stat.size, stat.mtimeMs, stat.ctimeMs, stat.ino);
    }
  }

  /** Undefined if nothing is there, or nothing that can be asked for (counted as unreadable). */
  #lstat(path: string): Stats | undefined {
    try {
      return lstatSync(`${this.#root}/${path}`, { throwIfNoEntry: false });
    } catch (error) {
      const code = systemCode(error);
      if (code === undefined) throw error;
      if (code !== 'ENOTDIR') this.#skip('unreadable');
      return undefined;
    }
  }

  #prune(path: string, reason: 'ignored' | SkipReason): void {
    if (reason !== 'ignored') this.#skip(reason);
    this.#pruned.push(`${this.#root}/${path}`);
  }

  #skip(reason: SkipReason, count = 1): void {
    this.#skipped[reason] = (this.#skipped[reason] ?? 0) + count;
  }
}

function kindOf(stat: Stats): EntryKind {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'folder';
  return stat.isSymbolicLink() ? 'symlink' : 'special';
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const outside = '..';

/** A requested path without empty and "." parts; one that leads out of the root names nothing. */
function normal(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? outside : parts.join('/');
}

function hasAncestorIn(path: string, asked: ReadonlySet<string>): boolean {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    if (asked.has(path.slice(0, at))) return true;
  }
  return false;
}
