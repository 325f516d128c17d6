import { type PackageOrigin, packageGroups } from './package-list.js';

/** A package of the training corpus. */
export interface CorpusPackage {
  name: string;
  origin: PackageOrigin;
  /** Debian's suite, or the version of an npm package; empty for its newest. */
  pin: string;
  /** Languages for which it was chosen; ids of workers/languages.ts. Others in it are used as well. */
  languages: readonly string[];
  /** SPDX expression of the licence that it is expected to have. What it really has is checked when it is fetched. */
  licence: string;
}

/** A package's folder and file names in the work folder: npm's scopes have a slash. */
export const packageId = ({ name, origin }: CorpusPackage): string =>
  `${origin === 'npm' ? 'npm-' : origin === 'debian-binary' ? 'deb-' : ''}${name.replaceAll('/', '+')}`;

/** All packages, those of thin languages first, so that a run that is cut short has some of every language. */
export function corpusPackages(): CorpusPackage[] {
  return packageGroups.flatMap(({ origin, pin, languages, packages }) =>
    packages
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .flatMap((line) => {
        const [licence = '', names = ''] = line.split(/:\s+/);
        if (names === '') throw new Error(`no package is named in "${line}"`);
        return names.split(/\s+/).map((name) => ({
          ...splitVersion(name, origin, pin),
          origin,
          languages: languages.split(' '),
          licence,
        }));
      }),
  );
}

/** An npm name may have a version after "@", a Debian name a suite after "/". */
function splitVersion(word: string, origin: PackageOrigin, pin: string): { name: string; pin: string } {
  const at = word.lastIndexOf(origin === 'npm' ? '@' : '/');
  return at > 0 ? { name: word.slice(0, at), pin: word.slice(at + 1) } : { name: word, pin };
}
