import type { UpstreamRole } from '../../protocol/inference.js';
import { LcadError } from '../../shared/errors.js';
import type { Target } from './contract.js';
import { howToStartAny } from './upstreams/defaults.js';
import type { ModelUpstream } from './upstreams/upstream.js';

/** A server that did not do the work, and why. */
export interface Failure {
  readonly upstream: ModelUpstream;
  readonly error: LcadError;
}

/** For a server that is too busy and does not say for how long (ms). */
const unsaidPauseMs = 1000;
/** A server that asks to be left alone for longer is not waited for, but told to the caller. */
const longestPatienceMs = 5000;

/** How long a server asks to be left alone; null if that is not what the error says (ms). */
export function pauseOf(error: unknown): number | null {
  if (!(error instanceof LcadError) || error.kind !== 'PROVIDER_UNREACHABLE') return null;
  const { retryAfterMs, status } = error.details;
  if (typeof retryAfterMs === 'number') return retryAfterMs;
  return status === 429 || status === 503 ? unsaidPauseMs : null;
}

/** How long the first of them wants to be left alone that will be back in a moment; null if none will (ms). */
export function patienceOf(failures: readonly Failure[]): number | null {
  const pauses = failures.map(({ error }) => pauseOf(error) ?? Number.POSITIVE_INFINITY);
  const shortest = Math.min(...pauses);
  return shortest <= longestPatienceMs ? shortest : null;
}

/** What background work hears that has to make way. */
export function preempted(): LcadError {
  return new LcadError('BUSY', 'The model server is needed for something more urgent.', {
    details: { preempted: true, retryAfterMs: 0 },
  });
}

/** The model is there, but cannot do what the role needs. */
export function unfit({ upstream, capabilities }: Target, role: UpstreamRole): LcadError {
  const what = role === 'chat' ? 'chat' : 'complete code';
  return new LcadError('PROVIDER_REFUSED', `The model ${capabilities.model} of ${upstream} cannot ${what}.`, {
    next: `Give ${upstream} another \`model\`, or leave "${role}" out of its \`roles\`.`,
  });
}

/** Whether the next server may do what this one did not. */
export function isPassedOn(error: unknown): error is LcadError {
  if (!(error instanceof LcadError)) return false;
  const { kind, details } = error;
  if (kind === 'BUSY') return details.preempted !== true;
  return (
    kind === 'PROVIDER_UNREACHABLE' ||
    kind === 'PROVIDER_BAD_REPLY' ||
    kind === 'PROVIDER_REFUSED' ||
    kind === 'MODEL_UNKNOWN' ||
    kind === 'DEADLINE_EXCEEDED'
  );
}

/** Whether a server says of itself that it does not have the model. */
function isModelUnknown(error: unknown): boolean {
  if (!(error instanceof LcadError)) return false;
  return (
    error.kind === 'MODEL_UNKNOWN' || (error.kind === 'PROVIDER_REFUSED' && error.details.status === 404)
  );
}

/**
 * What to tell a caller whose work no server did: that they are busy, else the first that is more than a server that is
 * not there, else that there is no server, and how to have one.
 */
export function summary(
  failures: readonly Failure[],
  asked: { configured: readonly ModelUpstream[]; isGuess: boolean; role: string; model: string | undefined },
): LcadError {
  const { configured, isGuess, role, model } = asked;
  const busy = failures.find(({ error }) => error.kind === 'BUSY')?.error;
  if (busy) return busy;
  const limited = failures.find(({ error }) => pauseOf(error) !== null)?.error;
  if (limited) {
    return new LcadError('BUSY', limited.message, {
      details: { ...limited.details, retryAfterMs: pauseOf(limited) },
      cause: limited,
    });
  }
  const unknown = failures.filter(({ error }) => isModelUnknown(error));
  if (model && unknown.length > 0) {
    const [only] = unknown;
    const next =
      only && unknown.length === 1 && only.error.kind === 'MODEL_UNKNOWN' ? { next: only.error.next } : {};
    return new LcadError('MODEL_UNKNOWN', `No model server has the model ${model}.`, {
      ...next,
      cause: only?.error,
    });
  }
  const telling = failures.find(({ upstream, error }) => !isAbsent(upstream, error, isGuess))?.error;
  if (telling) return telling;
  const why = failures.map(reasonOf).join('; ');
  const what =
    failures.length > 0 ? `No model server answers. ${why}.` : `No model server is configured for ${role}.`;
  return new LcadError('NO_MODEL_SERVER', what, {
    next:
      failures.length > 0
        ? howToStartAny(isGuess ? [] : configured.map(({ config }) => config))
        : `Add "${role}" to the \`roles\` of one of the upstreams in the configuration.`,
    details: { upstreams: failures.map(({ upstream }) => upstream.name) },
    cause: failures[0]?.error,
  });
}

/** Without the name of a server that its own message begins with, and without a full stop. */
function reasonOf({ upstream: { name }, error: { message } }: Failure): string {
  const reason = message.replace(/\.$/, '');
  return reason.toLowerCase().startsWith(`${name.toLowerCase()} `) ? reason : `${name}: ${reason}`;
}

function isAbsent(upstream: ModelUpstream, error: LcadError, isGuess: boolean): boolean {
  if (isGuess && upstream.config.kind !== 'ollama') return upstream.state === 'unreachable';
  return error.kind === 'PROVIDER_UNREACHABLE' && error.details.status === undefined;
}
