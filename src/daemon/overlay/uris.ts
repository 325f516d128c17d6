import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { systemCode } from '../../shared/errors.js';
import type { Overlay } from './contract.js';

/** The path of a file's URI, as it is written there; null for other URIs and for files of other machines. Pure. */
export function pathOfUri(uri: string): string | null {
  if (!/^file:/i.test(uri)) return null;
  try {
    return fileURLToPath(uri);
  } catch {
    // No URL, a host that is not this one, or an encoded slash: no file that can be meant.
    return null;
  }
}

/** The URI of an absolute path. Pure. */
function uriOfPath(path: string): string {
  return pathToFileURL(path).href;
}

/** A path without symbolic links, as repositories have it. What does not exist yet is put behind what does. */
export function canonicalPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const parent = dirname(path);
    const isAbsent = systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR';
    // What cannot be looked at is taken by its name.
    return isAbsent && parent !== path ? join(canonicalPath(parent), basename(path)) : path;
  }
}

/** The canonical path of a URI's file; of other URIs the URI itself, as in OpenBuffer. */
export function documentPath(uri: string): string {
  const file = pathOfUri(uri);
  return file === null ? uri : canonicalPath(file);
}

/**
 * Names files by URIs as a client does: documents that it has open as it named them, and other files through the same
 * symbolic links by which it came to those. A client takes a file with two names for two files.
 */
export function clientUris(overlay: Overlay): (path: string) => string {
  const open = new Map<string, string>();
  const links: Link[] = [];
  for (const { uri, path } of overlay.buffers) {
    if (!open.has(path)) open.set(path, uri);
    const link = linkBetween(pathOfUri(uri) ?? path, path);
    if (link) links.push(link);
  }
  return (path) => {
    const known = open.get(path);
    if (known !== undefined) return known;
    const link = links.find(({ real }) => path.startsWith(real));
    const uri = uriOfPath(link ? link.named + path.slice(link.real.length) : path);
    open.set(path, uri);
    return uri;
  };
}

/** Folders, with "/" at their ends, that are one. */
interface Link {
  readonly named: string;
  readonly real: string;
}

function linkBetween(named: string, real: string): Link | null {
  if (named === real) return null;
  const [a, b] = [named.split('/'), real.split('/')];
  let same = 0;
  while (same < Math.min(a.length, b.length) - 1 && a.at(-1 - same) === b.at(-1 - same)) same++;
  if (same === 0) return null;
  const folder = (parts: string[]) => `${parts.slice(0, parts.length - same).join('/')}/`;
  return { named: folder(a), real: folder(b) };
}
