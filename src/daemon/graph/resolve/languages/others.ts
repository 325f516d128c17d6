import type { LanguageRules, Project, Target } from '../contract.js';
import { parseJson, stringsOf, yamlValue } from '../parse.js';
import { below, folderOf, joinPath, nameOf } from '../paths.js';
import { byEnding, external, found, inFiles, nearest, unresolved } from '../targets.js';
import { rulesByPlace } from './by-place.js';

function atPath(project: Project, path: string | null): Target {
  if (path === null) return unresolved('outside');
  return project.has(path) ? inFiles(found([path], 'exact')) : unresolved('missing');
}

/** Zig: a path beside the file, or the name of a module that build.zig defines. */
export const zigRules: LanguageRules = {
  resolve({ specifier }, from, project) {
    const folder = folderOf(from.path);
    if (/^(std|builtin|root)$/.test(specifier)) return external(specifier, 'exact');
    if (/\.\w+$/.test(specifier)) return atPath(project, joinPath(folder, specifier));
    const build = nearest(project, folder, 'build.zig');
    const root = build === null ? undefined : project.parsed(build, zigModules)?.get(specifier);
    const path = root === undefined || build === null ? null : joinPath(folderOf(build), root);
    if (path !== null && project.has(path)) return inFiles(found([path], 'exact'));
    const home = build === null ? '' : folderOf(build);
    const usual = [
      `src/${specifier}.zig`,
      `${specifier}.zig`,
      `${specifier}/root.zig`,
      `${specifier}/src/root.zig`,
    ]
      .map((file) => below(home, file))
      .filter((file) => project.has(file));
    return usual[0] === undefined ? external(specifier, 'name') : inFiles(found([usual[0]], 'name'));
  },

  provided({ specifier }, _from, other) {
    const root = other.has('build.zig') ? other.parsed('build.zig', zigModules)?.get(specifier) : undefined;
    return root !== undefined && other.has(root) ? found([root], 'name') : null;
  },
};

