import type { Source } from '../chunk/source.js';
import { maxDoc } from './contract.js';

/** How a language writes the documentation of a definition. */
export type DocStyle =
  | 'slash'
  | 'hash'
  | 'dash'
  | 'semicolon'
  | 'percent'
  | 'python'
  | 'elixir'
  | 'clojure'
  | 'bang'
  | 'quote'
  | 'paren'
  | 'none';

const lineMarks: Record<DocStyle, RegExp | null> = {
  slash: /^\/\/[/!]*<?/,
  hash: /^#+['!:]?/,
  python: /^#+:?/,
  elixir: /^#+/,
  clojure: /^;+/,
  dash: /^--+\s*[|^*!]?/,
  semicolon: /^;+/,
  percent: /^%+/,
  bang: /^!+[<>]?/,
  quote: /^["']+/,
  paren: /^\/\/+/,
  none: null,
};
const blockMarks: Partial<Record<DocStyle, { open: RegExp; close: RegExp }>> = {
  slash: { open: /^\/\*+!?<?/, close: /\*+\// },
  hash: { open: /^(?:=begin|=pod|=head\d|=item)\b/, close: /^=(?:end|cut)\b/ },
  paren: { open: /^(?:\(\*+|\{)/, close: /\*+\)|\}/ },
  dash: { open: /^(?:\{-\s*[|^]?|--\[=*\[)/, close: /-\}|\]=*\]/ },
};
/** Words to tools and rules of signs say nothing of the code. */
const directive =
  /^(?:eslint|tslint|biome|prettier|oxlint|@ts-|istanbul|c8 |v8 |noqa|pylint|mypy|type:|pragma|flake8|ruff|fmt:|go:|\+build|nolint|clang-format|NOLINT|rubocop|region\b|endregion\b|swiftlint|ktlint|SPDX-|Copyright\b|@(?:internal|hidden|deprecated|override)$)/;

/** First paragraph of the comment that stands in the lines before a definition, or empty. Lines count from 0. */
export function docInLines(source: Source, from: number, to: number, style: DocStyle): string {
  const mark = lineMarks[style];
  if (from >= to || mark === null) return '';
  const block = blockMarks[style];
  let kept: string[] = [];
  let closes: RegExp | null = null;
  for (let line = Math.max(from, to - maxLines); line < to; line++) {
    let text = source.line(line).trim();
    if (closes === null) {
      const opened = block?.open.exec(text);
      if (block && opened) {
        // Of comments that follow each other the last one counts.
        kept = [];
        text = text.slice(opened[0].length);
        closes = block.close;
      } else {
        const marked = mark.exec(text);
        if (marked) keep(kept, text.slice(marked[0].length));
        continue;
      }
    }
    const end: RegExpExecArray | null = closes.exec(text);
    if (end !== null) {
      text = text.slice(0, end.index);
      closes = null;
    }
    keep(kept, text.replace(/^\*+(?:\s|$)/, ''));
  }
  return firstParagraph(kept);
}

/** A paragraph is enough. */
function keep(kept: string[], text: string): void {
  const last = kept.at(-1);
  if (last === '' && kept.length > 1) return;
  const trimmed = text.trim();
  if (trimmed !== '' || kept.length > 0) kept.push(trimmed);
}

/** Longer comments are read from this many lines before the definition. */
const maxLines = 200;

/** The lines up to the first blank one or the first tag (`@param`, `:param`, `Args:`), joined. */
function firstParagraph(lines: readonly string[]): string {
  const kept: string[] = [];
  for (const raw of lines) {
    const line = raw
      .replace(/(?:<p\s*\/?>|\s@(?:param|returns?|throws|see)\b).*$/, '')
      .replace(/^[-=*#~_/]{3,}$/, '')
      .replace(/<\/?(?:summary|remarks|para|p|b|i|code|see\s[^>]*)\s*\/?>/g, ' ')
      .trim();
    if (directive.test(line)) continue;
    if (line === '' || /^(?:[@\\](?:param|returns?|throws|brief$)|:param|:returns?:)/.test(line)) {
      if (kept.length > 0) break;
      continue;
    }
    kept.push(line.replace(/^[@\\]brief\s+/, ''));
  }
  return shortened(kept.join(' '));
}

function shortened(text: string): string {
  const single = text.replace(/\s+/g, ' ').trim();
  if (single.length <= maxDoc) return single;
  const cut = single.lastIndexOf(' ', maxDoc - 1);
  return `${single.slice(0, cut > maxDoc / 2 ? cut : maxDoc - 1)}…`;
}

const pythonString = /(?:[rRuUbBfF]{0,2})("""|'''|"|')/y;

/** The string that a body of Python begins with. */
export function docstringAt(text: string, body: number): string {
  pythonString.lastIndex = body;
  const found = pythonString.exec(text);
  if (found === null) return '';
  const quote = found[1] as string;
  const start = body + found[0].length;
  const end = text.indexOf(quote, start);
  if (end < 0) return '';
  return firstParagraph(
    text
      .slice(start, Math.min(end, start + 4 * maxDoc))
      .split('\n')
      .map((line) => line.trim()),
  );
}

const elixirDoc = /@(doc|typedoc|moduledoc)\s+(?:~[sS])?("""|")([\s\S]*?)\2/g;

/** The text of the last `@doc "…"` among the lines before a definition, or of `@moduledoc` where a module begins. */
export function elixirDocIn(text: string, ofModule: boolean): string {
  const found = [...text.matchAll(elixirDoc)]
    .filter((match) => (match[1] === 'moduledoc') === ofModule)
    .at(-1);
  return found?.[3] === undefined ? '' : firstParagraph(found[3].split('\n').map((line) => line.trim()));
}

const lispString = /\s*"((?:[^"\\]|\\.)*)"/y;

/** The string after a name in Clojure. */
export function lispDocAt(text: string, index: number): string {
  lispString.lastIndex = index;
  const found = lispString.exec(text);
  return found?.[1] === undefined ? '' : firstParagraph(found[1].split('\n').map((line) => line.trim()));
}
