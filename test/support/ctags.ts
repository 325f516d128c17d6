import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../src/shared/package-root.js';
import { findCtags } from '../../src/workers/ctags/detect.js';
import type { CtagsProgram } from '../../src/workers/ctags/program.js';

const standIn = packagePath('test', 'fixtures', 'ctags', 'stand-in.mjs');

/** Writes a program that is the stand-in for Universal Ctags with these options. Returns its path. */
export function writeCtags(folder: string, name = 'ctags', ...options: string[]): string {
  const words = [process.execPath, standIn, ...options].map((word) => `'${word}'`).join(' ');
  return writeProgram(folder, name, `exec ${words} "$@"`);
}

/** Writes a shell script. Returns its path. */
export function writeProgram(folder: string, name: string, script: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** The program at a path, as it is found. */
export async function ctagsAt(path: string): Promise<CtagsProgram> {
  const found = await findCtags(path, '');
  if (found.state !== 'found') throw new Error(`${path} cannot be used: ${JSON.stringify(found)}`);
  return found.program;
}
