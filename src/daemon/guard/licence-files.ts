import type { Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { licenceOfManifest, licenceOfText, unknownLicence } from './licence-names.js';

/** A file of licensed code. */
export interface LicensedFile {
  readonly path: string;
  readonly licence: string;
}

const mostFileBytes = 256 * 1024;
const mostDepth = 24;
const licenceName = /^(?:licen[cs]e|copying|unlicense)(?:[.-].*)?$/i;
/** Endings of code; all else is data, text or made by a machine. */
const code = new Set(
  (
    'c cc cpp cxx h hh hpp hxx m mm cs java kt kts scala groovy go rs swift dart js mjs cjs jsx ts mts cts tsx vue svelte ' +
    'py pyi rb php pl pm lua r jl hs ml mli fs ex exs erl clj cljs sh bash zsh ps1 sql zig nim v d pas f90 asm s'
  )
    .split(' ')
    .map((ending) => `.${ending}`),
);
const notice = /licen[cs]e|copyright|warrant(?:y|ies)/i;
const isMade = /\.min\.[a-z]+$|\.d\.[cm]?ts$|\.bundle\./;

/** How much of folders is looked at. */
interface Look {
  /** Files and folders that may still be looked at. */
  left: number;
}

/**
 * The code files of a folder, each with the licence of the nearest folder that names one, in the order of their names.
 * What cannot be read is left out; links are not followed. Ends when as much has been looked at as may be.
 */
export async function* licensedFiles(
  folder: string,
  signal: AbortSignal,
  look: Look,
  above = unknownLicence,
  depth = 0,
): AsyncGenerator<LicensedFile> {
  signal.throwIfAborted();
  const entries = await entriesOf(folder);
  const licence = (await licenceIn(folder, entries)) ?? above;
  for (const entry of entries) {
    if (--look.left < 0) return;
    const path = join(folder, entry.name);
    if (entry.isFile() && code.has(extname(entry.name).toLowerCase()) && !isMade.test(entry.name)) {
      yield { path, licence };
    } else if (entry.isDirectory() && depth < mostDepth && entry.name !== '.git') {
      yield* licensedFiles(path, signal, look, licence, depth + 1);
    }
  }
}

/** The text of a code file without notices of its licence; null if it cannot be read or is too long. */
export async function codeOf(path: string): Promise<string | null> {
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      return size > mostFileBytes ? null : withoutNotices(withoutHead(await handle.readFile('utf8')));
    } finally {
      await handle.close();
    }
  } catch {
    return null; // Gone or unreadable by now.
  }
}

/** Cuts the comment at the beginning, which in most files is a licence and alike in all of them. Pure. */
function withoutHead(text: string): string {
  const head =
    /^(?:\s+|#![^\n]*|\/\*[\s\S]*?\*\/|\/\/[^\n]*|#(?!\s*(?:include|define|if|pragma))[^\n]*|--[^\n]*)+/.exec(
      text,
    );
  return text.slice(head?.[0].length ?? 0);
}

/** Cuts comments that are notices of a licence, which bundled files have in their middle. Pure. */
function withoutNotices(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf('/*', from);
    const end = start < 0 ? -1 : text.indexOf('*/', start + 2);
    if (end < 0) break;
    const isNotice = notice.test(text.slice(start, end));
    parts.push(text.slice(from, isNotice ? start : end + 2));
    from = end + 2;
  }
  parts.push(text.slice(from));
  return parts
    .join('')
    .replace(/(?:^[ \t]*(?:\/\/|#|--).*\n)+/gm, (block) => (notice.test(block) ? '\n' : block));
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return []; // Gone or unreadable: it has no files for us.
  }
}

async function licenceIn(folder: string, entries: readonly Dirent[]): Promise<string | null> {
  for (const name of ['package.json', 'Cargo.toml']) {
    if (!entries.some((entry) => entry.name === name && entry.isFile())) continue;
    const licence = licenceOfManifest(name, await textOf(join(folder, name)));
    if (licence) return licence;
  }
  const file = entries.find((entry) => entry.isFile() && licenceName.test(entry.name));
  return file ? licenceOfText(await textOf(join(folder, file.name))) : null;
}

/** The beginning of a file, which names a licence if any part does. */
async function textOf(path: string): Promise<string> {
  try {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(mostFileBytes), 0, mostFileBytes, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return ''; // Unreadable: then it names no licence.
  }
}
