import type { Project } from '../../contract.js';
import { fieldAt, fieldsOf, parseIni, parseToml, stringOf, stringsOf } from '../../parse.js';
import { below, folderOf, foldersUp, joinPath } from '../../paths.js';

/** A folder from which absolute imports are looked up. */
interface SourceRoot {
  readonly folder: string;
  /** The project's own files name it, or it is the folder of the project. */
  readonly stated: boolean;
}

/** A Python project of a repository: a folder with pyproject.toml, setup.cfg, setup.py or requirements.txt. */
export interface PythonProject {
  readonly folder: string;
  readonly roots: readonly SourceRoot[];
  /** Name of the distribution that it makes, in lower case with `-`; `''` if it is not stated. */
  readonly name: string;
  /** Names of the distributions that it requires. */
  readonly requires: ReadonlySet<string>;
  /** Those of them that it takes from folders rather than from an index. */
  readonly local: ReadonlySet<string>;
  /** Other names for packages: `package_dir = {"name": "folder"}`. Folders are relative to the repository. */
  readonly packageFolders: ReadonlyMap<string, string>;
}

const projectFiles = ['pyproject.toml', 'setup.cfg', 'setup.py', 'requirements.txt'];

/** The Python projects of a repository. */
export function pythonProjects(project: Project): readonly PythonProject[] {
  return project.fact(findProjects);
}

/** The projects around a folder, innermost first. */
export function projectsAround(project: Project, folder: string): readonly PythonProject[] {
  const known = project.fact(aroundByFolder);
  let around = known.get(folder);
  if (!around) {
    const all = project.fact(projectsByFolder);
    around = [...foldersUp(folder)].map((at) => all.get(at)).filter((found) => found !== undefined);
    known.set(folder, around);
  }
  return around;
}

function aroundByFolder(): Map<string, PythonProject[]> {
  return new Map();
}

function projectsByFolder(project: Project): Map<string, PythonProject> {
  return new Map(pythonProjects(project).map((found) => [found.folder, found]));
}

function findProjects(project: Project): PythonProject[] {
  const folders = new Set(projectFiles.flatMap((name) => project.filesNamed(name).map(folderOf)));
  return [...folders].sort().map((folder) => readProject(project, folder));
}

interface Stated {
  name: string;
  local: string[];
  roots: string[];
  packageFolders: [name: string, folder: string][];
  requires: string[];
}

function readProject(project: Project, folder: string): PythonProject {
  const all = [
    project.parsed(below(folder, 'pyproject.toml'), readPyproject),
    project.parsed(below(folder, 'setup.cfg'), readSetupCfg),
    project.parsed(below(folder, 'setup.py'), readSetupPy),
  ].filter((stated) => stated !== null);
  const stated = new Set(
    all
      .flatMap(({ roots }) => roots)
      .map((root) => joinPath(folder, root))
      .filter((root) => root !== null),
  );
  const roots: SourceRoot[] = [...stated].map((root) => ({ folder: root, stated: true }));
  const usual = [below(folder, 'src'), folder, below(folder, 'python'), below(folder, 'lib')];
  for (const root of usual) {
    if (stated.has(root) || !project.isFolder(root)) continue;
    const own = root === folder || root === usual[0];
    if (own || !project.has(below(root, '__init__.py'))) roots.push({ folder: root, stated: own });
  }
  const packageFolders = all.flatMap((entry) => entry.packageFolders);
  return {
    folder,
    roots,
    name: distributionName(all.find(({ name }) => name !== '')?.name ?? ''),
    requires: new Set(
      [...all.flatMap(({ requires }) => requires), ...listed(project, folder)].map(distributionName),
    ),
    local: new Set(all.flatMap(({ local }) => local).map(distributionName)),
    packageFolders: new Map(packageFolders.map(([name, path]) => [name, joinPath(folder, path) ?? folder])),
  };
}

/** What the requirements files of a project list: requirements*.txt, or the files in a folder of that name. */
function listed(project: Project, folder: string): string[] {
  const beside = project.filesIn(folder).filter((path) => /(^|\/)requirements[^/]*\.txt$/.test(path));
  const inside = project.filesIn(below(folder, 'requirements')).filter((path) => path.endsWith('.txt'));
  return [...beside, ...inside].flatMap((path) => project.parsed(path, requirementLines) ?? []);
}

function requirementLines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => /^\s*[A-Za-z0-9]/.test(line));
}