/** Root files of the modules that a build.zig defines, as far as it spells them out, by the names for imports. */
function zigModules(text: string): Map<string, string> {
  const code = text.replace(/\/\/[^\n]*/g, '');
  const modules = new Map<string, string>();
  const rootIn = (part: string) =>
    /root_source_file\s*=\s*(?:b\.path\(|\.\{\s*\.path\s*=\s*)"([^"]+)"/.exec(part)?.[1];
  const variables = new Map<string, string>();
  for (const match of code.matchAll(
    /(?:(?:const|var)\s+(\w+)\s*=\s*)?b\.(addModule|createModule)\(\s*(?:"([^"]+)"\s*,)?/g,
  )) {
    const root = rootIn(code.slice(match.index, match.index + 400));
    if (root === undefined) continue;
    if (match[1] !== undefined) variables.set(match[1], root);
    if (match[3] !== undefined) modules.set(match[3], root);
  }
  for (const match of code.matchAll(
    /addImport\(\s*"([^"]+)"\s*,\s*(\w+)\s*\)|\.name\s*=\s*"([^"]+)"\s*,\s*\.module\s*=\s*(\w+)/g,
  )) {
    const name = match[1] ?? match[3];
    const root = variables.get(match[2] ?? match[4] ?? '');
    if (name !== undefined && root !== undefined) modules.set(name, root);
  }
  return modules;
}

/** Dart: `package:` names the lib folder of a package, the rest are paths. */
export const dartRules: LanguageRules = {
  resolve({ specifier }, from, project) {
    if (specifier.startsWith('dart:')) return external(specifier, 'exact');
    if (specifier.includes('$') || specifier === '') return unresolved('dynamic');
    const [, name = '', path = ''] = /^package:([^/]+)\/(.*)$/.exec(specifier) ?? [];
    if (name === '') return atPath(project, joinPath(folderOf(from.path), specifier));
    const home = project.fact(dartPackages).get(name);
    if (home === undefined) return external(name, 'exact');
    return atPath(project, joinPath(below(home, 'lib'), path));
  },

  provided({ specifier }, _from, other) {
    const [, name = '', path = ''] = /^package:([^/]+)\/(.*)$/.exec(specifier) ?? [];
    const home = other.fact(dartPackages).get(name);
    const file = home === undefined ? null : joinPath(below(home, 'lib'), path);
    return file !== null && other.has(file) ? found([file], 'convention') : null;
  },
};

function dartPackages(project: Project): Map<string, string> {
  const packages = new Map<string, string>();
  for (const path of project.filesNamed('pubspec.yaml')) {
    const name = project.parsed(path, pubspecName);
    if (name !== null && !packages.has(name)) packages.set(name, folderOf(path));
  }
  return packages;
}

function pubspecName(text: string): string | null {
  return yamlValue(text, 'name') ?? null;
}

const elmByPlace = rulesByPlace({
  paths: (name) => [`${name.replaceAll('.', '/')}.elm`],
  roots: ['src', '', 'tests'],
  standard:
    /^(Basics|Platform|Debug|List|Maybe|Result|String|Char|Tuple|Array|Dict|Set|Task|Process|Bitwise)(\.|$)/,
  shared: true,
});

/** Elm: below the source folders of elm.json. */
export const elmRules: LanguageRules = {
  ...elmByPlace,
  resolve(imported, from, project) {
    const manifest = nearest(project, folderOf(from.path), 'elm.json');
    const stated =
      manifest === null ? [] : stringsOf(project.parsed(manifest, parseJson)?.['source-directories']);
    for (const folder of [...stated, 'src', 'tests']) {
      const path = joinPath(
        folderOf(manifest ?? ''),
        `${folder}/${imported.specifier.replaceAll('.', '/')}.elm`,
      );
      if (manifest !== null && path !== null && project.has(path)) return inFiles(found([path], 'exact'));
    }
    return elmByPlace.resolve(imported, from, project);
  },
};

/** Godot: `res://` is the folder of the project. */
export const gdscriptRules: LanguageRules = {
  resolve({ specifier }, from, project) {
    const folder = folderOf(from.path);
    if (/^(uid|user):/.test(specifier)) return unresolved('dynamic');
    if (!specifier.startsWith('res://')) {
      return /[./]/.test(specifier)
        ? atPath(project, joinPath(folder, specifier))
        : external(specifier, 'name');
    }
    const home = folderOf(nearest(project, folder, 'project.godot') ?? '');
    return atPath(project, joinPath(home, specifier.slice('res://'.length)));
  },
};

/** Terraform: the source of a module is a folder, unless it is an address. */
export const hclRules: LanguageRules = {
  resolve({ specifier }, from, project) {
    if (specifier.includes('${')) return unresolved('dynamic');
    if (!/^\.\.?\//.test(specifier)) return external(specifier, 'exact');
    const folder = joinPath(folderOf(from.path), specifier.replace(/\/\/.*$/, ''));
    if (folder === null) return unresolved('outside');
    const files = project.filesIn(folder).filter((path) => /\.(tf|tf\.json|hcl|nomad)$/.test(path));
    return files.length > 0 ? inFiles(found(files, 'exact')) : unresolved('missing');
  },
};

/** Languages without rules of their own: a path beside the file or at the top, or a file of that name. */
export const plainRules: LanguageRules = {
  resolve({ specifier }, from, project) {
    const folder = folderOf(from.path);
    if (!/^[\w.+@/: -]+$/.test(specifier)) return unresolved('dynamic');
    const ending = /\.\w+$/.exec(nameOf(from.path))?.[0] ?? '';
    for (const path of [specifier, specifier + ending]) {
      const beside = joinPath(folder, path);
      if (beside !== null && project.has(beside)) return inFiles(found([beside], 'convention'));
      const files = byEnding(project, path.replace(/^(\.{0,2}\/)+/, ''), folder, [
        '',
        'src',
        'lib',
        'include',
      ]);
      if (files?.paths.every((file) => file !== from.path)) return inFiles({ ...files, certainty: 'name' });
    }
    return external(specifier, 'name');
  },
};
