import { isPermissive } from './licences.js';

/** A stanza of a machine-readable copyright file: which files have which licence. */
interface FilesStanza {
  patterns: RegExp[];
  licence: string;
}

/** A machine-readable debian/copyright (DEP-5, "copyright-format/1.0"). */
export interface DebianCopyright {
  stanzas: FilesStanza[];
}

/** @returns null if the text is not in the machine-readable format */
export function parseCopyright(text: string): DebianCopyright | null {
  const stanzas = text.split(/\n\s*\n/).map(fieldsOf);
  if (!/copyright-format|dep5|dep-5|CopyrightFormat/i.test(stanzas[0]?.get('format') ?? '')) return null;
  const files = stanzas.flatMap((fields) => {
    const patterns = fields.get('files');
    if (patterns === undefined) return [];
    const licence = (fields.get('license') ?? '').split('\n', 1)[0]?.trim() ?? '';
    return [
      {
        patterns: patterns
          .split(/\s+/)
          .filter((word) => word !== '')
          .map(patternOf),
        licence,
      },
    ];
  });
  return files.length === 0 ? null : { stanzas: files };
}

/** Fields of a stanza by lower-case name; the lines of a value are joined by "\n". */
function fieldsOf(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    const field = /^([A-Za-z-]+):\s*(.*)$/.exec(line);
    if (field) {
      name = field[1]?.toLowerCase() ?? '';
      fields.set(name, field[2] ?? '');
    } else if (name !== '') {
      fields.set(name, `${fields.get(name)}\n${line.trim()}`);
    }
  }
  return fields;
}

/** `*` and `?` match slashes as well, as the format says. */
function patternOf(pattern: string): RegExp {
  const source = pattern
    .replace(/^\.\//, '')
    .replace(/\\([*?\\])|[.+^${}()|[\]\\]|\*|\?/g, (found, escaped) =>
      escaped ? `\\${escaped}` : found === '*' ? '.*' : found === '?' ? '.' : `\\${found}`,
    );
  return new RegExp(`^${source}$`, 's');
}

/** The licence of a file by its path in the source tree: that of the last stanza that matches; empty if none does. */
export function licenceOfFile({ stanzas }: DebianCopyright, path: string): string {
  for (let at = stanzas.length - 1; at >= 0; at--) {
    const stanza = stanzas[at];
    if (stanza?.patterns.some((pattern) => pattern.test(path))) return stanza.licence;
  }
  return '';
}

/** The licences that any file may have, permissive ones first, without repeats. */
export function licencesOf({ stanzas }: DebianCopyright): { permissive: string[]; others: string[] } {
  const all = [...new Set(stanzas.map(({ licence }) => licence))].sort();
  return { permissive: all.filter(isPermissive), others: all.filter((licence) => !isPermissive(licence)) };
}

/**
 * The licence of a file of a binary package, whose paths are not those of the source tree: that of the package (its
 * stanza for all files), unless the end of its path matches a stanza of another licence.
 */
export function licenceOfInstalled({ stanzas }: DebianCopyright, path: string): string {
  const parts = path.split('/');
  const ends = parts.map((_, at) => parts.slice(at).join('/'));
  const main = stanzas.find(({ patterns }) => patterns.some((pattern) => pattern.source === '^.*$'));
  for (let at = stanzas.length - 1; at >= 0; at--) {
    const stanza = stanzas[at];
    if (stanza === undefined || stanza === main || isPermissive(stanza.licence)) continue;
    if (stanza.patterns.some((pattern) => ends.some((end) => pattern.test(end)))) return stanza.licence;
  }
  return main?.licence ?? '';
}
