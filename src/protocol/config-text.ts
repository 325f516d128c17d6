import { parse, TomlError } from 'smol-toml';
import type { z } from 'zod';
import { LcadError, messageOf } from '../shared/errors.js';
import { Config } from './config.js';
import { type ConfigKey, configKeys, expected, nearestKey, nearestTable } from './config-keys.js';
import { type Statement, statements } from './toml-lines.js';

/** One mistake in a configuration file. Lines and columns count from 1. */
interface ConfigProblem {
  readonly line: number | null;
  readonly column: number | null;
  /** Dotted name of the key; null for a mistake in the syntax. */
  readonly key: string | null;
  readonly message: string;
  readonly next: string;
}

/** A configuration, or what is wrong with the text; never both. */
export type ParsedConfig =
  | { readonly config: Config; readonly problems: readonly [] }
  | { readonly config: null; readonly problems: readonly [ConfigProblem, ...ConfigProblem[]] };

/** Larger files are refused: a configuration has some dozens of lines. */
const longestText = 1024 * 1024;

/** Reads the text of a configuration file. Pure; never throws. */
export function parseConfig(text: string): ParsedConfig {
  if (text.length > longestText) {
    return { config: null, problems: [problem('The file is larger than 1 MiB.', { next: 'Shorten it.' })] };
  }
  let value: Record<string, unknown>;
  try {
    value = parse(text);
  } catch (error) {
    return { config: null, problems: [syntaxProblem(error)] };
  }
  const parsed = Config.safeParse(value);
  if (parsed.success) return { config: parsed.data, problems: [] };
  const located = statements(text);
  const problems = parsed.error.issues.flatMap((issue) => issueProblems(issue, value, located));
  const [first, ...rest] = problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return { config: null, problems: [first ?? problem(parsed.error.message, {}), ...rest] };
}

/** The error for the mistakes of one file: it names the first, and `details.problems` has them all. */
export function configError(file: string, problems: ParsedConfig['problems']): LcadError {
  const first = problems[0];
  if (!first) throw new Error('There is no error without a problem.');
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const place = first.line === null ? file : `${file}:${first.line}`;
  return new LcadError('CONFIG_INVALID', `${place}: ${first.message}${more}`, {
    next: first.next,
    details: { file, line: first.line, key: first.key, problems },
  });
}

function syntaxProblem(error: unknown): ConfigProblem {
  if (!(error instanceof TomlError)) return problem(messageOf(error), {});
  const said = (error.message.split('\n')[0] ?? '').replace('Invalid TOML document: ', '');
  return problem(`This is not TOML: ${said}, at column ${error.column}.`, {
    line: error.line,
    column: error.column,
    next: 'Mend that line (a key looks like `name = "text"`, a table like `[index]`), or remove it.',
  });
}

function issueProblems(
  issue: z.core.$ZodIssue,
  value: Record<string, unknown>,
  located: readonly Statement[],
): ConfigProblem[] {
  const path = issue.path.map(String);
  if (path.length > 2 && isTableOfList(path)) return [wrongTableOfList(issue, path, value, located)];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => unknownKey([...path, name], located));
  }
  const key = configKeys().find(({ table, name }) => table === path[0] && name === path[1]);
  const custom = issue.code === 'custom' && path.length === 2 ? issue.message : null;
  return [key ? wrongValue(key, value, located, custom) : wrongTable(path[0] ?? '', located)];
}

function isTableOfList([table, name]: readonly string[]): boolean {
  return configKeys().some(
    (key) => key.table === table && key.name === name && key.type === 'list of tables',
  );
}

/** A mistake inside one table of a list: `[[context.providers]]`. */
function wrongTableOfList(
  issue: z.core.$ZodIssue,
  path: readonly string[],
  value: Record<string, unknown>,
  located: readonly Statement[],
): ConfigProblem {
  const [table = '', name = '', index = '0', ...inner] = path;
  const list = `${table}.${name}`;
  const own = (value[table] as Record<string, Record<string, unknown>[]>)[name]?.[Number(index)] ?? {};
  const which = `[[${list}]] ${typeof own.name === 'string' ? `"${own.name}"` : `number ${Number(index) + 1}`}`;
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const key = unknown ?? inner[0] ?? '';
  const why = issue.code === 'custom' ? issue.message : shown(own[key]);
  const said = own[key] === undefined ? 'is missing' : `is not valid: ${why}`;
  return problem(
    unknown === undefined ? `${which}: ${key} ${said}.` : `${which}: there is no key "${unknown}".`,
    {
      line: lineInList([table, name], Number(index), key, located),
      key: `${list}.${key}`,
      next: '`lcad config list` shows what such a table holds.',
    },
  );
}

/** The line of a key in the table with this index, else that table's header, else where the list is given. */
function lineInList(
  path: readonly string[],
  index: number,
  key: string,
  located: readonly Statement[],
): number | null {
  const isList = (statement: Statement) => statement.path.length === 2 && startsWith(statement.path, path);
  const header = located.filter((one) => one.kind === 'table' && isList(one))[index];
  if (!header) return lineOf(path, located);
  const after = located.slice(located.indexOf(header) + 1);
  const end = after.findIndex((one) => one.kind === 'table');
  const within = end < 0 ? after : after.slice(0, end);
  return (within.find((one) => one.path[2] === key) ?? header).first + 1;
}

function unknownKey(path: readonly string[], located: readonly Statement[]): ConfigProblem {
  const [table = '', name] = path;
  const key = path.join('.');
  const near = name === undefined ? null : nearestKey(name, table);
  // At the root a table may be misspelt, or a key may lack its table.
  const meant = name === undefined ? (nearestTable(table) ?? nearestKey(table, null)?.key) : near?.key;
  return problem(`There is no key "${key}".`, {
    line: lineOf(path, located),
    key,
    next: meant
      ? `Did you mean "${meant}"? \`lcad config list\` shows every key.`
      : 'Remove it; `lcad config list` shows every key.',
  });
}

function wrongValue(
  key: ConfigKey,
  value: Record<string, unknown>,
  located: readonly Statement[],
  custom: string | null,
): ConfigProblem {
  const given = (value[key.table] as Record<string, unknown> | undefined)?.[key.name];
  const type = `${key.key} must be ${expected(key)}, not ${shown(given)}.`;
  return problem(custom === null ? type : `${key.key} cannot be used: ${custom}.`, {
    line: lineOf([key.table, key.name], located),
    key: key.key,
    next: defaultHint(key),
  });
}

function wrongTable(table: string, located: readonly Statement[]): ConfigProblem {
  return problem(`"${table}" must be one table with keys in it.`, {
    line: lineOf([table], located),
    key: table,
    next: `Write [${table}] on a line of its own, and its keys below.`,
  });
}

/** What becomes of the key without its line. */
function defaultHint(key: ConfigKey): string {
  const otherwise =
    key.default === null ? 'leave it out' : `remove it to use the default, ${shown(key.default)}`;
  return `Mend that line, or ${otherwise}.`;
}

/** The line (from 1) of the statement that gives the key, or of the nearest table around it. */
function lineOf(path: readonly string[], located: readonly Statement[]): number | null {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const here = located.find((statement) => startsWith(statement.path, part));
    if (here) return here.first + 1;
  }
  return null;
}

function startsWith(path: readonly string[], part: readonly string[]): boolean {
  return part.every((name, index) => path[index] === name);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function problem(message: string, rest: Partial<Omit<ConfigProblem, 'message'>>): ConfigProblem {
  const next = 'Mend the line that is named, or remove it to use the default.';
  return { line: null, column: null, key: null, next, ...rest, message };
}
