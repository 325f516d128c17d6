import { isAbsolute, join } from 'node:path';
import type { SearchHit } from '../../../protocol/search.js';
import type { CodeSymbol } from '../../../protocol/symbols.js';
import { LcadError } from '../../../shared/errors.js';
import type { ChatTools, Lines, ToolAnswer } from '../../chat/contract.js';
import type { ContextParts } from '../../context/context.js';
import type { SearchableRepo } from '../../search/contract.js';
import type { RequestContext } from '../contract.js';
import type { DaemonHandlers } from '../options.js';
import type { SearchScope } from '../search-scope.js';

/** The methods that the tools are made of. */
type ToolMethods = Pick<DaemonHandlers, 'lcad/search' | 'lcad/definition' | 'lcad/callers'>;

export interface ChatToolParts {
  readonly scope: SearchScope;
  readonly methods: ToolMethods;
  readonly sources: ContextParts['sources'];
}

const snippetLines = 12;
const mostSymbols = 10;
const mostCallers = 30;
/** Of the answer of one tool: less than what is cut, so that no place is told of that the model does not see. */
const mostCharacters = 11_000;
/** Of lines that are read; their numbers come on top. */
const mostReadCharacters = 8_000;

/** What a model may look up for one request, in the repositories that it is about. */
export function chatTools(
  { scope, methods, sources }: ChatToolParts,
  selected: string[] | undefined,
  context: RequestContext,
): ChatTools {
  const repos = selected ? { repos: selected } : {};
  const within = (signal: AbortSignal) => ({ ...context, signal });
  const views = async (signal: AbortSignal) =>
    (await scope.open(repos, signal, { vectors: false })).families.flatMap((family) => family.repos);
  const naming = async (signal: AbortSignal) => namingOf(await views(signal));
  return {
    async searchCode({ query, limit }, signal) {
      const params = { query, limit, snippetLines, ...repos };
      const { hits, notes } = await methods['lcad/search'](params, within(signal));
      const name = await naming(signal);
      return answer(
        hits.map((hit) => [hitText(hit, name), hit]),
        'Nothing was found.',
        notes,
      );
    },
    async readLines({ path, startLine, endLine }, signal) {
      const all = await views(signal);
      const absolute = absoluteOf(path, all);
      const { pieces, omissions } = await sources.collect(
        [{ kind: 'file', path: absolute, startLine, endLine }],
        {
          repos: all,
          repo: null,
          maxChars: mostReadCharacters,
          query: '',
          file: null,
          unsaved: (file) => context.overlay.get(file)?.text,
          signal,
        },
      );
      const [piece] = pieces;
      const repo = all.find(({ id }) => id === piece?.repo);
      // What the index leaves out (ignored files, too) is not shown either.
      if (
        piece?.kind !== 'file' ||
        piece.path === null ||
        piece.startLine === null ||
        !repo?.files.has(piece.path)
      ) {
        throw new LcadError('FILE_NOT_INDEXED', omissions[0]?.reason ?? `${path} is not an indexed file.`);
      }
      const lines = piece.text.replace(/\n$/, '').split('\n');
      const first = piece.startLine;
      const place = placeOf(
        { repo: repo.id, root: repo.root, path: piece.path },
        first,
        first + lines.length - 1,
      );
      const head = `${namingOf(all)(place)}:${place.startLine}-${place.endLine}`;
      return { text: [head, ...numbered(lines, first)].join('\n'), places: [place] };
    },
    async definition({ name: symbol }, signal) {
      const params = { symbol, limit: mostSymbols, ...repos };
      const { symbols, total, notes } = await methods['lcad/definition'](params, within(signal));
      const name = await naming(signal);
      const more = total > symbols.length ? [`${total - symbols.length} more.`] : [];
      return answer(
        symbols.map((one) => [symbolText(one, name), one]),
        'No definition was found.',
        [...more, ...notes],
      );
    },
    async callers({ name: symbol }, signal) {
      const params = { symbol, limit: mostCallers, ...repos };
      const { relations, total, notes } = await methods['lcad/callers'](params, within(signal));
      const name = await naming(signal);
      const found = relations.flatMap(({ repo, root, path, symbol: caller, calls }) => {
        const by = caller ? `${caller.kind} ${scoped(caller)}` : 'top of the file';
        return calls.map(({ line, text }): [string, Lines] => {
          const place = placeOf({ repo, root, path }, line, line);
          return [`${name(place)}:${line} in ${by}: ${text.trim()}`, place];
        });
      });
      const more = total > relations.length ? [`${total - relations.length} more callers.`] : [];
      return answer(found, 'No caller was found.', [...more, ...notes]);
    },
  };
}

