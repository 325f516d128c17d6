import type { Contents } from './contents.js';
import {
  type Definition,
  hasMembers,
  isTarget,
  isTop,
  type Place,
  preferred,
  type Resolution,
} from './definition.js';
import { groupOf, isCommonMember, sharesFolder, sharesPackage } from './languages.js';
import { Remembered } from './remembered.js';
import { folderOf } from './resolve/paths.js';

/** Definitions of one name in a repository: of more, which one is meant cannot be guessed. */
const mostAlike = 30;

/** Definitions of one name in a repository. */
interface Alike {
  version: number;
  repo: Place['repo'];
  group: string;
  name: number;
  members: boolean;
  found: Resolution | null;
}

/** Finds definitions by their names: those of a package, and those of a whole repository. */
export class NameSearch {
  readonly #contents: Contents;
  readonly #packages: Remembered<Resolution | null>;
  readonly #alike: Remembered<Resolution | null>;
  /** What was asked for last: the uses of one name come one after the other. */
  #last: Alike | null = null;

  constructor(contents: Contents) {
    this.#contents = contents;
    this.#packages = new Remembered(() => contents.version);
    this.#alike = new Remembered(() => contents.version);
  }

  /** A definition of the folder or declared package that the file belongs to. */
  ofPackage(place: Place, name: number): Resolution | null {
    const { language, module } = place.content;
    if (!sharesFolder(language) && !sharesPackage(language)) return null;
    const key = `${place.repo.id}\n${folderOf(place.path)}\n${language}\n${module}\n${name}`;
    return this.#packages.get(key, () => this.#findInPackage(place, name));
  }

  /** All definitions of a name in the repository; null if they are so many that the name alone says nothing. */
  anywhere(place: Place, name: number, members: boolean): Resolution | null {
    const { version } = this.#contents;
    const { repo } = place;
    const group = groupOf(place.content.language);
    const last = this.#last;
    if (last?.name === name && last.repo === repo && last.group === group)
      if (last.members === members && last.version === version) return last.found;
    const found = this.#alike.get(`${repo.id}\n${group}\n${name}\n${members}`, () =>
      this.#findAlike(place, name, members),
    );
    this.#last = { version, repo, group, name, members, found };
    return found;
  }

  #findAlike(place: Place, name: number, members: boolean): Resolution | null {
    const targets = preferred(this.inRepo(place, name, members));
    if (targets.length === 0 || targets.length > mostAlike) return null;
    const vague = members && isCommonMember(this.#contents.names.text(name));
    return { confidence: targets.length === 1 && !vague ? 'unique-name' : 'ambiguous', targets };
  }

  /** Members, or what is no member, of a name in the repository. */
  inRepo({ repo, content }: Place, name: number, members: boolean): Definition[] {
    const targets: Definition[] = [];
    for (const other of this.#contents.defining(name)) {
      if (groupOf(other.language) !== groupOf(content.language)) continue;
      for (const path of repo.pathsOf(other)) {
        for (const index of other.defining(name)) {
          if (!isTarget(other.kind(index))) continue;
          const parent = other.parent(index);
          const isMember = parent >= 0 ? hasMembers(other.kind(parent)) : other.scope(index) !== 0;
          const fits = members ? isMember : isTop(other, index);
          if (fits) targets.push({ repo, path, content: other, index });
        }
      }
    }
    return targets;
  }

  #findInPackage({ repo, path, content }: Place, name: number): Resolution | null {
    const { language, module } = content;
    const targets: Definition[] = [];
    for (const other of this.#contents.defining(name)) {
      if (groupOf(other.language) !== groupOf(language)) continue;
      for (const at of repo.pathsOf(other)) {
        const inFolder = sharesFolder(language) && folderOf(at) === folderOf(path) && other.module === module;
        const inPackage = sharesPackage(language) && module !== null && other.module === module;
        if (!inFolder && !inPackage) continue;
        for (const index of other.defining(name)) {
          const free = other.scope(index) === 0 || other.kind(index) !== 'method';
          if (isTop(other, index) && isTarget(other.kind(index)) && free)
            targets.push({ repo, path: at, content: other, index });
        }
      }
    }
    return targets.length === 0 ? null : { confidence: 'same-package', targets: preferred(targets) };
  }
}
