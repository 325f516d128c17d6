import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../settings.js';
import type { ContentHashes } from './content-hashes.js';
import { licenceOfFile, licenceOfInstalled, licencesOf, parseCopyright } from './copyright.js';
import type { DebianPackages, Download } from './debian.js';
import { hasCopyleftNotice, isPermissive, permissiveTextsIn } from './licences.js';
import { fetchFromNpm } from './npm.js';
import { type CorpusPackage, packageId } from './packages.js';
import { type PackageRecord, workPaths, writeJson } from './records.js';
import { type LicenceOf, selectFiles } from './select.js';

/** Changes with the rules of what is used: packages are then fetched again. */
export const fetchRules = 1;
/** Where Debian's packages are looked for, after the suite that the list names. */
export const suites = ['trixie', 'bookworm'];
/** So that no package dominates. */
const maxBytes = 16_000_000;
/** For languages that few packages have. */
const maxThinBytes = 64_000_000;
const thin = new Set(['swift', 'csharp', 'lua', 'zig', 'bash', 'kotlin', 'elixir']);

/** What fetching a package needs. */
export interface FetchTools {
  settings: Settings;
  debian: DebianPackages | null;
  forbidden: ContentHashes;
}

/**
 * Downloads a package, checks its licence, and moves what may be used of it to the sources folder.
 * @returns its record, which is on disk as well
 * @throws INTERNAL_ERROR, DEADLINE_EXCEEDED
 */
export async function fetchPackage(
  one: CorpusPackage,
  { settings, debian, forbidden }: FetchTools,
): Promise<PackageRecord> {
  const id = packageId(one);
  const paths = workPaths(settings.work);
  const into = join(paths.unpack, id);
  const sources = join(paths.sources, id);
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  try {
    const download = await downloaded(one, debian, into);
    const record: PackageRecord = {
      ...one,
      id,
      rules: fetchRules,
      version: download.version,
      suite: download.suite,
      downloads: download.files,
      licences: { used: [], leftOut: [] },
      refused: null,
      files: 0,
      bytes: 0,
      languageBytes: {},
      leftOut: {},
      evaluated: [],
    };
    const licence = one.origin === 'npm' ? npmLicence(download) : debianLicence(download, one);
    if ('refused' in licence) {
      record.refused = licence.refused;
    } else {
      const chosen = join(into, 'chosen');
      mkdirSync(chosen);
      const selection = selectFiles(download.folder, chosen, {
        languages: one.languages,
        maxBytes: one.languages.some((language) => thin.has(language)) ? maxThinBytes : maxBytes,
        seed: settings.seed,
        licenceOf: licence.licenceOf,
        forbidden,
        hasBuilds: one.origin === 'npm',
      });
      Object.assign(record, selection);
      rmSync(sources, { recursive: true, force: true });
      // Made from what was there before.
      rmSync(join(paths.pairs, `${id}.jsonl`), { force: true });
      if (selection.files > 0) renameSync(chosen, sources);
      else record.refused = 'no file of it may be used, or is source code';
    }
    writeJson(join(paths.records, `${id}.json`), record);
    return record;
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}

async function downloaded(
  one: CorpusPackage,
  debian: DebianPackages | null,
  into: string,
): Promise<Download> {
  if (one.origin === 'npm' || debian === null) return fetchFromNpm(one.name, one.pin, into);
  const order = [...new Set([one.pin, ...suites])];
  if (one.origin === 'debian-source') return debian.fetchSource(one.name, order, into);
  return debian.fetchBinary(one.name, order, into);
}

type Licence = { licenceOf: LicenceOf } | { refused: string };

/** What package.json says goes for all files of an npm package. */
function npmLicence({ folder }: Download): Licence {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    license?: string | { type?: string };
    licenses?: { type?: string }[];
  };
  const { license, licenses } = manifest;
  const name =
    typeof license === 'string'
      ? license
      : (license?.type ?? licenses?.map(({ type }) => type).join(' OR ') ?? '');
  if (!isPermissive(name)) return { refused: name === '' ? 'it names no licence' : `its licence is ${name}` };
  return { licenceOf: () => ({ permissive: true, name }) };
}

/**
 * Debian's machine-readable copyright files tell the licence of each file. Of others the text is looked at: with a
 * permissive licence's text and no copyleft in it, the licence that the manifest expects goes for all files.
 */
function debianLicence({ folder }: Download, { name, origin, licence: expected }: CorpusPackage): Licence {
  const isBinary = origin === 'debian-binary';
  const file = join(folder, isBinary ? `usr/share/doc/${name}/copyright` : 'debian/copyright');
  if (!existsSync(file)) return { refused: 'it has no copyright file' };
  const text = readFileSync(file, 'utf8');
  const copyright = parseCopyright(text);
  if (copyright) {
    const { permissive, others } = licencesOf(copyright);
    if (permissive.length === 0) return { refused: `its licences are ${others.join('; ')}` };
    return {
      licenceOf: (path) => {
        const name = isBinary ? licenceOfInstalled(copyright, path) : licenceOfFile(copyright, path);
        return { permissive: isPermissive(name), name };
      },
    };
  }
  const found = permissiveTextsIn(text);
  if (found.length === 0) return { refused: 'no permissive licence is known in its debian/copyright' };
  if (hasCopyleftNotice(text.replace(/common-licenses\/L?GPL\S*/g, ''))) {
    return { refused: 'its debian/copyright is free text with copyleft terms' };
  }
  return { licenceOf: () => ({ permissive: isPermissive(expected), name: expected }) };
}
