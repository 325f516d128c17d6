import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LcadError } from '../../shared/errors.js';
import type { Download } from './debian.js';
import { runProgram, withRetries } from './run-program.js';

const packDeadlineMs = 300_000;
const unpackDeadlineMs = 300_000;
const tries = 3;

interface Packed {
  version: string;
  filename: string;
  integrity: string;
}

/**
 * Downloads a package of the npm registry into an empty folder, npm checking its hash, and unpacks it there. Nothing of
 * it is run.
 *
 * @param version empty for the newest
 * @throws INTERNAL_ERROR, DEADLINE_EXCEEDED
 */
export async function fetchFromNpm(name: string, version: string, into: string): Promise<Download> {
  const spec = version === '' ? name : `${name}@${version}`;
  const words = ['pack', spec, '--json', '--ignore-scripts', '--loglevel=error'];
  const said = await withRetries(tries, () =>
    runProgram('npm', words, { cwd: into, deadlineMs: packDeadlineMs }),
  );
  const [packed] = JSON.parse(said) as Packed[];
  const tarball = readdirSync(into).find((file) => file.endsWith('.tgz'));
  if (!packed || tarball === undefined)
    throw new LcadError('INTERNAL_ERROR', `npm pack ${spec} left no tarball`);
  const folder = join(into, 'source');
  mkdirSync(folder);
  await runProgram('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1', '--no-same-owner'], {
    cwd: into,
    deadlineMs: unpackDeadlineMs,
  });
  await runProgram('chmod', ['-R', 'u+rwX', folder], { cwd: into, deadlineMs: unpackDeadlineMs });
  return {
    version: packed.version,
    suite: '',
    files: [{ path: packed.filename, hash: packed.integrity }],
    folder,
  };
}
