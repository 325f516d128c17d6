/**
 * What a comment says in words: its signs, mark-up, tags, licences, tables and code dropped. Pure.
 */

/** Fewer words say too little, more are cut off. */
const minWords = 3;
const maxWords = 40;

/** Paragraphs of a comment or documentation string, as plain text, in order; none if it says nothing. */
export function paragraphsOf(comment: string): string[] {
  const lines = comment
    .replace(/^@(?:doc|moduledoc|typedoc)\s*(?:~[sS])?/, '')
    .split('\n')
    .map(bare);
  const paragraphs: string[] = [];
  let open: string[] = [];
  const close = () => {
    if (open.length > 0) paragraphs.push(open.join(' '));
    open = [];
  };
  for (const line of lines) {
    const tag = startsTag.exec(line);
    if (tag) {
      close();
      // What follows is about parameters and the like, not about the whole.
      if (!openingTag.test(line)) break;
    }
    const text = line.replace(openingTag, '').trim();
    if (text === '' || isRule(text) || fieldLine.test(text) || address.test(text)) close();
    else if (endsProse.test(text)) {
      close();
      break;
    } else if (!isCodeLike(text)) open.push(text);
    else close();
  }
  close();
  return paragraphs.map(plain).filter((paragraph) => paragraph !== '');
}

/** The first paragraph that can be a query, or null: some words of prose, no licence, no instruction to a tool. */
export function queryOf(comment: string): string | null {
  for (const paragraph of paragraphsOf(comment)) {
    const query = queryFrom(paragraph);
    if (query !== null) return query;
    if (!isLegal(paragraph) && words(paragraph).length >= minWords) return null;
  }
  return null;
}

/** A paragraph cut to a query's length, or null if it cannot be one. */
export function queryFrom(paragraph: string): string | null {
  if (isLegal(paragraph) || isInstruction(paragraph) || isBanner(paragraph)) return null;
  const all = words(paragraph);
  if (all.length < minWords) return null;
  const letters = paragraph.replace(/[^\p{L}\s]/gu, '').length;
  if (letters < paragraph.length * 0.75) return null;
  if (all.length <= maxWords) return paragraph;
  const sentence = /^.{20,}?[.!?](?=\s)/.exec(paragraph)?.[0] ?? paragraph;
  return sentence.split(/\s+/).slice(0, maxWords).join(' ');
}

