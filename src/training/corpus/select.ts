import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  admitFile,
  builtFoldersOf,
  evaluatedByManifest,
  isLicenceFile,
  isManifest,
  type Rejection,
  rejectFolder,
} from './admit.js';
import { type ContentHashes, gitBlobHash } from './content-hashes.js';
import type { PackageRecord } from './records.js';

/** Which files of an unpacked package may be used, by licence. */
export type LicenceOf = (path: string) => { permissive: boolean; name: string };

export interface SelectOptions {
  /** The package's languages: their files come first where there are too many. */
  languages: readonly string[];
  /** Most bytes of source. */
  maxBytes: number;
  seed: number;
  licenceOf: LicenceOf;
  /** Contents that must not be used. */
  forbidden: ContentHashes;
  /** True for npm packages, which hold their source several times. */
  hasBuilds: boolean;
}

type Selection = Pick<
  PackageRecord,
  'licences' | 'files' | 'bytes' | 'languageBytes' | 'leftOut' | 'evaluated'
>;

interface Candidate {
  path: string;
  bytes: number;
  language: string;
  licence: string;
  order: number;
}

const maxEvaluatedPaths = 300;

/**
 * Moves the files of an unpacked package that may be used into a folder, with its licence files, and says what was left
 * out and why.
 */
export function selectFiles(from: string, to: string, options: SelectOptions): Selection {
  const walk = new Walk(from, options);
  walk.folder('', options.hasBuilds);
  const wanted = new Set(options.languages);
  const candidates = walk.candidates.sort(
    (a, b) => Number(wanted.has(b.language)) - Number(wanted.has(a.language)) || a.order - b.order,
  );
  const result: Selection = {
    licences: { used: [], leftOut: [...walk.badLicences].sort() },
    files: 0,
    bytes: 0,
    languageBytes: {},
    leftOut: walk.leftOut,
    evaluated: walk.evaluated,
  };
  const used = new Set<string>();
  for (const { path, bytes, language, licence } of candidates) {
    if (result.bytes + bytes > options.maxBytes) {
      result.leftOut.sampled = (result.leftOut.sampled ?? 0) + 1;
      continue;
    }
    move(join(from, path), join(to, path));
    result.files++;
    result.bytes += bytes;
    result.languageBytes[language] = (result.languageBytes[language] ?? 0) + bytes;
    used.add(licence);
  }
  for (const path of walk.licenceFiles) move(join(from, path), join(to, path));
  result.licences.used = [...used].sort();
  return result;
}

function move(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}

class Walk {
  readonly candidates: Candidate[] = [];
  readonly licenceFiles: string[] = [];
  readonly leftOut: Record<string, number> = {};
  readonly evaluated: { path: string; reason: string }[] = [];
  readonly badLicences = new Set<string>();

  constructor(
    private readonly root: string,
    private readonly options: SelectOptions,
  ) {}

  folder(path: string, hasBuilds = false): void {
    const entries = readdirSync(join(this.root, path), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    for (const name of files) {
      if (!isManifest(name)) continue;
      const project = evaluatedByManifest(name, readFileSync(join(this.root, path, name), 'utf8'));
      if (project) {
        this.#leaveOut(path === '' ? name : path, `evaluated ${project.repository}`);
        return;
      }
    }
    for (const name of files) this.#file(path === '' ? name : `${path}/${name}`, name);
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const built = new Set(hasBuilds ? builtFoldersOf(folders) : []);
    for (const name of folders) {
      const below = path === '' ? name : `${path}/${name}`;
      const rejection = built.has(name)
        ? 'built'
        : path === '' && name === 'debian'
          ? 'boilerplate'
          : rejectFolder(below);
      if (rejection === null) this.folder(below);
      else this.#leaveOut(below, rejection);
    }
  }

  #file(path: string, name: string): void {
    if (isLicenceFile(name)) {
      this.licenceFiles.push(path);
      return;
    }
    const licence = this.options.licenceOf(path);
    if (!licence.permissive) {
      this.badLicences.add(licence.name);
      this.#leaveOut(path, 'licence');
      return;
    }
    const bytes = readFileSync(join(this.root, path));
    const admission = admitFile(name, bytes);
    if ('rejection' in admission) {
      this.#leaveOut(path, admission.rejection);
      return;
    }
    const copied = this.options.forbidden.get(gitBlobHash(bytes));
    if (copied !== undefined) {
      this.#leaveOut(path, `evaluated content of ${copied}`);
      return;
    }
    this.candidates.push({
      path,
      bytes: bytes.length,
      language: admission.language,
      licence: licence.name,
      order: createHash('sha1').update(`${this.options.seed} ${path}`).digest().readUInt32LE(0),
    });
  }

  #leaveOut(path: string, reason: Rejection): void {
    const kind = reason.startsWith('evaluated') ? 'evaluated' : reason;
    this.leftOut[kind] = (this.leftOut[kind] ?? 0) + 1;
    if (kind === 'evaluated' && this.evaluated.length < maxEvaluatedPaths)
      this.evaluated.push({ path, reason });
  }
}
