import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// This file is at <root>/src/shared or <root>/dist/shared: the root is two levels up in both.
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Absolute path of something in the package, by its path from the package's root. */
export function packagePath(...parts: string[]): string {
  return join(root, ...parts);
}
