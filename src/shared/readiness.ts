import type { ErrorKind } from './errors.js';

/** Environment variable that names the descriptor on which a launched daemon reports, once, how its start went. */
export const readyDescriptorVariable = 'LCAD_READY_FD';

/** The one line of JSON on that descriptor. */
export type ReadinessReport =
  | { ready: true; pid: number }
  | { error: { kind: ErrorKind; message: string; next: string; details: Record<string, unknown> } };
