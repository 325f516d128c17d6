import type { Node } from 'web-tree-sitter';
import { languageOf } from './languages.js';
import type { AroundResult, AroundTask } from './messages.js';
import { withRoot } from './parser.js';

/** Kinds of nodes, as the grammars of many languages call them. */
const texts = /comment|string|char_literal|heredoc|regex/;
const codeInText = /substitution|interpolation|embedded/;
const blocks =
  /block|body|statement_list|compound_statement|declaration_list|suite|^(program|module|source_file|translation_unit|compilation_unit|chunk|document|do_group|begin|then|else)$/;

/** Tells what a place of a text is, by the syntax tree; null without one, or where the parser makes nothing of it. */
export async function aroundPlace({
  language,
  text,
  at,
  parseDeadlineMs,
}: AroundTask): Promise<AroundResult> {
  const parsed = await withRoot(languageOf(language), text, parseDeadlineMs, (root) => around(root, at));
  return 'failure' in parsed ? null : parsed.value;
}

function around(root: Node, at: number): AroundResult {
  const inner = root.descendantForIndex(at, at);
  if (!inner) return null;
  const inText = isInText(inner, at) || isInText(root.descendantForIndex(Math.max(0, at - 1), at), at);
  if (inText) return { inText, inEmptyBlock: false, atStatement: false };
  const block = blockAround(inner, at);
  if (inner.isError && !block) return null;
  const inEmptyBlock =
    block !== null &&
    block.parent !== null &&
    block.namedChildren.every((child) => child?.type.includes('comment'));
  return { inText, inEmptyBlock, atStatement: block !== null };
}

function isInText(from: Node | null, at: number): boolean {
  for (let node = from; node; node = node.parent) {
    if (codeInText.test(node.type)) return false;
    if (!node.isNamed || !texts.test(node.type) || node.startIndex >= at) continue;
    // A comment to the end of its line goes on where it ends.
    const isLineComment = node.type.includes('comment') && node.startPosition.row === node.endPosition.row;
    if (at < node.endIndex || (isLineComment && at === node.endIndex && !node.text.endsWith('*/')))
      return true;
  }
  return false;
}

/** The innermost block that the place is in, and not in front of. */
function blockAround(from: Node, at: number): Node | null {
  for (let node: Node | null = from; node; node = node.parent) {
    if (blocks.test(node.type) && (node.parent === null || (node.startIndex < at && at <= node.endIndex)))
      return node;
    if (!node.isError && node.parent !== null && node.startIndex < at && at < node.endIndex) return null;
  }
  return null;
}
