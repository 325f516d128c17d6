/** One tag as Universal Ctags gives it. Lines are counted from 1. */
export interface Tag {
  name: string;
  kind: string;
  line: number;
  /** Last line of what is defined, or 0 where the program does not tell. */
  end: number;
  /** Names of what is around it, as the program joins them; may be empty. */
  scope: string;
  /** Parameters as written; may be empty. */
  signature: string;
}

/** A line of the program's output; null: one that says nothing to us. */
export type CtagsLine =
  | { type: 'program'; name: string; version: string }
  | { type: 'tag'; tag: Tag }
  | { type: 'completed' }
  | { type: 'fatal'; message: string }
  | null;

/**
 * Reads one line of the program's JSON output (ctags-json-output(5), and the interactive mode of its manual).
 *
 * @throws Error if it is none
 */
export function readCtagsLine(line: string): CtagsLine {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null) throw new Error('it is no object');
  const object = value as Record<string, unknown>;
  switch (object._type) {
    case 'program':
      return { type: 'program', name: textOf(object.name), version: textOf(object.version) };
    case 'completed':
      return { type: 'completed' };
    case 'error':
      return object.fatal === true ? { type: 'fatal', message: textOf(object.message) } : null;
    case 'tag': {
      const tag = tagOf(object);
      return tag && { type: 'tag', tag };
    }
    default:
      return null;
  }
}

function tagOf(object: Record<string, unknown>): Tag | null {
  const name = textOf(object.name);
  const line = numberOf(object.line);
  if (name === '' || line === 0) return null;
  return {
    name,
    kind: textOf(object.kind),
    line,
    end: numberOf(object.end),
    scope: textOf(object.scope),
    signature: textOf(object.signature),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : 0;
}
