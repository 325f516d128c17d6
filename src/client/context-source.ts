import { resolve } from 'node:path';
import type { ContextParams } from '../protocol/context.js';
import { LcadError } from '../shared/errors.js';
import { placeIn } from './place.js';

type Source = NonNullable<ContextParams['sources']>[number];

/**
 * A source as it is written on the command line: `diff`, `staged`, `commits`, each with `:PATH` if wanted;
 * `file:PATH` and `blame:PATH`, each with lines (`:10-20`) if wanted; anything else is the name of a provider.
 * @throws USAGE
 */
export function sourceOf(text: string, cwd: string): Source {
  const [, kind = text, rest] = /^(diff|staged|commits|file|blame)(?::(.+))?$/.exec(text) ?? [];
  if (kind === 'diff' || kind === 'staged' || kind === 'commits') {
    return { kind, ...(rest === undefined ? { repo: cwd } : { path: resolve(cwd, rest) }) };
  }
  if (kind !== 'file' && kind !== 'blame') return { kind: 'provider', name: text };
  if (rest === undefined)
    throw new LcadError('USAGE', `${text} names no file.`, { next: `Give it as ${kind}:PATH.` });
  const [, path = rest, from, to = from] = /^(.+?):(\d+)(?:-(\d+))?$/.exec(rest) ?? [];
  const lines = from === undefined ? {} : { startLine: Number(from), endLine: Number(to) };
  return { kind, path: kind === 'blame' ? placeIn(path, cwd) : resolve(cwd, path), ...lines };
}
