import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface UsedPackage {
  name: string;
  origin: string;
  suite?: string;
  version: string;
  licences: string[];
  files: number;
  bytes: number;
}

/**
 * The packages that a model was trained on, for its card: a table with tabs, sorted by name.
 * @param work folder of the training, where `extract` left its record of the corpus
 */
export function sourcesTable(work: string): string {
  const { packages } = JSON.parse(readFileSync(join(work, 'corpus.json'), 'utf8')) as {
    packages: UsedPackage[];
  };
  const rows = packages
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, origin, suite, version, licences, files, bytes }) =>
      [name, suite ? `${origin} ${suite}` : origin, version, licences.join(', '), files, bytes].join('\t'),
    );
  return ['package\torigin\tversion\tlicences\tfiles\tbytes', ...rows, ''].join('\n');
}
