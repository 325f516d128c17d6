import picomatch from 'picomatch';

/**
 * Whether a path matches any of the globs and none of those that begin with `!`. Globs that are no globs match nothing.
 */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  const clean = globs.map((glob) => glob.replace(/^(!?)\.\//, '$1').replace(/\/+$/, ''));
  const wanted = clean.filter((glob) => !/^!?$/.test(glob) && !glob.startsWith('!'));
  const ignore = clean.filter((glob) => /^!./.test(glob)).map((glob) => glob.slice(1));
  if (wanted.length === 0) return () => false;
  try {
    return picomatch(wanted, { ignore });
  } catch {
    // Too long, or a bracket that never closes: what the author meant cannot be known.
    return () => false;
  }
}
