import type { GraphFamily } from './contract.js';

/** Texts of files as their chunks have them: what lies between chunks is blank. */
export async function textsOf(
  store: GraphFamily['store'],
  keys: readonly string[],
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const lines = new Map<string, string[]>();
  for (const { key, startLine, text } of await store.fetch(await store.chunksOf([...keys]))) {
    const known = lines.get(key) ?? [];
    lines.set(key, known);
    for (const [at, line] of text.split('\n').entries()) known[startLine - 1 + at] = line;
  }
  for (const [key, all] of lines) texts.set(key, Array.from(all, (line) => line ?? '').join('\n'));
  return texts;
}
