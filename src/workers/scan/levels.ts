import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { systemCode } from '../../shared/errors.js';
import type { ScanRules, SkipReason } from '../messages.js';
import { folderMarkers, isSkippedFolder } from './default-skips.js';
import type { EntryKind } from './folder-entries.js';
import { commonDirOf, gitDirOf } from './git-folder.js';
import { type IgnoreList, parseIgnoreFile, type Verdict, verdictOf } from './ignore-list.js';
import { isSecretFolder } from './secrets.js';

/** An ignore list and where its patterns are rooted. */
interface PlacedList {
  readonly list: IgnoreList;
  /** Characters to cut from a path below the scan's root, */
  readonly cut: number;
  /** and what to put before it, to have the path from the folder of the ignore file. */
  readonly prefix: string;
}

/** One folder of a scan with all rules that apply to what is in it. */
export interface Level {
  /** From the scan's root; empty for the root itself. */
  readonly path: string;
  /** .lcadignore files and the configuration, strongest first. */
  own: readonly PlacedList[];
  /** .gitignore files, info/exclude and global excludes of the repository that the folder is in, strongest first. */
  git: readonly PlacedList[];
  /** The folder is ignored by git's rules and entered only for tracked files (or submodules) in it. */
  readonly trackedOnly: boolean;
  /** A pattern of ours asks for the folder in so many words, so that default skips do not apply to it. */
  readonly lifted: boolean;
}

/** Why a folder is not entered: ignored (uncounted), or a counted reason. */
export type NotEntered = 'ignored' | SkipReason;

/** Names in a folder that say how to treat it. Everything else in it is irrelevant to its level. */
export const tellingNames: ReadonlySet<string> = new Set([
  '.git',
  '.gitignore',
  '.lcadignore',
  'HEAD',
  'objects',
  'refs',
  ...folderMarkers.map(({ name }) => name),
]);

/** Kind of a telling entry of a folder, undefined if it is not there. */
export type Tell = (name: string) => EntryKind | undefined;

const maxIgnoreFileBytes = 16 << 20;

/**
 * The rules of a scan. Strongest first: .lcadignore files (deeper ones before), the configuration's patterns, tracked
 * files, .gitignore files (deeper ones before), info/exclude, global excludes; then lcad's own default skips, which
 * only a `!` pattern in .lcadignore or the configuration lifts: that a dependency folder was committed does not make
 * it source. Secrets are lifted by `includeSecrets` alone, so that no repository can have its reader's keys indexed.
 */
export class Levels {
  readonly #root: string;
  readonly #rules: ScanRules;
  readonly #gitOnly: boolean;
  readonly #ignoreCase: boolean;
  readonly #submodules: ReadonlySet<string>;
  readonly #tracked: ReadonlySet<string>;
  /** Folders that hold tracked but ignored files or submodules, at any depth. */
  readonly #trackedFolders = new Set<string>();
  readonly #global: IgnoreList | null;

