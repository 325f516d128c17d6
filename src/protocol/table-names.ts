import { z } from 'zod';

/** What a table in a list of the configuration is called: letters, digits, "-", "_" and ".". */
export const TableName = z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/);

/** Refuses a second table of the same name. */
export function uniqueNames(
  all: readonly { readonly name: string }[],
  context: Pick<z.RefinementCtx, 'addIssue'>,
): void {
  for (const [index, { name }] of all.entries()) {
    if (all.findIndex((other) => other.name === name) === index) continue;
    context.addIssue({ code: 'custom', path: [index, 'name'], message: 'another one has it too' });
  }
}
