import type { JSONRPCErrorResponse } from 'json-rpc-2.0';
import { z } from 'zod';
import { LcadError } from '../../shared/errors.js';

const issuesShown = 3;

/** The JSON-RPC reply that carries an error of the catalogue; `id` is null when the request had none to read. */
export function errorReply(id: string | number | null, error: LcadError): JSONRPCErrorResponse {
  return { jsonrpc: '2.0', id, error: { code: error.code, message: error.message, data: error.data } };
}

/** INVALID_PARAMS that names each bad member by its path, for example `repos[0]`. */
export function invalidParams(method: string, error: z.ZodError): LcadError {
  const issues = error.issues.map((issue) => ({ path: pathOf(issue.path), message: issue.message }));
  const shown = issues.slice(0, issuesShown).map((issue) => `${issue.path}: ${issue.message}`);
  if (issues.length > issuesShown) shown.push(`and ${issues.length - issuesShown} more`);
  return new LcadError('INVALID_PARAMS', `Bad parameters of ${method}: ${shown.join('; ')}.`, {
    details: { issues: issues.slice(0, 20) },
  });
}

/** INTERNAL_ERROR for a value of ours that does not fit its own schema. */
export function schemaMismatch(what: string, error: z.ZodError): LcadError {
  const [issue] = error.issues;
  const where = issue ? `${pathOf(issue.path)}: ${issue.message}` : 'unknown';
  return new LcadError('INTERNAL_ERROR', `${what} does not fit its schema: ${where}.`, { cause: error });
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'params' : z.core.toDotPath(path);
}
