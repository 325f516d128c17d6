import { parse, stringify } from 'smol-toml';
import { LcadError } from '../shared/errors.js';
import { Config } from './config.js';
import { type ConfigKey, type ConfigValue, configKeys, expected, nearestKey } from './config-keys.js';
import { keyPart, type Statement, statements, trailingComment } from './toml-lines.js';

/**
 * The key with this dotted name.
 *
 * @throws LcadError CONFIG_KEY_UNKNOWN, with the key that was probably meant
 */
export function configKey(name: string): ConfigKey {
  const found = configKeys().find(({ key }) => key === name);
  if (found) return found;
  const near = nearestKey(name, null);
  throw new LcadError('CONFIG_KEY_UNKNOWN', `There is no key "${name}".`, {
    ...(near ? { next: `Did you mean "${near.key}"? \`lcad config list\` shows every key.` } : {}),
    details: { key: name },
  });
}

/**
 * Reads a value as given on a command line: texts and choices as they are, a list of texts as TOML or as one text, everything
 * else as TOML.
 *
 * @throws LcadError CONFIG_INVALID where it does not suit the key
 */
export function parseConfigValue(key: ConfigKey, text: string): ConfigValue {
  const value = key.type === 'text' || key.type === 'choice' ? text : tomlValue(key, text);
  const checked = Config.safeParse({ [key.table]: { [key.name]: value } });
  // Tables are taken with their defaults, as they are read again; other values are as they were given.
  if (checked.success && key.type !== 'list of tables') return value as ConfigValue;
  if (checked.success)
    return (
      (checked.data as unknown as Record<string, Record<string, ConfigValue>>)[key.table]?.[key.name] ?? []
    );
  // The value is of the right type, and something else is wrong with it.
  const [issue] = checked.error.issues;
  const why =
    issue?.code === 'custom' && issue.path.length === 2
      ? `${key.key} cannot be used: ${issue.message}.`
      : `${key.key} must be ${expected(key)}, not ${JSON.stringify(text)}.`;
  throw new LcadError('CONFIG_INVALID', why, {
    next: `\`lcad config list\` shows every key with its values.`,
    details: { key: key.key },
  });
}

/**
 * The text with the key set to a value. Nothing else changes: comments, order and other lines stay. The text must be
 * valid TOML. Pure.
 */
export function setInText(text: string, key: ConfigKey, value: ConfigValue): string {
  const edit = new LineEdit(text);
  const located = statements(text);
  const path = [key.table, key.name];
  const own = located.find((statement) => statement.kind === 'value' && samePath(statement.path, path));
  if (own) return edit.replace(own, assignment(edit.textOf(own), value));
  const inline = located.find(({ kind, path }) => kind === 'value' && samePath(path, [key.table]));
  if (inline) {
    const values = { ...(inline.value as Record<string, unknown>), [key.name]: value };
    return edit.replace(inline, assignment(edit.textOf(inline), values));
  }
  refuseTables(located, key.key);
  const header = located.find(({ kind, path }) => kind === 'table' && samePath(path, [key.table]));
  if (header)
    return edit.insertAfter(lineInTable(edit, located, header, key), `${key.name} = ${toml(value)}`);
  const firstHeader = located.findIndex(({ kind }) => kind === 'table');
  const atRoot = firstHeader < 0 ? located : located.slice(0, firstHeader);
  const dotted = atRoot.findLast(({ path }) => path[0] === key.table);
  if (dotted) return edit.insertAfter(dotted.last, `${key.key} = ${toml(value)}`);
  return edit.append([`[${key.table}]`, `${key.name} = ${toml(value)}`]);
}

/** A list that is written as tables of its own cannot be changed in one place. */
function refuseTables(located: readonly Statement[], key: string): void {
  if (!key.includes('.')) return;
  if (!located.some(({ kind, path }) => kind === 'table' && path.join('.') === key)) return;
  throw new LcadError('CONFIG_INVALID', `${key} is given by [[${key}]] tables.`, {
    next: 'Edit those by hand: `lcad config edit`.',
    details: { key },
  });
}

