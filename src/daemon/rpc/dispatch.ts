import { type JSONRPCResponse, JSONRPCServer } from 'json-rpc-2.0';
import type { RpcLimits } from '../../protocol/limits.js';
import { type ParsedParams, type RequestMethod, type Result, requests } from '../../protocol/methods.js';
import { openRpcDocument } from '../../protocol/openrpc.js';
import { LcadError } from '../../shared/errors.js';
import { productVersion, protocolVersion } from '../../shared/versions.js';
import type { Log } from '../log-contract.js';
import type { RequestContext } from './contract.js';
import type { RpcServerOptions, ServerMethod } from './options.js';
import { errorReply, invalidParams, schemaMismatch } from './wire-errors.js';

/** What a method can do to the session it was called in. */
interface SessionControl {
  opened(clientCapabilities: Readonly<Record<string, unknown>>): void;
  shutDown(): void;
}

/** A request that has passed the session's checks. */
export interface CheckedRequest {
  readonly jsonrpc: '2.0';
  readonly id: string | number;
  readonly method: string;
  readonly params?: unknown;
}

interface CallScope {
  readonly context: RequestContext;
  readonly session: SessionControl;
}

/** Runs one request; the promise never rejects. */
export type Dispatch = (request: CheckedRequest, scope: CallScope) => Promise<JSONRPCResponse>;

type AnyMethod = (params: unknown, scope: CallScope) => unknown;
type ServerMethods = {
  [M in ServerMethod]: (params: ParsedParams<M>, scope: CallScope) => Result<M>;
};

/** Builds the function that finds a request's handler, validates its params, calls it and turns errors into replies. */
export function createDispatch(options: RpcServerOptions, limits: RpcLimits): Dispatch {
  const rpc = new JSONRPCServer<CallScope>({ errorListener: () => undefined });
  rpc.mapErrorToJSONRPCErrorResponse = (id, error: unknown) =>
    errorReply(id, publicError(error, options.log));
  rpc.handleMethodNotFound = async (request) =>
    errorReply(
      request.id ?? null,
      new LcadError('METHOD_NOT_FOUND', `There is no method ${request.method}.`),
    );

  const own = serverMethods(options, limits);
  for (const method of Object.keys(requests) as RequestMethod[]) {
    const run = isServerMethod(method) ? (own[method] as AnyMethod) : daemonMethod(options, method);
    const validateResult = options.validateResults ?? false;
    rpc.addMethod(method, (params: unknown, scope) => call({ method, run, validateResult }, params, scope));
  }

  return async (request, scope) => {
    const response = await rpc.receive(request, scope);
    return response ?? errorReply(request.id, new LcadError('INTERNAL_ERROR', 'The request had no reply.'));
  };
}

function isServerMethod(method: RequestMethod): method is ServerMethod {
  return method === 'initialize' || method === 'shutdown' || method === 'rpc.discover';
}

function daemonMethod(options: RpcServerOptions, method: Exclude<RequestMethod, ServerMethod>): AnyMethod {
  const handler = options.handlers[method] as (params: unknown, context: RequestContext) => unknown;
  return (params, scope) => handler(params, scope.context);
}

function serverMethods(options: RpcServerOptions, limits: RpcLimits): ServerMethods {
  return {
    initialize: (params, { session }) => {
      checkProtocol(params.protocolVersion);
      session.opened(params.capabilities ?? {});
      const { messageBytes, messageDepth, batchSize, inFlight } = limits;
      return {
        serverInfo: { name: 'lcad', version: productVersion },
        protocolVersion,
        capabilities: options.capabilities ?? {},
        limits: { messageBytes, messageDepth, batchSize, inFlight },
        pid: process.pid,
      };
    },
    shutdown: (_params, { session }) => {
      session.shutDown();
      return null;
    },
    'rpc.discover': () => openRpcDocument(),
  };
}

function checkProtocol(asked: number | undefined): void {
  if (asked === undefined || asked === protocolVersion) return;
  throw new LcadError(
    'DAEMON_VERSION',
    `The client speaks protocol version ${asked}, this daemon (lcad ${productVersion}) version ${protocolVersion}.`,
    { details: { version: productVersion, protocolVersion } },
  );
}

/**
 * Synchronous up to the method's own first wait, so that requests sent right behind `initialize` find the session
 * open. Absent params are read as {}.
 */
async function call(
  target: { method: RequestMethod; run: AnyMethod; validateResult: boolean },
  params: unknown,
  scope: CallScope,
): Promise<unknown> {
  const { method, run, validateResult } = target;
  const parsed = requests[method].params.safeParse(params ?? {});
  if (!parsed.success) throw invalidParams(method, parsed.error);
  const { signal } = scope.context;
  let result: unknown;
  try {
    result = await run(parsed.data, scope);
  } catch (error) {
    // Whatever an aborted handler throws, the reason of the abort is what happened.
    throw signal.aborted ? signal.reason : error;
  }
  if (validateResult) {
    const checked = requests[method].result.safeParse(result);
    if (!checked.success) throw schemaMismatch(`The result of ${method}`, checked.error);
  }
  return result;
}

/** Errors of the catalogue as they are; anything else is logged, and the client learns only that it happened. */
function publicError(error: unknown, log: Log): LcadError {
  if (error instanceof LcadError) {
    if (error.kind === 'INTERNAL_ERROR') log.error({ err: error }, error.message);
    return error;
  }
  log.error({ err: error }, 'a request failed unexpectedly');
  return new LcadError('INTERNAL_ERROR', 'Something unexpected went wrong in the daemon.');
}
