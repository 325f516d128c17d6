import { join } from 'node:path';
import type { CollectOptions } from './contract.js';
import { lineCount, NotAvailable, reasonOf, type Taken, type TakenPiece } from './pieces.js';
import { type FileRules, type Place, secretReason } from './place.js';
import { textOf } from './read-text.js';

/** Of the room for a folder, this part at most is for the list of its files. */
const listingShare = 0.25;
/** Files that are read and then do not fit, before the rest is not tried any more. */
const mostMisfits = 10;
/** Nothing of use fits in less. */
const leastChars = 100;

/**
 * A folder: the list of its files, and as many of them as fit, whole, those nearest to its top first. Its files are the
 * ones that the index knows, so that what is ignored or secret is not among them.
 */
export async function takeFolder(place: Place, collect: CollectOptions, rules: FileRules): Promise<Taken> {
  const { repo, path } = place;
  const prefix = path === '' ? '' : `${path}/`;
  const isShown = (one: string) =>
    one.startsWith(prefix) && secretReason([one], rules.includeSecrets) === null;
  const known = [...repo.files].filter(([one]) => isShown(one));
  if (known.length === 0) throw new NotAvailable(`The index has no files in ${place.absolute}.`);
  const names = known.map(([one]) => one.slice(prefix.length)).sort();
  const name = path === '' ? repo.name : path;
  const listing = listingOf(names, Math.floor(collect.maxChars * listingShare));
  const pieces: TakenPiece[] = [];
  if (listing !== '') {
    const title = `Files of ${name} (${names.length})`;
    pieces.push({ kind: 'folder', title, repo: repo.id, path, text: listing });
  }
  const readable = known.filter(([, { key }]) => key !== '').map(([one]) => one);
  const files = await takeWhole(place, readable.sort(nearestFirst), collect, rules, listing.length);
  const left = readable.length - files.pieces.length - files.omissions.length;
  const omissions = [...files.omissions];
  if (listing === '') omissions.push('The list of its files does not fit.');
  if (left > 0) omissions.push(`${left} of its ${readable.length} files do not fit.`);
  return { pieces: [...pieces, ...files.pieces], omissions };
}

/** The names, one a line; if they do not fit, those at the top and each folder with the number of its files. Pure. */
function listingOf(names: readonly string[], maxChars: number): string {
  const full = names.map((name) => `${name}\n`).join('');
  if (full.length <= maxChars) return full;
  const counts = new Map<string, number>();
  for (const name of names) {
    const slash = name.indexOf('/');
    const entry = slash < 0 ? name : name.slice(0, slash + 1);
    counts.set(entry, (counts.get(entry) ?? 0) + 1);
  }
  const short = [...counts].map(([entry, count]) =>
    entry.endsWith('/') ? `${entry} (${count} ${count === 1 ? 'file' : 'files'})\n` : `${entry}\n`,
  );
  const text = short.join('');
  return text.length <= maxChars ? text : '';
}

function nearestFirst(a: string, b: string): number {
  const depth = (path: string) => path.split('/').length;
  return depth(a) - depth(b) || (a < b ? -1 : 1);
}

async function takeWhole(
  { repo }: Place,
  paths: readonly string[],
  collect: CollectOptions,
  rules: FileRules,
  used: number,
): Promise<{ pieces: TakenPiece[]; omissions: string[] }> {
  const pieces: TakenPiece[] = [];
  const omissions: string[] = [];
  let room = collect.maxChars - used;
  let misfits = 0;
  for (const path of paths) {
    if (room < leastChars || misfits >= mostMisfits) break;
    collect.signal.throwIfAborted();
    const place = { repo, absolute: join(repo.root, path), path, exists: true };
    try {
      const { text, language } = await textOf(place, collect, rules);
      if (text.length > room) {
        misfits++;
        continue;
      }
      room -= text.length;
      const lines = { startLine: 1, endLine: lineCount(text) };
      pieces.push({ kind: 'file', title: path, repo: repo.id, path, language, ...lines, text });
    } catch (error) {
      omissions.push(reasonOf(error));
    }
  }
  return { pieces, omissions };
}
