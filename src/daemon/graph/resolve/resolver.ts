import type { Found, Import, Importer, LanguageRules, Project, Target } from './contract.js';
import { rulesOf } from './languages.js';
import { folderOf } from './paths.js';

const nothing: readonly never[] = [];

/** Results remembered at most; about 30 MB. */
const maxRemembered = 150_000;

/**
 * Resolves the imports of one repository's files, and remembers results until paths, project files or declarations
 * change, here or in the other repositories. The same import in the same folder is resolved once.
 */
export class ImportResolver {
  readonly #project: Project;
  readonly #others: () => readonly Project[];
  readonly #memo = new Map<string, Map<string, Target>>();
  #remembered = 0;
  #state = '';

  /** @param others the other registered repositories, in order of preference */
  constructor(project: Project, others: () => readonly Project[] = () => []) {
    this.#project = project;
    this.#others = others;
  }

  /** Targets of a file's imports, one each, in their order. Never fails. */
  resolve(from: Importer, imports: readonly Import[]): readonly Target[] {
    if (imports.length === 0) return nothing;
    const targetOf = this.of(from);
    return imports.map(targetOf);
  }

  /** What resolves the imports of one file, each when it is asked for: right until paths or declarations change. */
  of(from: Importer): (imported: Import) => Target {
    const others = this.#others();
    this.#refresh(others);
    const rules = rulesOf(from.language);
    const more = rules.place?.(from, this.#project) ?? '';
    const place = `${folderOf(from.path)}\n${from.language}\n${more}`;
    const known = this.#memo.get(place) ?? new Map<string, Target>();
    this.#memo.set(place, known);
    return (imported) => this.#one(imported, from, rules, known, others);
  }

  #one(
    imported: Import,
    from: Importer,
    rules: LanguageRules,
    known: Map<string, Target>,
    others: readonly Project[],
  ): Target {
    const { specifier, form, names, scope, path } = imported;
    const key = `${specifier}\n${form}\n${names.join()}\n${scope?.join() ?? ''}\n${path ?? ''}`;
    const before = known.get(key);
    if (before) return before;
    const target = acrossRepositories(
      rules.resolve(imported, from, this.#project),
      imported,
      from,
      rules,
      others,
    );
    known.set(key, target);
    this.#remembered++;
    return target;
  }

  #refresh(others: readonly Project[]): void {
    const state = [this.#project, ...others]
      .map(({ repo, version, declarations }) => `${repo} ${version} ${declarations.version}`)
      .join('\n');
    if (state === this.#state && this.#remembered < maxRemembered) return;
    this.#state = state;
    this.#memo.clear();
    this.#remembered = 0;
  }
}

/** What leads out of a repository may lead into others: by the names that they give themselves. */
function acrossRepositories(
  target: Target,
  imported: Import,
  from: Importer,
  rules: LanguageRules,
  others: readonly Project[],
): Target {
  const leaves = target.kind === 'external' || (target.kind === 'unresolved' && target.certainty === 'name');
  if (!leaves || !rules.provided) return target;
  const results: { repo: string; found: Found }[] = [];
  for (const other of others) {
    const found = rules.provided(imported, from, other);
    if (found && found.paths.length > 0) results.push({ repo: other.repo, found });
  }
  const [first, ...more] = results;
  if (!first) return target;
  const also = more.map(({ repo, found }) => ({ repo, paths: found.paths }));
  const certainty = also.length > 0 ? 'name' : first.found.certainty;
  return { kind: 'repo', repo: first.repo, ...first.found, certainty, also };
}
