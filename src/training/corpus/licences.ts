/**
 * Which licences are permissive: SPDX expressions as package registries have them, and the short names of Debian's
 * copyright files. A name that is not known is not permissive.
 */

/** Short names in lower case, as SPDX and Debian spell them; `…` stands for any ending. */
const permissive = [
  /^(?:expat|mit|x11|ncsa|isc|zlib|0bsd|unlicense|wtfpl|beerware|beer-ware|postgresql|blessing|hpnd|ntp|tcl|icu)(?:[-_/ ].*)?$/,
  /^(?:bsd|bsd[234]|2-clause-bsd|3-clause-bsd)(?:[-_. ].*)?$/,
  /^(?:apache|asl|apl|al)[-_ ]?(?:license[-_ ]?)?2(?:\.0)?(?:[-_ ](?:llvm|swift).*)?$/,
  /^(?:apache|apache-1\.1|[23]c?-bsd|freebsd|anaconda-bsd|nsd-bsd-like|go|llvm|zsh|openssh|openexr|edl-1(?:\.0)?|matplotlib-license)$/,
  /^(?:psf|psfl|python|cnri-python|python-2\.0)(?:[-_. ].*)?$/,
  /^(?:public[-_ ]?domain|pd|cc0|none-needed)(?:[-_. ].*)?$/,
  /^(?:bsl-1\.0|bsl-1|boost|boost-1\.0|boost-software(?:-license)?)$/,
  /^(?:libpng|libpng-2\.0|zlib\/libpng|curl|unicode.*|ssleay|openssl|sgi-b-2\.0|bitstream-vera|w3c|miros|ms-pl|upl-1\.0|blueoak-1\.0\.0|mit-0|mit-cmu|ruby-or-bsd|sqlite.*|permissive|all-permissive|fsfap|gnu-all-permissive-license|fsful|fsfullr)$/,
];

/** True for one licence's name, without exceptions. */
function isPermissiveName(name: string): boolean {
  const plain = name.trim().toLowerCase().replace(/\+$/, '');
  return (
    !/\b(?:a?gpl|lgpl|mpl|epl|cddl|eupl|osl|non-?commercial|sspl|busl)\b|additional-restrictions/.test(
      plain,
    ) && permissive.some((known) => known.test(plain))
  );
}

/**
 * True if an expression of licence names allows use under permissive terms alone: one side of every "or", both sides of
 * every "and". Understands SPDX's parentheses and `WITH`, and Debian's "and/or" and commas, which bind less than words:
 * "MIT or GPL-2, and BSD" is both of "MIT or GPL-2" and "BSD".
 */
export function isPermissive(expression: string): boolean {
  return expression
    .split(/,\s*or\s+/i)
    .some((choice) => choice.split(/,\s*(?:and\s+)?/i).every(isPermissiveTerm));
}

function isPermissiveTerm(expression: string): boolean {
  const tokens = expression
    .replace(/[()]/g, ' $& ')
    .replace(/\band\/or\b/gi, 'or')
    .replace(/\s+\|\|?\s+/g, ' or ')
    .split(/\s+/)
    .filter((token) => token !== '');
  if (tokens.length === 0) return false;
  const reader = { tokens, at: 0 };
  const value = either(reader);
  return value && reader.at >= tokens.length;
}

interface Reader {
  tokens: string[];
  at: number;
}

const isWord = (reader: Reader, word: string) => reader.tokens[reader.at]?.toLowerCase() === word;

function either(reader: Reader): boolean {
  let value = both(reader);
  while (isWord(reader, 'or')) {
    reader.at++;
    const right = both(reader);
    value = value || right;
  }
  return value;
}

function both(reader: Reader): boolean {
  let value = single(reader);
  while (isWord(reader, 'and')) {
    reader.at++;
    const right = single(reader);
    value = value && right;
  }
  return value;
}

function single(reader: Reader): boolean {
  if (isWord(reader, '(')) {
    reader.at++;
    const value = either(reader);
    if (!isWord(reader, ')')) return false;
    reader.at++;
    return value;
  }
  const words: string[] = [];
  while (
    reader.at < reader.tokens.length &&
    !['and', 'or', '(', ')'].includes(reader.tokens[reader.at]?.toLowerCase() ?? '')
  ) {
    words.push(reader.tokens[reader.at++] ?? '');
  }
  // An exception only adds permissions.
  const name = words.join(' ').split(/\s+with\s+/i, 1)[0] ?? '';
  return isPermissiveName(name);
}

const copyleft =
  /\bGNU\s+(?:(?:Lesser|Library|Affero)\s+)?(?:General\s+)?Public\s+Licen[cs]e|\bGNU\s+(?:LESSER|LIBRARY|AFFERO)\s+GENERAL|\b(?:A|L)?GPL(?:v|\s+v(?:ersion)?\s*)?[\s-]?[123]|\bMozilla Public License|\bMPL[\s-]?[12]\.|\bEclipse Public License|\bCommon Development and Distribution License|\bServer Side Public License|\bBusiness Source License|\bEuropean Union Public Licen[cs]e|\bElastic License/i;
const permissiveChoice =
  /\b(?:MIT|BSD|Apache|ISC|Expat|zlib)\b[^.]{0,200}\b(?:or|either|dual|alternatively|at your option|choice)\b|\b(?:or|either|alternatively|dual)\b[^.]{0,200}\b(?:MIT|BSD|Apache|ISC|Expat|zlib)\b/i;

/**
 * True if the beginning of a file puts it under a copyleft licence, or under terms that allow no use at all, whatever the
 * package says: SPDX tags and the usual notices. A notice that leaves the choice of a permissive licence is none.
 *
 * @param head the first few thousand characters
 */
export function hasCopyleftNotice(head: string): boolean {
  const tag = /SPDX-License-Identifier:\s*([^\n*]+?)\s*(?:\*\/|-->|$)/m.exec(head);
  if (tag) return !isPermissive(tag[1] ?? '');
  return (
    copyleft.test(head.replace(/\n[\s*/#;-]*/g, ' ')) &&
    !permissiveChoice.test(head.replace(/\n[\s*/#;-]*/g, ' '))
  );
}

const permissiveTexts: readonly [string, RegExp][] = [
  ['MIT', /Permission is hereby granted, free of charge, to any person obtaining/i],
  ['BSD', /Redistribution and use in source and binary forms, with or without/i],
  [
    'Apache-2.0',
    /Apache License,? Version 2\.0|common-licenses\/Apache-2\.0|apache\.org\/licenses\/LICENSE-2\.0/i,
  ],
  ['ISC', /Permission to use, copy, modify, and\/?(?:or)? distribute this software/i],
  ['PSF-2.0', /PYTHON SOFTWARE FOUNDATION LICENSE/i],
  ['Zlib', /This software is provided 'as-is', without any express or implied warranty/i],
  [
    'PostgreSQL',
    /Permission to use, copy, modify, and distribute this software and its documentation for any purpose, without fee/i,
  ],
  ['public domain', /\b(?:disclaims copyright|in the public domain)\b/i],
];

/** Names of the permissive licences whose text a licence file holds. */
export function permissiveTextsIn(text: string): string[] {
  const plain = text.replace(/\s+/g, ' ');
  return permissiveTexts.filter(([, pattern]) => pattern.test(plain)).map(([name]) => name);
}
