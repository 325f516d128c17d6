import type { LanguageRules, Project } from '../contract.js';
import { bindEach, type DeclaredStyle, declaredPlace, ownPackages, type Place } from '../declared.js';
import { folderOf } from '../paths.js';
import { byEnding, external, inFiles, lesser, unresolved } from '../targets.js';

const style: DeclaredStyle = {
  separator: '.',
  endings: ['.ex', '.exs'],
  fileNamesBind: false,
  manyFiles: false,
};
const standard = new Set(
  (
    'Access Agent Application ArgumentError Atom Base Behaviour Bitwise Calendar Code Config Date DateTime Dict ' +
    'DynamicSupervisor EEx Enum Enumerable Collectable Exception ExUnit File Float Function GenEvent GenServer HashDict ' +
    'IEx IO Inspect Integer JSON Kernel Keyword List Logger Macro Map MapSet Mix Module NaiveDateTime Node ' +
    'OptionParser PartitionSupervisor Path Port Process Protocol Range Record Regex Registry Set Stream String ' +
    'StringIO Supervisor System Task Time Tuple URI Version'
  ).split(' '),
);

/** Elixir: modules by the names that files define, then by the files that such modules usually lie in. */
export const elixirRules: LanguageRules = {
  place: ownPackages,

  resolve(imported, from, project) {
    const { specifier } = imported;
    if (specifier.startsWith(':')) return external(specifier, 'exact');
    const own = project.declarations.packagesOf(from.path)[0];
    const written = own === undefined ? specifier : specifier.replace(/^__MODULE__\b/, own);
    const parts = written.split('.').filter(Boolean);
    if (!/^[A-Z]/.test(written)) return unresolved('dynamic');
    const target = bindEach(imported, parts, (name) => placeOf(name, from.path, project));
    if (target !== null && target !== 'missing') return inFiles(target);
    const [first = ''] = parts;
    if (standard.has(first)) return external(first, 'exact');
    return target === 'missing' ? unresolved('missing', 'name') : external(first, 'name');
  },

  provided(imported, from, other) {
    const parts = imported.specifier.split('.');
    if (standard.has(parts[0] ?? '') || !/^[A-Z]/.test(imported.specifier)) return null;
    const target = bindEach(imported, parts, (name) => placeOf(name, from.path, other));
    if (target === null || target === 'missing') return null;
    return { ...target, certainty: lesser(target.certainty, 'convention') };
  },
};

function placeOf(parts: readonly string[], path: string, project: Project): Place | 'missing' | null {
  const declared = declaredPlace(project, parts, style, path);
  if (declared !== null && declared !== 'missing' && declared.symbols.length === 0) return declared;
  const usual = byPath(parts, path, project);
  if (usual) return usual;
  if (declared === null || declared === 'missing') return declared;
  // A module inside another is part of its file.
  return declared.certainty !== 'name' || (parts.length > 2 && declared.symbols.length === 1)
    ? declared
    : 'missing';
}

/** `Shop.OrderItem` in lib/shop/order_item.ex. */
function byPath(parts: readonly string[], path: string, project: Project): Place | null {
  const file = parts.map((part) => part.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase()).join('/');
  for (const ending of style.endings) {
    const files = byEnding(project, file + ending, folderOf(path), ['lib', 'test/support', 'test', '']);
    if (files) return { ...files, symbols: [] };
  }
  return null;
}
