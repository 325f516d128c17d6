/** A licence that no file names. */
export const unknownLicence = 'unknown';

/** Phrases that only one licence has, in the order in which they are looked for. */
const phrases: readonly (readonly [RegExp, string])[] = [
  [/GNU AFFERO GENERAL PUBLIC LICENSE\s+Version 3/i, 'AGPL-3.0'],
  [/GNU LESSER GENERAL PUBLIC LICENSE\s+Version 3/i, 'LGPL-3.0'],
  [/GNU LESSER GENERAL PUBLIC LICENSE\s+Version 2\.1/i, 'LGPL-2.1'],
  [/GNU GENERAL PUBLIC LICENSE\s+Version 3/i, 'GPL-3.0'],
  [/GNU GENERAL PUBLIC LICENSE\s+Version 2/i, 'GPL-2.0'],
  [/Mozilla Public License,?\s+(?:Version|v\.?)\s*2\.0/i, 'MPL-2.0'],
  [/Eclipse Public License\s+-\s+v\s*2\.0/i, 'EPL-2.0'],
  [/Apache License\s+Version 2\.0/i, 'Apache-2.0'],
  [/Boost Software License\s+-\s+Version 1\.0/i, 'BSL-1.0'],
  [/This is free and unencumbered software released into the public domain/i, 'Unlicense'],
  [/CC0 1\.0 Universal/i, 'CC0-1.0'],
  [/Permission to use, copy, modify, and(?:\/or)? distribute this software/i, 'ISC'],
  [/Permission is hereby granted, free of charge, to any person obtaining a copy/i, 'MIT'],
  [/Redistribution and use in source and binary forms[\s\S]*Neither the name/i, 'BSD-3-Clause'],
  [/Redistribution and use in source and binary forms/i, 'BSD-2-Clause'],
];

/** SPDX identifier of a licence by its text; `unknown` if it is none of the common ones. Pure. */
export function licenceOfText(text: string): string {
  return phrases.find(([phrase]) => phrase.test(text))?.[1] ?? unknownLicence;
}

/** The licence that a package.json or Cargo.toml names, as it is written there; null if it names none. Pure. */
export function licenceOfManifest(name: string, text: string): string | null {
  if (name === 'Cargo.toml') return /^license\s*=\s*"([^"]+)"/m.exec(text)?.[1] ?? null;
  try {
    const { license, licenses } = JSON.parse(text) as { license?: unknown; licenses?: unknown };
    const one = license ?? (Array.isArray(licenses) ? licenses[0] : undefined);
    if (typeof one === 'string' && one !== '') return one;
    const { type } = (one ?? {}) as { type?: unknown };
    return typeof type === 'string' ? type : null;
  } catch {
    return null; // Not JSON: then it names no licence.
  }
}

/** Whether the list allows a licence: of alternatives one is enough ("MIT OR GPL-2.0"), of "AND" all are needed. Pure. */
export function isAllowed(licence: string, allowed: readonly string[]): boolean {
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  return licence
    .replaceAll(/[()]/g, ' ')
    .split(/\s+OR\s+|\//i)
    .some((choice) =>
      choice
        .split(/\s+AND\s+/i)
        .every((part) => names.has(plain(part)) || names.has(part.trim().toLowerCase())),
    );
}

function plain(licence: string): string {
  return licence
    .trim()
    .toLowerCase()
    .replace(/(?:-only|-or-later|\+)$/, '');
}
