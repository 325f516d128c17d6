import { snippetOf } from '../search/snippet.js';
import type { Region, Span } from './regions.js';

/**
 * Longest stretches of a chunk in lines, from the smallest that says what it is to one that shows how it works. With five
 * lines more files have a place in a small prompt, of which too little is seen to answer from.
 */
const few = 10;
const some = 24;

/** What a region's sizes are worth, as shares of the whole's worth. */
const fewShare = 0.5;
const someShare = 0.8;

/**
 * The sizes in which a chunk can be shown: the few lines that match best, more around them, all. Pure.
 * @param terms words of the question as search splits them
 * @param worth of the whole
 * @param first what its smallest size is worth more, because nothing of its file is there yet
 */
export function sizesOf(
  { startLine, lines, name }: Pick<Region, 'startLine' | 'lines' | 'name'>,
  terms: ReadonlySet<string>,
  worth: number,
  first: number,
): Region['sizes'] {
  const whole: Span = { from: startLine, to: startLine + lines.length - 1 };
  const own = name.split('.').at(-1) ?? '';
  const larger = window({ text: lines.join('\n'), startLine, name: own }, terms, some);
  const smaller = window({ text: larger.text, startLine: larger.span.from, name: own }, terms, few);
  const sizes = [
    { span: smaller.span, worth: first + fewShare * worth },
    { span: larger.span, worth: first + someShare * worth },
    { span: whole, worth: first + worth },
  ];
  return sizes.filter(({ span }, at) => {
    const next = sizes[at + 1]?.span;
    return !next || next.from !== span.from || next.to !== span.to;
  });
}

function window(
  chunk: { text: string; startLine: number; name: string },
  terms: ReadonlySet<string>,
  most: number,
): { text: string; span: Span } {
  const { text, startLine } = snippetOf(chunk, terms, most) ?? chunk;
  return { text, span: { from: startLine, to: startLine + text.split('\n').length - 1 } };
}