  /** @param gitOnly leave out everything that git does not know of */
  constructor(root: string, rules: ScanRules, gitOnly: boolean) {
    this.#root = root;
    this.#rules = rules;
    this.#gitOnly = gitOnly;
    this.#ignoreCase = rules.ignoreCase ?? false;
    this.#submodules = new Set(rules.submodules);
    this.#tracked = new Set(rules.trackedIgnored);
    for (const path of [...rules.trackedIgnored, ...rules.submodules.map((folder) => `${folder}/`)]) {
      for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
        this.#trackedFolders.add(path.slice(0, at));
      }
    }
    this.#global = readList(rules.globalExcludes, this.#ignoreCase);
  }

  /** The root's level, not opened yet. Rules of folders above it apply where it is below a repository's top level. */
  root(): Level {
    const { gitDir, extraIgnore } = this.#rules;
    const own =
      this.#gitOnly || extraIgnore.length === 0 ? [] : [place(parsed(extraIgnore, this.#ignoreCase), '')];
    const git = this.#standing(gitDir, '', this.#above());
    return { path: '', own, git, trackedOnly: false, lifted: true };
  }

  /** The level of a folder in an opened one, or why it is not entered. */
  child(parent: Level, name: string, path: string): Level | NotEntered {
    if (name === '.git') return 'ignored';
    const own = verdict(parent.own, name, path, true);
    if (own === 'ignored') return 'ignored';
    const submodule = this.#submodules.has(path);
    const ignored = own === null && !submodule && isIgnored(parent, name, path, true);
    if (ignored && !this.#trackedFolders.has(path)) return 'ignored';
    if (!this.#gitOnly) {
      if (!this.#rules.includeSecrets && isSecretFolder(name)) return 'secret';
      if (own === null && isSkippedFolder(name)) return 'default-skip';
    }
    const level = { path, own: parent.own, git: parent.git, trackedOnly: ignored, lifted: own !== null };
    if (submodule) level.git = this.#standing(gitDirOf(this.#absolute(path)), path, []);
    return level;
  }

  /** Takes a folder's own ignore files into its level. @returns why it is not entered after all, null if it is */
  open(level: Level, tell: Tell): NotEntered | null {
    const isRoot = level.path === '';
    if (!isRoot && tell('.git') && !this.#submodules.has(level.path)) {
      const gitDir = gitDirOf(this.#absolute(level.path));
      if (gitDir !== null && this.#rules.gitDir !== null) return 'nested-repo';
      if (gitDir !== null) level.git = this.#standing(gitDir, level.path, []);
    }
    if (!level.lifted && !this.#gitOnly && this.#isToolFolder(level, tell)) return 'default-skip';
    if (tell('.gitignore') === 'file') level.git = this.#with(level.git, level.path, '.gitignore');
    if (!this.#gitOnly && tell('.lcadignore') === 'file') {
      level.own = this.#with(level.own, level.path, '.lcadignore');
    }
    return null;
  }

  /** True if the rules leave a file in an opened folder; `lifted` if a pattern of ours asks for it in so many words. */
  keeps(level: Level, name: string, path: string): boolean | 'lifted' {
    const own = verdict(level.own, name, path, false);
    if (own !== null) return own === 'kept' ? 'lifted' : false;
    return this.#tracked.has(path) || !isIgnored(level, name, path, false);
  }

  /** Lists that hold for a whole repository below those of its folders. */
  #standing(gitDir: string | null, top: string, above: readonly PlacedList[]): readonly PlacedList[] {
    const lists = [...above];
    const exclude =
      gitDir === null ? null : readList(`${commonDirOf(gitDir)}/info/exclude`, this.#ignoreCase);
    const base = above.at(-1);
    if (exclude) lists.push(base ? { ...base, list: exclude } : place(exclude, top));
    if (this.#global) lists.push(base ? { ...base, list: this.#global } : place(this.#global, top));
    return lists;
  }

  /** Lists of the folders between a repository's top level and a root below it. The last is the top level's. */
  #above(): PlacedList[] {
    if (this.#rules.gitDir === null || gitDirOf(this.#root) !== null) return [];
    const lists: PlacedList[] = [];
    for (let folder = dirname(this.#root); ; folder = dirname(folder)) {
      const isTop = gitDirOf(folder) !== null;
      const list =
        readList(`${folder}/.gitignore`, this.#ignoreCase) ?? (isTop ? parsed([], this.#ignoreCase) : null);
      if (list) lists.push({ list, cut: 0, prefix: `${relative(folder, this.#root)}/` });
      if (isTop) return lists;
      if (folder === dirname(folder)) return [];
    }
  }

  #isToolFolder(level: Level, tell: Tell): boolean {
    if (tell('HEAD') === 'file' && tell('objects') === 'folder' && tell('refs') === 'folder') return true;
    const marker = folderMarkers.find(({ name }) => tell(name) === 'file');
    if (!marker) return false;
    if (marker.signature === null) return true;
    return (
      startOf(`${this.#absolute(level.path)}/${marker.name}`, marker.signature.length) === marker.signature
    );
  }

  #with(lists: readonly PlacedList[], folder: string, name: string): readonly PlacedList[] {
    const list = readList(`${this.#absolute(folder)}/${name}`, this.#ignoreCase);
    return list && list.size > 0 ? [place(list, folder), ...lists] : lists;
  }

  #absolute(path: string): string {
    return path === '' ? this.#root : `${this.#root}/${path}`;
  }
}

function isIgnored(level: Level, name: string, path: string, isFolder: boolean): boolean {
  return level.trackedOnly || verdict(level.git, name, path, isFolder) === 'ignored';
}

function verdict(lists: readonly PlacedList[], name: string, path: string, isFolder: boolean): Verdict {
  for (const { list, cut, prefix } of lists) {
    const found = verdictOf(list, name, cut > 0 ? path.slice(cut) : prefix + path, isFolder);
    if (found) return found;
  }
  return null;
}

function place(list: IgnoreList, folder: string): PlacedList {
  return { list, cut: folder === '' ? 0 : folder.length + 1, prefix: '' };
}

function parsed(patterns: readonly string[], ignoreCase: boolean): IgnoreList {
  return parseIgnoreFile(Buffer.from(patterns.join('\n')).toString('latin1'), ignoreCase);
}

/** Null for a file that is not there, cannot be read or is absurdly large; git ignores such a file too. */
function readList(file: string | null, ignoreCase: boolean): IgnoreList | null {
  if (file === null) return null;
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (!stat?.isFile() || stat.size > maxIgnoreFileBytes) return null;
    return parseIgnoreFile(readFileSync(file, 'latin1'), ignoreCase);
  } catch (error) {
    if (systemCode(error) !== undefined) return null;
    throw error;
  }
}

/** The first bytes of a file as text; empty if it cannot be read. */
function startOf(file: string, bytes: number): string {
  try {
    const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!fstatSync(handle).isFile()) return '';
      const buffer = Buffer.alloc(bytes);
      return buffer.toString('latin1', 0, readSync(handle, buffer, 0, bytes, 0));
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (systemCode(error) !== undefined) return '';
    throw error;
  }
}
