import type { Binding, Certainty, Declarations, Found, Import, Importer, Project } from './contract.js';
import { nameOf, sharedFolders, stemOf } from './paths.js';
import { bound, found, plainNames } from './targets.js';

/** How a language names packages that files declare. */
export interface DeclaredStyle {
  /** Between the parts of a name. */
  readonly separator: string;
  /** Endings of the files that can declare such packages, with the dot. */
  readonly endings: readonly string[];
  /** A public type lies in a file of its name. */
  readonly fileNamesBind: boolean;
  /** A name may be defined in several files at once (overloads, parts of a class, expect and actual). */
  readonly manyFiles: boolean;
}

/** A name found below a declared package. */
export interface Place {
  readonly paths: readonly string[];
  /** What follows the package in the name. */
  readonly symbols: readonly string[];
  readonly certainty: Certainty;
}

const nothing: readonly string[] = [];

/** What lookups found, as long as nothing is declared otherwise. */
interface Known {
  readonly version: number;
  readonly declaring: Map<string, readonly string[]>;
  readonly defining: Map<string, Place | null>;
}

const knownByStyle = new WeakMap<DeclaredStyle, WeakMap<Declarations, Known>>();

function knownOf(style: DeclaredStyle, declarations: Declarations): Known {
  let byDeclarations = knownByStyle.get(style);
  if (!byDeclarations) {
    byDeclarations = new WeakMap();
    knownByStyle.set(style, byDeclarations);
  }
  let known = byDeclarations.get(declarations);
  if (known?.version !== declarations.version) {
    known = { version: declarations.version, declaring: new Map(), defining: new Map() };
    byDeclarations.set(declarations, known);
  }
  return known;
}

/** The files that declare a package, of this style's languages only. */
export function declaring(project: Project, name: string, style: DeclaredStyle): readonly string[] {
  const all = project.declarations.filesOf(name);
  if (all.length === 0) return all;
  const known = knownOf(style, project.declarations).declaring;
  let files = known.get(name);
  if (!files) {
    const inStyle = (path: string) => style.endings.some((ending) => path.endsWith(ending));
    files = all.every(inStyle) ? all : all.filter(inStyle);
    known.set(name, files);
  }
  return files;
}

/** What names can mean depends on the packages that the file itself is in. */
export function ownPackages(from: Importer, project: Project): string {
  return project.declarations.packagesOf(from.path).join();
}

/**
 * Where a name leads by the packages that files declare: the longest prefix that is a package, and in it the files that
 * define the next part. `missing` if there is such a package without that name; null if no prefix is one.
 */
export function declaredPlace(
  project: Project,
  parts: readonly string[],
  style: DeclaredStyle,
  near: string,
): Place | 'missing' | null {
  for (let end = parts.length; end > 0; end--) {
    const holder = parts.slice(0, end).join(style.separator);
    const files = declaring(project, holder, style);
    if (files.length === 0) continue;
    const symbols = parts.slice(end);
    const [name] = symbols;
    if (name === undefined) return { paths: files, symbols, certainty: 'exact' };
    const { defining } = knownOf(style, project.declarations);
    const key = `${holder}\n${name}`;
    let place = defining.get(key);
    if (place === undefined) {
      place = definers(project, files, name, style);
      defining.set(key, place);
    }
    // `org` or `com` alone says nothing of whose the rest is.
    if (place === null) return end === 1 && parts.length > 2 ? null : 'missing';
    const paths = place.paths.length > 1 ? nearestFirst(place.paths, near) : place.paths;
    return { paths, symbols, certainty: place.certainty };
  }
  return null;
}

function definers(
  project: Project,
  files: readonly string[],
  name: string,
  style: DeclaredStyle,
): Place | null {
  const symbols = [name];
  const known = files.map((path) => project.declarations.defines(path, name));
  const sure = files.filter((_, at) => known[at] === true);
  const paths = sure.length > 0 ? sure : files.filter((path) => stemOf(path) === name);
  if (paths.length === 1) {
    const certainty = sure.length > 0 || style.fileNamesBind ? 'exact' : 'convention';
    return { paths, symbols, certainty };
  }
  if (paths.length > 1) return { paths, symbols, certainty: style.manyFiles ? 'convention' : 'name' };
  const unknown = files.filter((_, at) => known[at] === undefined);
  return unknown.length > 0 && !style.fileNamesBind ? { paths: unknown, symbols, certainty: 'name' } : null;
}

function nearestFirst(paths: readonly string[], near: string): readonly string[] {
  return [...paths].sort((a, b) => sharedFolders(b, near) - sharedFolders(a, near) || (a < b ? -1 : 1));
}

/** The bindings of an import whose names are looked up one by one; the whole as one target, null if none is found. */
export function bindEach(
  imported: Import,
  parts: readonly string[],
  lookUp: (parts: readonly string[]) => Place | 'missing' | null,
): Found | 'missing' | null {
  const names = plainNames(imported);
  if (names.length === 0) {
    const place = lookUp(parts);
    if (place === null || place === 'missing') return place;
    const { paths, symbols, certainty } = place;
    const name = symbols.at(-1);
    return found(paths, certainty, name === undefined ? undefined : [{ name, paths, symbols }]);
  }
  const places = names.map((name) => ({ name, place: lookUp([...parts, name]) }));
  const bindings = places.map(({ name, place }): Binding => {
    const there = place === null || place === 'missing' ? null : place;
    return { name, paths: there?.paths ?? nothing, symbols: there?.symbols ?? [name] };
  });
  const certainties = places.map(({ place }) =>
    place === null || place === 'missing' ? 'exact' : place.certainty,
  );
  const worst =
    (['name', 'convention'] as const).find((certainty) => certainties.includes(certainty)) ?? 'exact';
  if (bindings.some((binding) => binding.paths.length > 0)) return bound(bindings, worst);
  return places.some(({ place }) => place === 'missing') ? 'missing' : null;
}

/** The name without what stands for all of a package's names. */
export function withoutWildcard(specifier: string, separator: string): string[] {
  const parts = specifier.split(separator).filter((part) => part !== '');
  const last = parts.at(-1);
  return last === '*' || last === '_' ? parts.slice(0, -1) : parts;
}

/** Whether a name begins with a capital, as types do where packages do not. */
export function isCapital(name: string): boolean {
  return /^\p{Lu}/u.test(nameOf(name));
}
