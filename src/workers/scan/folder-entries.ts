import { isUtf8 } from 'node:buffer';
import { readdirSync } from 'node:fs';

export type EntryKind = 'file' | 'folder' | 'symlink' | 'special';

interface FolderEntry {
  name: string;
  kind: EntryKind;
}

export interface FolderEntries {
  entries: FolderEntry[];
  /** Entries whose name is not valid UTF-8: they cannot be named in a message, so they are left out. */
  badNames: number;
}

interface EntryLike {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/**
 * Reads a folder. Node gives a name that is not valid UTF-8 with U+FFFD in it, which names nothing; the folder is
 * read again as bytes only where such a name occurs.
 * @throws the system error of reading the folder
 */
export function readFolder(folder: string): FolderEntries {
  const found = readdirSync(folder, { withFileTypes: true });
  const entries: FolderEntry[] = [];
  for (const entry of found) {
    if (entry.name.includes('\ufffd')) return readAsBytes(folder);
    entries.push({ name: entry.name, kind: kindOf(entry) });
  }
  return { entries, badNames: 0 };
}

function readAsBytes(folder: string): FolderEntries {
  const entries: FolderEntry[] = [];
  let badNames = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
    if (isUtf8(entry.name)) entries.push({ name: entry.name.toString(), kind: kindOf(entry) });
    else badNames++;
  }
  return { entries, badNames };
}

function kindOf(entry: EntryLike): EntryKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'symlink' : 'special';
}
