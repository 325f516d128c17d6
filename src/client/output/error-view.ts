import { type ErrorKind, LcadError, messageOf } from '../../shared/errors.js';
import { printable } from './printable.js';
import type { Colors } from './terminal.js';

/** Whatever was thrown, as an error of the catalogue. */
export function asLcadError(thrown: unknown): LcadError {
  if (thrown instanceof LcadError) return thrown;
  return new LcadError('INTERNAL_ERROR', messageOf(thrown), {
    next: 'Run it again with LCAD_DEBUG=1 for the details.',
    cause: thrown,
  });
}

/** The error for people: what happened, then indented what to do. */
export function errorText(error: LcadError, colors: Colors): string {
  const next = printable(error.next).split('\n').join('\n  ');
  return `${colors.red(colors.bold('error:'))} ${printable(error.message)}\n  ${next}\n`;
}

/** The document that a command with --json prints instead of its result. */
export interface ErrorDocument {
  error: { kind: ErrorKind; code: number; message: string; next: string };
}

/** The error for programs. */
export function errorDocument(error: LcadError): ErrorDocument {
  return { error: { kind: error.kind, code: error.code, message: error.message, next: error.next } };
}
