import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LcadError } from '../../shared/errors.js';
import { runProgram, withRetries } from './run-program.js';

const updateDeadlineMs = 300_000;
const downloadDeadlineMs = 900_000;
const unpackDeadlineMs = 900_000;
const tries = 3;
/** Keys of Debian's archive as its keyring package installs them; without it apt has to trust them already. */
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** What was downloaded of a package. */
export interface Download {
  version: string;
  /** Debian's suite; empty for others. */
  suite: string;
  /** Path of each file below the mirror or registry, with its hash as the signed index or the registry gives it. */
  files: { path: string; hash: string }[];
  /** Folder with its unpacked source. */
  folder: string;
}

/**
 * Debian's packages through apt, with an index of its own below the work folder: apt checks the index's
 * signature and the hash of what it downloads, and nothing of the system's set-up changes.
 */
export class DebianPackages {
  readonly #folder: string;
  readonly #options: string[];

  private constructor(folder: string) {
    this.#folder = folder;
    const set = (name: string, value: string) => ['-o', `${name}=${value}`];
    this.#options = [
      ...set('Dir::State', join(folder, 'state')),
      ...set('Dir::Cache', join(folder, 'cache')),
      ...set('Dir::Cache::pkgcache', 'pkgcache.bin'),
      ...set('Dir::Cache::srcpkgcache', 'srcpkgcache.bin'),
      ...set('Dir::State::status', '/dev/null'),
      ...set('Dir::Etc::sourcelist', join(folder, 'sources.list')),
      ...set('Dir::Etc::sourceparts', '/dev/null'),
      ...set('APT::Sandbox::User', 'root'),
      ...set('Acquire::Languages', 'none'),
      ...set('Acquire::Retries', '3'),
      '-q',
    ];
  }

  /**
   * @param mirror address of a mirror; undefined for the one that apt is set up with
   * @throws INTERNAL_ERROR without apt, or if the indices cannot be had
   */
  static async open(
    folder: string,
    suites: readonly string[],
    mirror: string | undefined,
  ): Promise<DebianPackages> {
    const sources = new DebianPackages(folder);
    const list = join(folder, 'sources.list');
    const lines = await sourceLines(suites, mirror);
    if (existsSync(list) && readFileSync(list, 'utf8') === lines) return sources;
    for (const part of ['state/lists/partial', 'cache/archives/partial']) {
      mkdirSync(join(folder, part), { recursive: true });
    }
    // Under its name only when the index is complete: a cut-off update is done again.
    writeFileSync(`${list}.new`, lines);
    const options = sources.#options.map((word) => (word.endsWith(list) ? `${word}.new` : word));
    await withRetries(tries, () =>
      runProgram('apt-get', [...options, '-o', 'APT::Update::Error-Mode=any', 'update'], {
        cwd: folder,
        deadlineMs: updateDeadlineMs,
      }),
    );
    renameSync(`${list}.new`, list);
    // Else each call reads all indices again.
    await runProgram('apt-cache', [...sources.#options, 'gencaches'], {
      cwd: folder,
      deadlineMs: updateDeadlineMs,
    });
    return sources;
  }

  /**
   * Downloads a source package into an empty folder and unpacks it there.
   *
   * @param suites where to look, in order: mirrors do not have every file of every suite
   * @throws INTERNAL_ERROR, DEADLINE_EXCEEDED
   */
  fetchSource(name: string, suites: readonly string[], into: string): Promise<Download> {
    return this.#fromFirst(name, suites, into, (suite, folder) => this.#source(name, suite, folder));
  }

  /** The same for a binary package: those of scripting languages and libraries of source carry their source. */
  fetchBinary(name: string, suites: readonly string[], into: string): Promise<Download> {
    return this.#fromFirst(name, suites, into, (suite, folder) => this.#binary(name, suite, folder));
  }

  async #fromFirst(
    name: string,
    suites: readonly string[],
    into: string,
    fetch: (suite: string, folder: string) => Promise<Download>,
  ): Promise<Download> {
    for (const [at, suite] of suites.entries()) {
      const folder = join(into, suite);
      mkdirSync(folder);
      try {
        return await fetch(suite, folder);
      } catch (error) {
        if (at === suites.length - 1) throw error;
      }
    }
    throw new LcadError('USAGE', `no suite is given for ${name}`);
  }

  async #source(name: string, suite: string, into: string): Promise<Download> {
    const files = await this.#download(
      ['source', '--only-source', '--download-only'],
      `${name}/${suite}`,
      into,
    );
    const dsc = readdirSync(into).find((file) => file.endsWith('.dsc'));
    if (dsc === undefined) throw new LcadError('INTERNAL_ERROR', `apt-get source ${name} left no .dsc file`);
    const folder = join(into, 'source');
    // apt has checked the hashes; the keys of all uploaders are not needed for that.
    await runProgram('dpkg-source', ['--no-check', '--skip-patches', '--no-copy', '-x', dsc, folder], {
      cwd: into,
      deadlineMs: unpackDeadlineMs,
    });
    return { version: versionOf(readFileSync(join(into, dsc), 'utf8')), suite, files, folder };
  }

  async #binary(name: string, suite: string, into: string): Promise<Download> {
    const files = await this.#download(['download'], `${name}/${suite}`, into);
    const deb = readdirSync(into).find((file) => file.endsWith('.deb'));
    if (deb === undefined)
      throw new LcadError('INTERNAL_ERROR', `apt-get download ${name} left no .deb file`);
    const folder = join(into, 'source');
    const options = { cwd: into, deadlineMs: unpackDeadlineMs };
    await runProgram('dpkg-deb', ['-x', deb, folder], options);
    const version = await runProgram('dpkg-deb', ['-f', deb, 'Version'], options);
    return { version: version.trim(), suite, files, folder };
  }

  /** Downloads, and gives the paths and hashes of what was downloaded. */
  async #download(words: readonly string[], target: string, into: string): Promise<Download['files']> {
    const all = [...this.#options, ...words];
    const printed = await runProgram('apt-get', [...all, '--print-uris', target], {
      cwd: this.#folder,
      deadlineMs: updateDeadlineMs,
    });
    await runProgram('apt-get', [...all, target], { cwd: into, deadlineMs: downloadDeadlineMs });
    return [...printed.matchAll(/^'([^']+)' \S+ \d+ (\S+)/gm)].map(([, url = '', hash = '']) => ({
      path: new URL(url).pathname.slice(1),
      hash,
    }));
  }
}

const versionOf = (dsc: string) => /^Version: (\S+)/m.exec(dsc)?.[1] ?? '';

/** Lines of a sources.list for the indices of suites. */
async function sourceLines(suites: readonly string[], mirror: string | undefined): Promise<string> {
  const uri = mirror ?? (await systemMirror());
  const options = existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
  const line = (kind: string) => (suite: string) => `${kind} ${options}${uri} ${suite} main\n`;
  return [...suites.map(line('deb-src')), ...suites.map(line('deb'))].join('');
}

/** The Debian mirror of the system's own set-up. */
async function systemMirror(): Promise<string> {
  const format = '$(ORIGIN)\t$(SUITE)\t$(REPO_URI)';
  const targets = await runProgram('apt-get', ['indextargets', '--format', format], {
    cwd: '/',
    deadlineMs: updateDeadlineMs,
  });
  for (const line of targets.split('\n')) {
    const [origin, suite = '', uri = ''] = line.split('\t');
    if (origin === 'Debian' && !/security|updates|backports/.test(suite)) return uri;
  }
  throw new LcadError('USAGE', 'apt on this machine is not set up with a Debian mirror', {
    next: 'Name one with --mirror.',
  });
}
