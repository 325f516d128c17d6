import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LcadError } from '../../shared/errors.js';
import type { Settings } from '../settings.js';
import { evaluatedByManifest, isManifest, rejectFolder } from './admit.js';
import { contentHashes, gitBlobHash } from './content-hashes.js';
import { evaluatedProjects } from './evaluated.js';
import { corpusPackages, packageId } from './packages.js';
import { type PackageRecord, readRecords, workPaths, writeJson } from './records.js';

/**
 * Looks again at all that is in the corpus for projects that retrieval is evaluated on, by folder names, package
 * manifests and, where their checkouts are given, contents; writes `exclusions.json` with what was left out and what
 * matches now, and `corpus.json` with what is in.
 *
 * @throws INTERNAL_ERROR if anything matches
 */
export function writeExclusions(settings: Settings): void {
  const paths = workPaths(settings.work);
  const listed = new Set(corpusPackages().map(packageId));
  const known = [...readRecords<PackageRecord>(paths.records).values()];
  for (const { id } of known) {
    // Of a package that is no longer in the list.
    if (!listed.has(id)) rmSync(join(paths.sources, id), { recursive: true, force: true });
  }
  const records = known.filter(({ id }) => listed.has(id)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const forbidden = settings.repos === undefined ? null : contentHashes(settings.repos);
  const matches: { path: string; reason: string }[] = [];
  let files = 0;
  const visit = (path: string) => {
    for (const entry of readdirSync(join(paths.sources, path), { withFileTypes: true })) {
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        const rejection = rejectFolder(below);
        if (rejection?.startsWith('evaluated')) matches.push({ path: below, reason: rejection });
        visit(below);
        continue;
      }
      files++;
      const bytes = readFileSync(join(paths.sources, below));
      const project = isManifest(entry.name) && evaluatedByManifest(entry.name, bytes.toString('utf8'));
      if (project) matches.push({ path: below, reason: `manifest of ${project.repository}` });
      const copied = forbidden?.get(gitBlobHash(bytes));
      if (copied !== undefined) matches.push({ path: below, reason: `content of ${copied}` });
    }
  };
  if (existsSync(paths.sources)) visit('');
  writeJson(paths.exclusions, {
    projects: evaluatedProjects.map(({ repository }) => repository),
    contentsCompared: forbidden?.size ?? 0,
    filesChecked: files,
    matches,
    leftOut: records.flatMap(({ id, evaluated }) => evaluated.map((one) => ({ package: id, ...one }))),
  });
  writeJson(paths.corpus, corpusSummary(records));
  if (matches.length > 0) {
    throw new LcadError('INTERNAL_ERROR', `${matches.length} files of evaluated projects are in the corpus`, {
      next: `See ${paths.exclusions}.`,
    });
  }
}

function corpusSummary(records: readonly PackageRecord[]): object {
  const used = records.filter(({ refused }) => refused === null);
  const languages: Record<string, { bytes: number; packages: number }> = {};
  for (const record of used) {
    for (const [language, bytes] of Object.entries(record.languageBytes)) {
      languages[language] ??= { bytes: 0, packages: 0 };
      languages[language].bytes += bytes;
      languages[language].packages++;
    }
  }
  return {
    files: used.reduce((sum, { files }) => sum + files, 0),
    bytes: used.reduce((sum, { bytes }) => sum + bytes, 0),
    languages,
    packages: used.map(({ name, origin, suite, version, licences, downloads, files, bytes }) => ({
      name,
      origin,
      suite: suite === '' ? undefined : suite,
      version,
      licences: licences.used,
      downloads,
      files,
      bytes,
    })),
    refused: records.flatMap(({ name, version, refused }) =>
      refused === null ? [] : [{ name, version, why: refused }],
    ),
  };
}
