import type {
  CodeSymbol,
  DefinitionResult,
  DependenciesResult,
  ReferencesResult,
  RelationsResult,
  SymbolsResult,
} from '../protocol/symbols.js';
import { headOf } from './mcp-text.js';
import { plural } from './output/human.js';

/** Replies on symbols for agents: compact text, no decoration. Pure. */

type About = Pick<SymbolsResult, 'freshness'>;

interface Placed {
  root: string;
  path: string;
}

/** Definitions: path, line, kind, name and declaration of each. */
export function symbolsReply(result: SymbolsResult, notes: string[]): string {
  return joined(
    headOf(plural(result.total, 'symbol'), result, notes),
    result,
    result.symbols.map((one) => symbolLine(one, one, result)),
  );
}

/** Where something is defined, and how sure that is. */
export function definitionReply(result: DefinitionResult, notes: string[]): string {
  const sure = result.confidence === null ? '' : `, ${result.confidence}`;
  const head = headOf(`${plural(result.total, 'definition')}${sure}`, result, notes);
  return joined(
    head,
    result,
    result.symbols.map((one) => symbolLine(one, one, result)),
  );
}

/** References: path, line, kind, confidence and the line of each. */
export function referencesReply(result: ReferencesResult, notes: string[]): string {
  const head = headOf(plural(result.total, 'reference'), result, notes);
  const lines = result.references.map(
    (one) => `${placeOf(one, result)}:${one.line} [${one.kind}, ${one.confidence}] ${one.text}`,
  );
  return joined([...subjects(result), ...head], result, lines);
}

/** Callers or callees, with the lines that call. */
export function relationsReply(result: RelationsResult, notes: string[]): string {
  const head = headOf(plural(result.total, 'result'), result, notes);
  if (result.unknown > 0) head.push(`${plural(result.unknown, 'call')} to what is not indexed or not known.`);
  const lines = result.relations.flatMap((one) => [
    `${one.symbol ? symbolLine(one.symbol, one, result) : `${placeOf(one, result)} top of the file`} [${one.confidence}]`,
    ...one.calls.map(({ line, text }) => `  ${line}: ${text}`),
  ]);
  return joined([...subjects(result), ...head], result, lines);
}

/** What a file imports and what imports it. */
export function dependenciesReply(result: DependenciesResult): string {
  const found = `${plural(result.imports.length, 'import')}, imported by ${plural(result.total, 'file')}`;
  const imports = result.imports.map(({ line, specifier, target, files, external }) => {
    const where =
      files.length > 0 ? files.map((file) => placeOf(file, result)).join(', ') : (external ?? target);
    return `${line}: ${specifier} -> ${where}`;
  });
  const importers = result.importedBy.map((one) => `imported by ${placeOf(one, result)}:${one.line}`);
  return joined(headOf(found, result, []), { ...result, total: imports.length + result.total }, [
    ...imports,
    ...importers,
  ]);
}

function subjects(result: ReferencesResult | RelationsResult): string[] {
  const { of } = result;
  return of.length === 0 ? [] : [`Of ${of.map((one) => symbolLine(one, one, result)).join('; ')}:`];
}

function symbolLine({ line, kind, name, scope, signature }: CodeSymbol, at: Placed, about: About): string {
  const within = scope === '' ? '' : ` in ${scope}`;
  return `${placeOf(at, about)}:${line} ${kind} ${name}${within}${signature === '' ? '' : ` | ${signature}`}`;
}

/** Relative to the only repository that was asked about, which the head of the reply names; otherwise absolute. */
function placeOf({ root, path }: Placed, { freshness }: About): string {
  const [only] = freshness;
  return freshness.length === 1 && only?.root === root ? path : `${root}/${path}`;
}

function joined(head: string[], { total }: { total: number }, lines: string[]): string {
  const shown = lines.filter((line) => !line.startsWith('  ')).length;
  const more = total > shown ? [`${total - shown} more: limit.`] : [];
  return [...head, ...more, '', ...lines].join('\n').trimEnd();
}