/** The name of a requirement, as package indices compare names: lower case, `-` for `_` and `.`. */
export function distributionName(requirement: string): string {
  const name = /^\s*([A-Za-z0-9][\w.-]*)/.exec(requirement)?.[1] ?? '';
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function readPyproject(text: string): Stated {
  const file = parseToml(text);
  const tool = fieldsOf(file.tool);
  const setuptools = fieldsOf(tool.setuptools);
  const dirs = packageDirs(Object.entries(fieldsOf(setuptools['package-dir'])));
  const hatch = fieldsOf(fieldAt(tool, 'hatch', 'build', 'targets', 'wheel'));
  const poetry = fieldsOf(tool.poetry);
  const poetryPackages = Array.isArray(poetry.packages) ? poetry.packages : [];
  const roots = [
    ...dirs.roots,
    ...stringsOf(fieldAt(setuptools, 'packages', 'find', 'where')),
    ...poetryPackages.map((entry) => stringOf(fieldAt(entry, 'from')) ?? ''),
    ...stringsOf(hatch.packages).map(folderOf),
    ...stringsOf(hatch.sources),
    ...stringsOf(fieldAt(tool, 'pdm', 'build', 'package-dir')),
    ...stringsOf(fieldAt(tool, 'maturin', 'python-source')),
    ...stringsOf(fieldAt(tool, 'uv', 'build-backend', 'module-root')),
    ...stringsOf(fieldAt(tool, 'pytest', 'ini_options', 'pythonpath')),
    ...stringsOf(fieldAt(tool, 'pyright', 'extraPaths')),
    ...stringsOf(fieldAt(tool, 'mypy', 'mypy_path')).flatMap((list) => list.split(/[:,]/)),
    ...stringsOf(fieldAt(tool, 'ruff', 'src')),
  ];
  const requires = [
    ...stringsOf(fieldAt(file, 'project', 'dependencies')),
    ...Object.values(fieldsOf(fieldAt(file, 'project', 'optional-dependencies'))).flatMap(stringsOf),
    ...Object.values(fieldsOf(file['dependency-groups'])).flatMap(stringsOf),
    ...Object.keys(fieldsOf(poetry.dependencies)),
    ...Object.values(fieldsOf(poetry.group)).flatMap((group) =>
      Object.keys(fieldsOf(fieldAt(group, 'dependencies'))),
    ),
  ];
  const tables = [poetry.dependencies, fieldAt(tool, 'uv', 'sources')].map(fieldsOf);
  const local = tables.flatMap((table) => Object.keys(table).filter((key) => isLocal(table[key])));
  const name = stringOf(fieldAt(file, 'project', 'name')) ?? stringOf(poetry.name) ?? '';
  return { name, local, roots, packageFolders: dirs.packageFolders, requires };
}

function isLocal(source: unknown): boolean {
  return stringOf(fieldAt(source, 'path')) !== undefined || fieldAt(source, 'workspace') === true;
}

function readSetupCfg(text: string): Stated {
  const sections = parseIni(text);
  const options = sections.get('options');
  const lines = (value: string | undefined) =>
    (value ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  const dirs = packageDirs(
    lines(options?.get('package_dir')).map((line) => {
      const [name = '', path = ''] = line.split('=').map((part) => part.trim());
      return [name, path] as const;
    }),
  );
  const where = lines(sections.get('options.packages.find')?.get('where'));
  const extras = [...(sections.get('options.extras_require')?.values() ?? [])];
  const requires = [options?.get('install_requires'), ...extras].flatMap(lines);
  const name = sections.get('metadata')?.get('name') ?? '';
  return { ...dirs, name, local: [], roots: [...dirs.roots, ...where], requires };
}

/** What can be read of a program without running it: literal folders and requirements. */
function readSetupPy(text: string): Stated {
  const table = /package_dir\s*=\s*(?:\{([^}]*)\}|dict\(([^)]*)\))/.exec(text);
  const pairs = [...(table?.[1] ?? '').matchAll(/(['"])(.*?)\1\s*:\s*(['"])(.*?)\3/g)];
  const dirs = packageDirs(pairs.map(([, , name = '', , path = '']) => [name, path] as const));
  const where = [...text.matchAll(/find_(?:namespace_)?packages\(\s*(?:where\s*=\s*)?(['"])([^'"]+)\1/g)].map(
    ([, , path = '']) => path,
  );
  const required = /install_requires\s*=\s*\[([^\]]*)\]/.exec(text)?.[1] ?? '';
  const requires = [...required.matchAll(/(['"])(.*?)\1/g)].map(([, , name = '']) => name);
  const name = /\bname\s*=\s*(['"])(.*?)\1/.exec(text)?.[2] ?? '';
  return { ...dirs, name, local: [], roots: [...dirs.roots, ...where], requires };
}

function packageDirs(
  pairs: readonly (readonly [string, unknown])[],
): Pick<Stated, 'roots' | 'packageFolders'> {
  const roots: string[] = [];
  const packageFolders: [string, string][] = [];
  for (const [name, folder] of pairs) {
    if (typeof folder !== 'string') continue;
    if (name === '') roots.push(folder);
    else packageFolders.push([name, folder]);
  }
  return { roots, packageFolders };
}
