import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLicenceFile } from './admit.js';

/** Path of a file by the hash of its content. */
export type ContentHashes = ReadonlyMap<string, string>;

/** Shorter files are alike by chance: an empty package file, an include. */
const smallest = 200;

/** The hash that git gives to a file's content (SHA-1 of "blob <size>\0" and the bytes). */
export function gitBlobHash(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Hashes of all files below a folder but tiny ones, licences and git's own. */
export function contentHashes(folder: string): ContentHashes {
  const hashes = new Map<string, string>();
  const visit = (path: string) => {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory() && entry.name !== '.git') visit(below);
      if (!entry.isFile() || isLicenceFile(entry.name)) continue;
      const bytes = readFileSync(join(folder, below));
      if (bytes.length >= smallest) hashes.set(gitBlobHash(bytes), below);
    }
  };
  visit('');
  return hashes;
}
