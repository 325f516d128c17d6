import { isAbsolute, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';

/** For commander: parses a whole number within bounds. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < from || value > to) {
      throw new InvalidArgumentError(`Give a whole number from ${from} to ${to}.`);
    }
    return value;
  };
}

/** For commander: collects the values of an option that may be repeated; commas separate several in one. */
export function list(text: string, before: string[] | undefined): string[] {
  const values = text.split(',').filter((value) => value !== '');
  return [...(before ?? []), ...values];
}

/** For commander: collects the values of an option that may be repeated, commas being part of a value. */
export function each(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}

/**
 * A repository as the user named it, for the daemon: what looks like a path is made absolute, an id or a folder name
 * stays as it is.
 */
export function selectorOf(text: string, cwd: string): string {
  const isPath = isAbsolute(text) || text.startsWith('.') || text.includes('/');
  return isPath ? resolve(cwd, text) : text;
}
