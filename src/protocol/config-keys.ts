import { distance as lettersApart } from 'fastest-levenshtein';
import { z } from 'zod';
import { Config } from './config.js';

export type ConfigValue = string | number | boolean | string[] | Record<string, unknown>[];

/** One key of the configuration, as its schema describes it. */
export interface ConfigKey {
  /** Dotted name: "index.maxFileKib". */
  readonly key: string;
  readonly table: string;
  readonly name: string;
  readonly type:
    | 'text'
    | 'whole number'
    | 'number'
    | 'switch'
    | 'list of texts'
    | 'list of tables'
    | 'choice';
  /** Null where there is none: the value then depends on others. */
  readonly default: ConfigValue | null;
  readonly choices: readonly string[] | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly description: string;
}

interface PropertySchema {
  type?: string;
  default?: ConfigValue;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  description?: string;
  properties?: Record<string, PropertySchema>;
  items?: PropertySchema;
}

let known: readonly ConfigKey[] | undefined;

/** Every key, in the order of the schema. */
export function configKeys(): readonly ConfigKey[] {
  known ??= readKeys();
  return known;
}

/** What a value of the key must be, to complete "must be …": "a whole number from 1 to 64". */
export function expected(key: ConfigKey): string {
  switch (key.type) {
    case 'choice':
      return `one of ${(key.choices ?? []).map((choice) => JSON.stringify(choice)).join(', ')}`;
    case 'switch':
      return 'true or false';
    case 'text':
      return 'a text in quotes';
    case 'list of texts':
      return 'a list of texts: ["…", "…"]';
    case 'list of tables':
      return `a list of tables, each with names of its own: [[${key.key}]]`;
    default:
      return `a ${key.type}${range(key)}`;
  }
}

/** The known key that was probably meant, or null. */
export function nearestKey(wrong: string, table: string | null): ConfigKey | null {
  let best: ConfigKey | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const key of configKeys()) {
    const whole = table === null ? wrong : `${table}.${wrong}`;
    const distance = Math.min(
      lettersApart(fold(whole), fold(key.key)),
      // A right name in a wrong table is a little further away than the same in its own.
      lettersApart(fold(wrong), fold(key.name)) + (key.table === table ? 0 : 0.5),
    );
    if (distance < bestDistance) [best, bestDistance] = [key, distance];
  }
  return bestDistance <= Math.max(2, wrong.length / 3) ? best : null;
}

/** The table that was probably meant, or null. */
export function nearestTable(wrong: string): string | null {
  const tables = [...new Set(configKeys().map(({ table }) => table))];
  const near = tables
    .map((table) => ({ table, distance: lettersApart(fold(wrong), table) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near && near.distance <= 2 ? near.table : null;
}

function readKeys(): ConfigKey[] {
  const schema = z.toJSONSchema(Config, { io: 'input' }) as unknown as PropertySchema;
  return Object.entries(schema.properties ?? {}).flatMap(([table, { properties }]) =>
    Object.entries(properties ?? {}).map(([name, property]) => ({
      key: `${table}.${name}`,
      table,
      name,
      type: typeOf(property),
      default: property.default ?? null,
      choices: property.enum ?? null,
      minimum: property.minimum ?? null,
      // The schema gives the largest safe integer where a whole number has no limit of its own.
      maximum: property.maximum === Number.MAX_SAFE_INTEGER ? null : (property.maximum ?? null),
      description: property.description ?? '',
    })),
  );
}

function typeOf(property: PropertySchema): ConfigKey['type'] {
  if (property.enum) return 'choice';
  if (property.items?.type === 'object') return 'list of tables';
  const types: Record<string, ConfigKey['type']> = {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: 'switch',
    array: 'list of texts',
  };
  const type = types[property.type ?? ''];
  if (!type) throw new Error(`The configuration has a type that has no name: ${property.type}`);
  return type;
}

function range({ minimum, maximum }: ConfigKey): string {
  if (minimum !== null && maximum !== null) return ` from ${minimum} to ${maximum}`;
  if (minimum !== null) return `, ${minimum} or more`;
  return maximum === null ? '' : `, ${maximum} or less`;
}

function fold(text: string): string {
  return text.toLowerCase().replaceAll(/[-_]/g, '');
}
