import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { LcadError, messageOf, systemCode } from '../../shared/errors.js';

const Target = z.object({
  path: z
    .string()
    .min(1)
    .transform((path) => path.replaceAll('\\', '/')),
  start_line: z.number().nullish(),
  end_line: z.number().nullish(),
});

const QueryLine = z.object({
  repo: z
    .string()
    .min(1)
    .refine((name) => !/[/\\\0]/.test(name) && name !== '.' && name !== '..', 'is no folder name'),
  language: z.string(),
  benchmark_root: z
    .string()
    .nullish()
    .transform((folder) => (folder ?? '').replace(/^(?:\.?\/)+|\/+$/g, '')),
  query: z.string().min(1),
  category: z.string(),
  relevant: z.array(Target),
  secondary: z.array(Target).default([]),
});

/** A place that answers a query: a file by its path from the repository's root, or some lines of it. */
export type Target = z.infer<typeof Target>;

/** An annotated query: what is asked of which repository, and where the answers are. */
export type Query = z.infer<typeof QueryLine>;

/**
 * Reads annotated queries, one JSON object a line; empty lines are passed over.
 * @throws USAGE if the file cannot be read, has no queries, or a line is not one: the message has its number
 */
export function readQueries(file: string): Query[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const why = systemCode(cause) === 'ENOENT' ? 'there is no such file' : messageOf(cause);
    throw badQueries(`${file} cannot be read: ${why}.`, cause);
  }
  return parseQueries(text, file);
}

/** The queries of a text, one JSON object a line. Pure. @param name names the text in errors @throws USAGE */
export function parseQueries(text: string, name: string): Query[] {
  const queries = text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    return [parseLine(line, `${name}, line ${at + 1}`)];
  });
  if (queries.length === 0) throw badQueries(`${name} holds no queries.`);
  return queries;
}

function parseLine(line: string, place: string): Query {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw badQueries(`${place} is not JSON: ${messageOf(cause)}.`, cause);
  }
  const parsed = QueryLine.safeParse(value);
  if (parsed.success) {
    if (parsed.data.benchmark_root.split('/').includes('..')) {
      throw badQueries(`${place} is not a query: benchmark_root leads out of the repository.`);
    }
    return parsed.data;
  }
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw badQueries(`${place} is not a query: ${problems.join('; ')}.`);
}

function badQueries(message: string, cause?: unknown): LcadError {
  return new LcadError('USAGE', message, {
    next: 'Give one JSON object a line: repo, language, benchmark_root, query, category, relevant, secondary.',
    ...(cause === undefined ? {} : { cause }),
  });
}
