import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

function git(root, ...args) {
  const identity = [
    '-c',
    'user.name=bench',
    '-c',
    'user.email=bench@example.invalid',
    '-c',
    'commit.gpgsign=false',
  ];
  return execFileSync('git', ['-C', root, ...identity, ...args], { encoding: 'utf8', maxBuffer: 1 << 30 });
}

/** Copies the folders to measure below `home`, so that the bench never writes to the user's own. */
export function copyCorpus(paths, home) {
  return paths.map((path) => {
    const from = resolve(path);
    const to = join(home, basename(from));
    if (existsSync(join(from, '.git'))) {
      execFileSync('git', ['clone', '-q', '--no-hardlinks', from, to], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    } else {
      cpSync(from, to, { recursive: true });
      git(to, 'init', '-q');
      git(to, 'add', '-A');
      git(to, 'commit', '-q', '-m', 'bench');
    }
    return { name: basename(from), root: to, files: git(to, 'ls-files', '-z').split('\0').filter(Boolean) };
  });
}

/** Files, lines and bytes of a corpus as git lists it. */
export function sizeOf(repos) {
  let files = 0;
  let lines = 0;
  let bytes = 0;
  for (const { root, files: paths } of repos) {
    for (const path of paths) {
      let content;
      try {
        content = readFileSync(join(root, path));
      } catch {
        // A link or a submodule.
        continue;
      }
      files++;
      bytes += content.length;
      for (const byte of content) if (byte === 10) lines++;
    }
  }
  return { files, lines, bytes };
}

const sourceEndings = /\.(py|go|rs|c|h|cc|cpp|java|js|ts|php|rb|kt|scala|cs|md|rst|toml|yml|yaml)$/;

/** Makes a branch in which `count` source files differ by a line at their end; the last has the marker in it. */
export function makeBranch({ root, files }, name, count, marker) {
  const changed = files.filter((path) => sourceEndings.test(path)).slice(0, count);
  git(root, 'checkout', '-q', '-b', name);
  for (const [i, path] of changed.entries()) {
    const word = i === changed.length - 1 ? marker : `number ${i}`;
    const file = join(root, path);
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n# ${word} of ${name}\n`);
  }
  git(root, 'commit', '-q', '-a', '-m', name);
  return changed.length;
}

export function checkout({ root }, branch) {
  git(root, 'checkout', '-q', branch);
}

export function currentBranch({ root }) {
  return git(root, 'rev-parse', '--abbrev-ref', 'HEAD').trim();
}

/** Source files to edit, spread over the corpus. */
export function editable({ root, files }, count) {
  const sources = files.filter((path) => sourceEndings.test(path));
  const step = Math.max(1, Math.floor(sources.length / count));
  return sources
    .filter((_, i) => i % step === 0)
    .slice(0, count)
    .map((path) => join(root, path));
}