function answer(found: [string, Lines][], nothing: string, notes: readonly string[]): ToolAnswer {
  let characters = 0;
  const kept = found.filter(([text]) => {
    characters += text.length + 1;
    return characters <= mostCharacters;
  });
  const texts = found.length > 0 ? kept.map(([text]) => text) : [nothing];
  const left = found.length - kept.length;
  const all = left > 0 ? [`${left} more did not fit: ask for less.`, ...notes] : notes;
  const places = kept.map(([, { repo, root, path, startLine, endLine }]) =>
    placeOf({ repo, root, path }, startLine, endLine),
  );
  return { text: [...texts, ...all.map((note) => `Note: ${note}`)].join('\n'), places };
}

type Naming = (file: { repo: string; path: string }) => string;

/** Paths from the root; where several repositories take part, with the name of theirs before them. */
function namingOf(repos: readonly SearchableRepo[]): Naming {
  if (repos.length < 2) return ({ path }) => path;
  const names = new Map(repos.map(({ id, name }) => [id, name]));
  return ({ repo, path }) => `${names.get(repo) ?? repo}/${path}`;
}

function placeOf(
  file: { repo: string; root: string; path: string },
  startLine: number,
  endLine: number,
): Lines {
  return { ...file, startLine, endLine };
}

/** The file that a model means: from a root, with a repository's name before it, or absolute. @throws FILE_NOT_INDEXED */
function absoluteOf(given: string, repos: readonly SearchableRepo[]): string {
  if (isAbsolute(given)) return given;
  const path = given.replace(/^(?:\.\/)+/, '');
  for (const { name, root, files } of repos) {
    if (files.has(path)) return join(root, path);
    const rest = path.startsWith(`${name}/`) ? path.slice(name.length + 1) : null;
    if (rest !== null && files.has(rest)) return join(root, rest);
  }
  throw new LcadError('FILE_NOT_INDEXED', `No indexed file is called ${JSON.stringify(given)}.`);
}

function hitText(hit: SearchHit, name: Naming): string {
  const what = [hit.kind, hit.scope === '' ? hit.name : `${hit.scope}.${hit.name}`].filter(
    (one) => one !== '',
  );
  const head = `${name(hit)}:${hit.startLine}-${hit.endLine} ${what.join(' ')}`;
  const { snippet } = hit;
  return [head, ...(snippet ? numbered(snippet.text.trimEnd().split('\n'), snippet.startLine) : [])].join(
    '\n',
  );
}

function symbolText(symbol: CodeSymbol, name: Naming): string {
  const { startLine, endLine, kind, signature, doc } = symbol;
  const head = `${name(symbol)}:${startLine}-${endLine} ${kind} ${scoped(symbol)}`;
  return [head, ...(signature === '' ? [] : [signature]), ...(doc === '' ? [] : [doc])].join('\n');
}

const scoped = ({ scope, name }: CodeSymbol): string => (scope === '' ? name : `${scope}.${name}`);

function numbered(lines: readonly string[], first: number): string[] {
  return lines.map((line, at) => `${first + at}: ${line}`.trimEnd());
}
