import { fieldsOf } from '../../parse.js';

/** A path that `exports` or `imports` of a package.json gives, as written there. */
export interface Exported {
  readonly target: string;
  /** The conditions in force lead to it; otherwise they lead elsewhere, and this is another form of the same module. */
  readonly active: boolean;
}

/**
 * Where the `exports` or `imports` of a package.json lead for a key (`.`, `./sub`, `#name`), in the order of the file,
 * those in force first; null if the key is not listed.
 */
export function exportedTargets(
  table: unknown,
  key: string,
  conditions: ReadonlySet<string>,
): readonly Exported[] | null {
  const entries = Object.entries(fieldsOf(table));
  const keyed = entries.some(([name]) => name.startsWith('.') || name.startsWith('#'));
  if (!keyed) return key === '.' && table !== undefined ? targetsIn(table, '', conditions) : null;
  const exact = entries.find(([name]) => name === key && !name.includes('*'));
  if (exact) return targetsIn(exact[1], '', conditions);
  let best: { value: unknown; matched: string; length: number } | null = null;
  for (const [pattern, value] of entries) {
    const matched = matchOf(pattern, key);
    const length = pattern.length;
    if (matched !== null && (!best || length > best.length)) best = { value, matched, length };
  }
  return best && targetsIn(best.value, best.matched, conditions);
}

/** What the `*` of a pattern stands for, or what follows a pattern that ends with a slash (the older form). */
function matchOf(pattern: string, key: string): string | null {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern.endsWith('/') && key.startsWith(pattern) ? key.slice(pattern.length) : null;
  const prefix = pattern.slice(0, star);
  const suffix = pattern.slice(star + 1);
  const fits = key.length > prefix.length + suffix.length && key.startsWith(prefix) && key.endsWith(suffix);
  return fits ? key.slice(prefix.length, key.length - suffix.length) : null;
}

function targetsIn(value: unknown, matched: string, conditions: ReadonlySet<string>): Exported[] {
  const all: Exported[] = [];
  const visit = (node: unknown, active: boolean) => {
    if (typeof node === 'string') {
      const target = node.endsWith('/') ? node + matched : node.replaceAll('*', () => matched);
      all.push({ target, active });
    } else if (Array.isArray(node)) {
      for (const item of node) visit(item, active);
    } else {
      for (const [name, inner] of Object.entries(fieldsOf(node))) {
        visit(inner, active && (name === 'default' || conditions.has(name)));
      }
    }
  };
  visit(value, true);
  return [...all.filter((entry) => entry.active), ...all.filter((entry) => !entry.active)];
}
