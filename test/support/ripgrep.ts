import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const most = 256 * 2 ** 20;

/**
 * The ripgrep that answers are compared with: that of the development dependency `@vscode/ripgrep`, whose platform
 * packages contain the program, or else the one on PATH.
 */
function program(): string {
  const require = createRequire(import.meta.url);
  try {
    return require.resolve(`@vscode/ripgrep-${process.platform}-${process.arch}/bin/rg`);
  } catch {
    // Not installed, or not made for this platform.
  }
  if (spawnSync('rg', ['--version']).status === 0) return 'rg';
  throw new Error('These tests need ripgrep: run `npm install`, or install it so that `rg` is on PATH.');
}

let found: string | undefined;

/**
 * Runs ripgrep on files of a folder.
 * @returns `path:line:text` of each matching line, in the order of the files and without line ends; or what it says is wrong with the pattern
 */
export function ripgrep(
  words: string[],
  root: string,
  files: string[],
): { lines: string[] } | { error: string } {
  found ??= program();
  const lines: string[] = [];
  for (let from = 0; from < files.length; from += 500) {
    const options = ['--no-config', '--no-heading', '--with-filename', '--line-number', '--color=never'];
    const args = [...options, ...words, '--', ...files.slice(from, from + 500)];
    const { status, stdout, stderr, error } = spawnSync(found, args, { cwd: root, maxBuffer: most });
    if (error) throw error;
    if (status === 2) return { error: String(stderr) };
    for (const line of String(stdout).split('\n').slice(0, -1)) lines.push(line);
  }
  const order = new Map(files.map((file, at) => [file, at]));
  const at = (line: string) => order.get(line.slice(0, line.indexOf(':'))) ?? -1;
  return { lines: lines.map((line) => line.replace(/\r$/, '')).sort((a, b) => at(a) - at(b)) };
}
