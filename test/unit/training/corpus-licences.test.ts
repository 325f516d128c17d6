import { describe, expect, test } from 'vitest';
import {
  licenceOfFile,
  licenceOfInstalled,
  licencesOf,
  parseCopyright,
} from '../../../src/training/corpus/copyright.js';
import { hasCopyleftNotice, isPermissive, permissiveTextsIn } from '../../../src/training/corpus/licences.js';

describe('licence expressions', () => {
  test.each([
    'MIT',
    'Expat',
    'BSD-3-clause',
    'BSD3',
    'Apache-2.0 WITH LLVM-exception',
    'GPL-2+ or Expat',
    '(MIT OR GPL-3.0)',
    'MIT AND (Apache-2.0 OR GPL-2.0)',
    'public-domain',
    'MIT, and BSD-2-clause',
    'PostgreSQL',
    'GPL-2 and/or MIT',
    'MIT or GPL-2, and BSD-2-clause',
    'GPL-2 and LGPL-2, or MIT',
  ])('%s is permissive', (expression) => expect(isPermissive(expression)).toBe(true));

  test.each([
    '',
    'GPL-3.0',
    'MIT AND GPL-3.0',
    'LGPL-2.1+',
    'MPL-2.0',
    'Artistic',
    'SEE LICENSE IN LICENSE.txt',
    'UNLICENSED',
    'BUSL-1.1',
    'MIT AND (GPL-2.0',
    'MIT or GPL-2, and CC-BY-SA-3.0',
    'CC-BY-NC-4.0',
  ])('%s is not', (expression) => expect(isPermissive(expression)).toBe(false));
});

describe('notices in files', () => {
  test('a notice of a copyleft licence is seen, also when wrapped in a comment', () => {
    const head =
      '/*\n * This is free software under the terms of the GNU\n * General Public License as published by\n */';
    expect(hasCopyleftNotice(head)).toBe(true);
    expect(hasCopyleftNotice('// SPDX-License-Identifier: GPL-2.0-only\n')).toBe(true);
    expect(
      hasCopyleftNotice('# This Source Code Form is subject to the Mozilla Public License, v. 2.0'),
    ).toBe(true);
  });

  test('the choice of a permissive licence, or its tag, is none', () => {
    expect(hasCopyleftNotice('/* SPDX-License-Identifier: (GPL-2.0 OR MIT) */\n')).toBe(false);
    expect(hasCopyleftNotice('# Licensed under the MIT license or the GNU General Public License')).toBe(
      false,
    );
    expect(hasCopyleftNotice('def gnu(): pass')).toBe(false);
  });

  test('the texts of permissive licences are known across line ends', () => {
    const text = 'Permission is hereby granted, free of\n charge, to any person obtaining a copy';
    expect(permissiveTextsIn(text)).toEqual(['MIT']);
    expect(permissiveTextsIn('All rights reserved.')).toEqual([]);
  });
});

const copyright = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: shapes

Files: *
Copyright: 2020 A. Person
License: BSD-3-clause

Files: src/curves/*.c
       tools/plot.?
Copyright: 2021 B. Person
License: GPL-2+
 This program is free software.

Files: src/curves/bezier.c
Copyright: 2022 C. Person
License: Expat
`;

describe('machine-readable copyright files', () => {
  const parsed = parseCopyright(copyright);
  if (parsed === null) throw new Error('not understood');

  test('the last stanza that matches tells a file’s licence; * matches slashes, ? one character', () => {
    expect(licenceOfFile(parsed, 'README.md')).toBe('BSD-3-clause');
    expect(licenceOfFile(parsed, 'src/curves/deep/line.c')).toBe('GPL-2+');
    expect(licenceOfFile(parsed, 'src/curves/bezier.c')).toBe('Expat');
    expect(licenceOfFile(parsed, 'tools/plot.R')).toBe('GPL-2+');
    expect(licenceOfFile(parsed, 'tools/plot.py')).toBe('BSD-3-clause');
  });

  test('licences are told apart', () => {
    expect(licencesOf(parsed)).toEqual({ permissive: ['BSD-3-clause', 'Expat'], others: ['GPL-2+'] });
  });

  test('installed paths match by their ends', () => {
    expect(licenceOfInstalled(parsed, 'usr/share/shapes/src/curves/line.c')).toBe('GPL-2+');
    expect(licenceOfInstalled(parsed, 'usr/share/shapes/area.py')).toBe('BSD-3-clause');
  });

  test('free text is not in the format', () => {
    expect(parseCopyright('This package was debianized by hand.\n\nFiles: some\n')).toBeNull();
  });

  test('a file that no stanza matches has no licence', () => {
    const partial = parseCopyright(copyright.replace('Files: *', 'Files: doc/*'));
    expect(partial && licenceOfFile(partial, 'src/area.c')).toBe('');
  });
});
