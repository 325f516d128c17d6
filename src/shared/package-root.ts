import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// This file is at <root>/src/shared, <root>/dist/shared or in <root>/dist/bundle: the root is two levels up from each.
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Absolute path of something in the package, by its path from the package's root. */
export function packagePath(...parts: string[]): string {
  return join(root, ...parts);
}