const words = (text: string) => text.match(/[\p{L}\p{N}][\p{L}\p{N}_'’.-]*/gu) ?? [];

/** A comment's line without its signs. */
function bare(line: string): string {
  return line
    .replace(
      /^\s*(?:\/\*[*!]?<?|\*+\/?(?!\w)|\/\/[/!]?<?|#[#!:']?(?![\w[])|--[-|!^]*(?:\[=*\[)?|;+|%+|<!--|\{-+\s?[|^]?|\(\*+|dnl\b|rem\b|"(?!")|!+<?|--\[=*\[)?/i,
      '',
    )
    .replace(/(?:\*+\/|-->|-\}|\*\)|\]=*\])\s*$/, '')
    .replace(/^\s*[rRuUbB]{0,2}(?:"""|''')|(?:"""|''')\s*$/g, '')
    .replace(/^\s*\|\s/, '')
    .trim();
}

/** Tags of Javadoc, JSDoc, Doxygen, docstrings and others. */
const startsTag =
  /^(?:[@\\][a-z]\w*|:(?:param|returns?|rtype|type|raises?|arg|keyword|note|see|ivar|cvar|var)\b|\.\. ?\w|#\+|<(?:param|returns?|remarks|exception|typeparam|example|code|value|seealso)\b|(?:- )?(?:Parameters?|Returns?|Throws|Raises|Yields|Arguments|Args|Examples?|Notes?|See [Aa]lso|References|Usage|Attributes|Complexity|Precondition|Warnings?|Keyword Args|Params?|Return value|Options|Output|Input|Inputs|Outputs)\s*:?\s*$|(?:Parameters?|Returns?|Throws|Raises|Args|Arguments|Return value|Examples?|Usage|See|See also)\s*:|- (?:[Pp]arameters?|[Rr]eturns?|[Tt]hrows|SeeAlso|Note|Complexity|Precondition)\b|#+ (?:Examples?|Panics|Errors|Safety|Arguments|Returns|Notes?|See also)\b)/;
/** Tags whose text is about the whole. */
const openingTag =
  /^(?:[@\\](?:brief|short|description|desc|details|summary|file|fileoverview|overview|module\b|public|private|internal|protected|api|static|deprecated|class|function|method|name|memberof!?|doc|since \S+|version \S+)\b(?:\s*[:-])?|<(?:summary|para|p)>|#\+title:?)\s*/i;
const endsProse = /(?:::|:\s*$|^```|^~~~|^>>>|^\$ |^--+$|^==+$)/;
const fieldLine =
  /^(?:module|copyright|licen[cs]e|maintainer|stability|portability|authors?|version|since|date|created|updated|modified|email|e-mail|homepage|url|website|file|filename|project|package|category|synopsis|id|revision|last[- ]\w+)\s*:/i;
/** Authors and their addresses. */
const address = /[\w.+-]+@[\w-]+\.\w+|\bat [\w-]+ dot \w+/;
const isRule = (text: string) => /^[^\p{L}\p{N}]*$/u.test(text);

/** Code that was commented out, tables, paths, commands. */
function isCodeLike(text: string): boolean {
  if (
    /[;{}]\s*$|^\s*[})\]]|^(?:if|for|while|return|import|from|const|let|var|def|fn|func|public|private|static|#include|#define)\b.*[({=;]|=>|->\s*\w+$|^\S+\s*[:+-]?=\s*\S|^\w+\([^)]*\)\s*$|\|.*\|/.test(
      text,
    )
  ) {
    return true;
  }
  // Mark-up has as many signs as code.
  return text.length > 8 && isFullOfSigns(text) && isFullOfSigns(plain(text));
}

const isFullOfSigns = (text: string) =>
  text.replace(/[\p{L}\p{N}\s.,'"`’-]/gu, '').length > text.length * 0.15;

/** Text without mark-up: links and code become their words. */
function plain(text: string): string {
  return text
    .replace(
      /<\/?(?:a|p|b|i|em|strong|code|tt|pre|br|ul|ol|li|para|summary|see|c|span|div|h\d|sup|sub|kbd|var|paramref|typeparamref)\b[^>]*?(?:cref|langword|name)="(?:\w:)?([^"]*)"[^>]*>/gi,
      ' $1 ',
    )
    .replace(/<\/?[a-z][^<>]*>/gi, ' ')
    .replace(/\{@\w+\s+([^}]*)\}/g, '$1')
    .replace(/[@\\](?:p|c|a|b|e|em|ref|code|link|see)\s+/g, '')
    .replace(/:(?:py:)?\w+:`~?([^`<]*)(?:<[^`]*>)?`/g, '$1')
    .replace(/!?\[([^\]]*)\]\((?:[^()]|\([^)]*\))*\)/g, '$1')
    .replace(/\[([^\]]*)\]\[[^\]]*\]/g, '$1')
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, ' ')
    .replace(/&(?:lt|gt|amp|nbsp|quot|#\d+);/g, ' ')
    .replace(/[`*_]{1,3}(?=\S)|(?<=\S)[`*_]{1,3}/g, (sign) => (sign.startsWith('_') ? sign : ''))
    .replace(/\s+/g, ' ')
    .replace(/^[-–—:.\s*#>]+/, '')
    .trim();
}

const legal =
  /\bpermission (?:to use,|is (?:hereby )?granted)|\bexcept as contained in this notice\b|\bshall not be used in advertising\b|\bpleased to support\b|\bprovided that the following\b|\bin no event\b|\bmust retain the above\b|\borigin of this software\b|\baltered source versions\b|\bthis notice (?:may|shall)\b|\bvoluntary contributions\b|\bmay (?:not use|obtain a copy)\b|\bin compliance with\b|\bwould like to acknowledge\b|\bthanks to\b|\bcontributions? (?:by|from)\b|\bderived from software\b|\bendorse\b|\bcopyright\b|\(c\)\s*\d{4}|©|\blicen[cs]ed?\b.{0,60}\b(?:under|terms|agreement|file|apache|mit|bsd)\b|\ball rights reserved\b|\bwarrant(?:y|ies)\b|\bpermission is hereby\b|\bredistributions?\b|SPDX|\bthis (?:file|program|software|library|code|source|work) is (?:part of|free|distributed|licensed|released|available under|subject|made available)\b|\byou may not use this file\b|\bpublic domain\b|\bunder the terms\b|\bliabilit(?:y|ies)\b|\bauthors?\s*[:=]|\bwritten by\b|\bcontributed by\b|\bcreated by\b|\bmaintained by\b|-\*-|vim?:\s*(?:set\b|\w+=)/i;
const isLegal = (text: string) => legal.test(text);

const instruction =
  /^(?:todo|fixme|xxx|hack|nolint|noinspection|eslint|tslint|jshint|jslint|jscs|pylint|flake8|noqa|type:\s*ignore|mypy|prettier|istanbul|c8 |v8 |biome|rubocop|standard:|yardopts|clang-format|clang-tidy|nosonar|checkstyle|ktlint|swiftlint|detekt|stylelint|shellcheck|phpcs|phpstan|psalm|@ts-|ts-|webpack|global |globals |exported |region|endregion|mark:|pragma|coverage|cspell|end of|auto-?generated|generated|begin |compiler options|frozen_string_literal|coding[:=]|encoding:|go:build|see\b|ditto|same as above|\{@inheritdoc|inherit(?:ed)?doc|inheritdoc|$)|@inheritDoc|DO NOT EDIT|non-javadoc|^\(?no[- ]?doc/i;
const isInstruction = (text: string) => instruction.test(text);

/** Headings in capitals and lines drawn around a word. */
function isBanner(text: string): boolean {
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  return capitals * 2 > (text.match(/\p{L}/gu)?.length ?? 0);
}
