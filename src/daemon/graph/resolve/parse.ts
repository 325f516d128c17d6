import { parse as parseTomlText } from 'smol-toml';

/** Readers of what project files hold. All take what is there and say "unknown" of the rest. */

export type Fields = { readonly [name: string]: unknown };

/** The value if it is an object with named fields, else one without any. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** A field within fields. */
export function fieldAt(value: unknown, ...names: string[]): unknown {
  let at: unknown = value;
  for (const name of names) at = fieldsOf(at)[name];
  return at;
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The strings of a list; a single string is a list of one. */
export function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** JSON with comments and trailing commas, as tsconfig.json may have them. @throws SyntaxError */
export function parseJson(text: string): Fields {
  return fieldsOf(JSON.parse(plainJson(text.replace(/^\uFEFF/, ''))));
}

const comment = /"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const lastComma = /"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g;

function plainJson(text: string): string {
  const keepStrings = (token: string) => (token[0] === '"' ? token : ' ');
  return text.replace(comment, keepStrings).replace(lastComma, keepStrings);
}

/** @throws TomlError */
export function parseToml(text: string): Fields {
  return fieldsOf(parseTomlText(text));
}

/** Sections of an ini file (setup.cfg), keys in lower case; lines of a value are joined by line breaks. */
export function parseIni(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  let key = '';
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const title = /^\[([^\]]+)\]/.exec(line)?.[1];
    const [, name, value = ''] = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (title !== undefined) {
      section = new Map();
      sections.set(title.trim(), section);
      key = '';
    } else if (/^\s/.test(line) && key !== '') {
      section.set(key, `${section.get(key)}\n${line.trim()}`.trim());
    } else if (name !== undefined) {
      key = name.toLowerCase();
      section.set(key, value.trim());
    }
  }
  return sections;
}

/** The list under a key at the left margin of a YAML file: `packages:` and the `- 'x'` that follow, or `[a, b]`. */
export function yamlList(text: string, key: string): string[] {
  const items: string[] = [];
  let inside = false;
  for (const line of text.split(/\r?\n/)) {
    const inline = new RegExp(`^${key}\\s*:\\s*\\[(.*)\\]`).exec(line)?.[1];
    if (inline !== undefined) return inline.split(',').map(unquoted).filter(Boolean);
    if (new RegExp(`^${key}\\s*:\\s*(#.*)?$`).test(line)) inside = true;
    else if (inside && /^\S/.test(line) && !/^[-#]/.test(line)) inside = false;
    else if (inside) {
      const item = /^\s*-\s+(.*)$/.exec(line)?.[1];
      if (item !== undefined) items.push(unquoted(item));
    }
  }
  return items;
}

/** A value at the left margin of a YAML file, or undefined. */
export function yamlValue(text: string, key: string): string | undefined {
  const value = new RegExp(`^${key}\\s*:\\s*(\\S.*)$`, 'm').exec(text)?.[1];
  return value === undefined ? undefined : unquoted(value);
}

function unquoted(text: string): string {
  const bare = text.trim();
  const quoted = /^(['"])(.*?)\1/.exec(bare)?.[2];
  return quoted ?? bare.replace(/\s+#.*$/, '');
}
