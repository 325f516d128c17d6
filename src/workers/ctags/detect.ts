import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { CtagsChild, ctagsEnvironment } from './child.js';
import { ctagsFile, ctagsName, taggedLanguageIds } from './languages.js';
import type { CtagsProgram } from './program.js';

/** What was found: a program to use, one that cannot be used and why, or none. */
export type CtagsFound =
  | { state: 'found'; program: CtagsProgram }
  | { state: 'unusable'; path: string; message: string }
  | { state: 'absent' };

/** Names under which packages of the systems install it. */
const programNames = ['ctags', 'ctags-universal', 'universal-ctags', 'uctags'];
/** Where it is although a service's PATH often lacks the folder. */
const moreFolders = ['/usr/local/bin', '/opt/homebrew/bin', '/opt/local/bin', '/usr/bin'];
const deadlineMs = 3000;
const mostOutputBytes = 1 << 20;

/**
 * Looks for a Universal Ctags and tries it. Never rejects; takes some hundredths of a second.
 *
 * @param wanted its absolute path, or empty: the first that can be used of those on the PATH
 * @param path folders to look in, as in the environment variable; relative ones are left out
 */
export async function findCtags(wanted: string, path: string): Promise<CtagsFound> {
  const places = wanted === '' ? candidates(path) : [wanted];
  let unusable: CtagsFound | null = null;
  for (const place of places) {
    const found = await tried(place);
    if (found.state === 'found') return found;
    unusable ??= found;
  }
  return unusable ?? { state: 'absent' };
}

function candidates(path: string): string[] {
  const folders = [...new Set([...path.split(':').filter((folder) => isAbsolute(folder)), ...moreFolders])];
  return programNames.flatMap((name) => folders.map((folder) => join(folder, name)).filter(isProgram));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // None of that name here, or none that we may run.
    return false;
  }
}

async function tried(path: string): Promise<CtagsFound> {
  const unusable = (message: string): CtagsFound => ({ state: 'unusable', path, message });
  const about = await printed(path, ['--version']);
  if (about === null) return unusable('it cannot be run');
  if (!about.startsWith('Universal Ctags')) return unusable(`it is ${productOf(about)}, not Universal Ctags`);
  const [features = '', names = ''] = await Promise.all([
    printed(path, ['--options=NONE', '--list-features']),
    printed(path, ['--options=NONE', '--list-languages']),
  ]).then((texts) => texts.map((text) => text ?? ''));
  const has = (feature: string) => new RegExp(`^${feature}\\b`, 'm').test(features);
  if (!has('json') || !has('interactive')) return unusable('it was built without its JSON interactive mode');
  const version = /^Universal Ctags ([^\s,(]+)/.exec(about)?.[1] ?? '';
  const languages = names.split('\n').filter((name) => name !== '' && !name.endsWith('[disabled]'));
  const build = createHash('sha256').update(`${about}\0${names}`).digest('base64url').slice(0, 16);
  const program = { path, version, build, languages, sandbox: false };
  if (has('sandbox') && (await answers({ ...program, sandbox: true })))
    return { state: 'found', program: { ...program, sandbox: true } };
  if (await answers(program)) return { state: 'found', program };
  return unusable('its JSON interactive mode does not answer');
}

/** "Exuberant Ctags 5.9~svn20110310" of "Exuberant Ctags 5.9~svn20110310, Copyright (C) …". */
function productOf(about: string): string {
  return (about.split('\n', 1)[0] ?? '').split(',', 1)[0]?.slice(0, 80).trim() || 'another program';
}

/** Whether the interactive mode tags a text of one of its languages. */
async function answers(program: CtagsProgram): Promise<boolean> {
  const language = taggedLanguageIds.find((id) => ctagsName(program, id) !== undefined);
  if (language === undefined) return false;
  const child = new CtagsChild(program);
  const answer = await child.request(ctagsFile(language), Buffer.from('a b\n'), deadlineMs);
  child.end();
  return 'tags' in answer;
}

const run = promisify(execFile);

async function printed(program: string, options: readonly string[]): Promise<string | null> {
  try {
    const { stdout } = await run(program, [...options], {
      cwd: '/',
      env: ctagsEnvironment,
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
      maxBuffer: mostOutputBytes,
    });
    return stdout;
  } catch {
    // It is no such program, or one that fails or hangs: what it printed would say nothing.
    return null;
  }
}