/** The text without the assignment of a key, known or not; null if there is none. Pure. */
export function unsetInText(text: string, key: string): string | null {
  const edit = new LineEdit(text);
  const located = statements(text);
  const own = located.find(({ kind, path }) => kind === 'value' && path.join('.') === key);
  if (own) return edit.remove(own);
  refuseTables(located, key);
  const inline = located.find(
    ({ kind, path, value }) => kind === 'value' && isTable(value) && key.startsWith(`${path.join('.')}.`),
  );
  if (!inline) return null;
  const name = key.slice(inline.path.join('.').length + 1);
  const { [name]: removed, ...rest } = inline.value as Record<string, unknown>;
  return removed === undefined ? null : edit.replace(inline, assignment(edit.textOf(inline), rest));
}

/** A configuration file with every key as a comment at its default. Pure. */
export function configTemplate(): string {
  const lines = [
    '# The configuration of lcad. Every key is optional and shown with its default: remove the # to change one.',
    '# `lcad config list` shows what is in force. A running daemon takes changes over with `lcad config reload`.',
  ];
  let table = '';
  for (const key of configKeys()) {
    if (key.table !== table) lines.push('', `[${key.table}]`);
    table = key.table;
    const details = key.type === 'choice' ? `${expected(key)}.` : '';
    const about = [key.description, details].filter((part) => part !== '').join(' ');
    if (about !== '') lines.push(`# ${about}`);
    lines.push(`# ${key.name} = ${toml(key.default ?? '')}`);
  }
  return `${lines.join('\n')}\n`;
}

/** The lines of a text under an edit; each keeps its own line end. */
class LineEdit {
  readonly #lines: string[];
  readonly #end: string;

  constructor(text: string) {
    this.#lines = text.split('\n');
    this.#end = text.includes('\r\n') ? '\r' : '';
  }

  line(index: number): string {
    return this.#lines[index] ?? '';
  }

  textOf({ first, last }: Statement): string {
    return this.#lines.slice(first, last + 1).join('\n');
  }

  replace({ first, last }: Statement, text: string): string {
    return this.#splice(first, last - first + 1, [text]);
  }

  remove({ first, last }: Statement): string {
    return this.#splice(first, last - first + 1, []);
  }

  insertAfter(index: number, text: string): string {
    return this.#splice(index + 1, 0, [text]);
  }

  append(texts: readonly string[]): string {
    const lines = [...this.#lines];
    while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop();
    const gap = lines.length > 0 ? [this.#end] : [];
    return [...lines, ...gap, ...texts.map((text) => text + this.#end), ''].join('\n');
  }

  #splice(at: number, count: number, texts: readonly string[]): string {
    const lines = [...this.#lines];
    // The last line of a text has no line end: what follows it needs one.
    if (at === lines.length) return [...lines, ...texts].join('\n') + (this.#end ? '\r\n' : '\n');
    lines.splice(at, count, ...texts.map((text) => text + this.#end));
    return lines.join('\n');
  }
}

/** Below the commented default of the template if it is there, else below the last statement of the table. */
function lineInTable(
  edit: LineEdit,
  located: readonly Statement[],
  header: Statement,
  key: ConfigKey,
): number {
  const next = located[located.indexOf(header) + 1 + countIn(located, header)];
  const end = next?.first ?? Number.POSITIVE_INFINITY;
  const commented = new RegExp(`^\\s*#\\s*${key.name}\\s*=`);
  for (let index = header.first + 1; index < end && edit.line(index) !== ''; index++) {
    if (commented.test(edit.line(index))) return index;
  }
  return located[located.indexOf(header) + countIn(located, header)]?.last ?? header.last;
}

/** Assignments that follow a header before the next one. */
function countIn(located: readonly Statement[], header: Statement): number {
  const after = located.slice(located.indexOf(header) + 1);
  const next = after.findIndex(({ kind }) => kind === 'table');
  return next < 0 ? after.length : next;
}

function assignment(before: string, value: unknown): string {
  return `${keyPart(before).trimEnd()} = ${toml(value)}${trailingComment(before)}`;
}

/** A value in TOML, on one line. */
function toml(value: unknown): string {
  if (isTable(value)) {
    const entries = Object.entries(value).map(([name, inner]) => `${name} = ${toml(inner)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  if (Array.isArray(value) && value.some(isTable)) return `[${value.map(toml).join(', ')}]`;
  return stringify({ v: value }).trim().slice('v = '.length);
}

function tomlValue(key: ConfigKey, text: string): unknown {
  try {
    return parse(`v = ${text}`).v;
  } catch {
    // A single pattern without quotes is a list of one; anything else is refused with its type's name.
    return key.type === 'list of texts' ? [text] : text;
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}
