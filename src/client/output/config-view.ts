import { printableLine } from './printable.js';
import { table } from './table.js';
import type { Colors } from './terminal.js';

/** A key of the configuration as the table shows it. */
export interface ConfigRow {
  key: string;
  value: unknown;
  changed: boolean;
  description: string;
  choices: readonly string[] | null;
}

/** Keys with their values and meanings; what differs from its default stands out. */
export function configTable(entries: ConfigRow[], columns: number, colors: Colors): string {
  const rows = entries.map((entry) => [
    { text: entry.key, paint: entry.changed ? colors.bold : (text: string) => text },
    { text: printableLine(valueText(entry.value)), ...(entry.changed ? { paint: colors.green } : {}) },
    { text: meaning(entry), paint: colors.dim },
  ]);
  const layout = [{ title: 'KEY' }, { title: 'VALUE', shrink: true }, { title: 'MEANING', shrink: true }];
  return `${table(layout, rows, columns, colors.dim).join('\n')}\n`;
}

/** What a key is for, and what it may be where that is a choice. */
function meaning({ description, choices }: ConfigRow): string {
  const words = choices ? `One of ${choices.join(', ')}.` : '';
  return [description, words].filter((part) => part !== '').join(' ');
}

/** A value as TOML writes it; a key without value and default as "-". */
export function valueText(value: unknown): string {
  return value === null || value === undefined ? '-' : JSON.stringify(value);
}
