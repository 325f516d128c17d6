/** A string as a literal of LanceDB's filter language, in which only the quote is special. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `column IN (…)`. The values must not be empty. */
export function isIn(column: string, values: readonly string[]): string {
  return `${column} IN (${values.map(quoted).join(', ')})`;
}

/** Parts of at most `size` elements, in order. */
export function partsOf<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let i = 0; i < all.length; i += size) parts.push(all.slice(i, i + size));
  return parts;
}
