import { closeSync, fstatSync, writeSync } from 'node:fs';
import { LcadError, messageOf } from '../shared/errors.js';
import { type ReadinessReport, readyDescriptorVariable } from '../shared/readiness.js';

/**
 * Tells whoever launched the daemon, once, that it is ready or why it is not: one JSON line on the descriptor that
 * LCAD_READY_FD names (see ReadinessReport). Without that variable nobody waits and nothing is written.
 *
 * systemd is not told (sd_notify): it needs a Unix datagram socket, which Node lacks, and with socket activation
 * clients wait in the socket's queue until the daemon accepts. Hence Type=exec in the unit.
 */
export class Readiness {
  #fd: number | null;

  /** Takes the variable out of `env`, so that no child process believes that it is meant. */
  constructor(env: NodeJS.ProcessEnv = process.env) {
    const text = env[readyDescriptorVariable];
    delete env[readyDescriptorVariable];
    this.#fd = text !== undefined && /^\d{1,4}$/.test(text) ? openPipe(Number(text)) : null;
  }

  ready(): void {
    this.#report({ ready: true, pid: process.pid });
  }

  /** Any value may be thrown while starting; what is not an LcadError is told as DAEMON_START_FAILED. */
  failed(error: unknown): void {
    const known =
      error instanceof LcadError
        ? error
        : new LcadError('DAEMON_START_FAILED', messageOf(error), { cause: error });
    const { kind, message, next, details } = known;
    this.#report({ error: { kind, message, next, details } });
  }

  #report(report: ReadinessReport): void {
    const fd = this.#fd;
    if (fd === null) return;
    this.#fd = null;
    try {
      writeSync(fd, `${JSON.stringify(report)}\n`);
    } catch {
      // The launcher has gone and does not wait any more.
    }
    closeSync(fd);
  }
}

function openPipe(fd: number): number | null {
  try {
    const stats = fstatSync(fd);
    return fd > 2 && (stats.isFIFO() || stats.isSocket()) ? fd : null;
  } catch {
    // The variable was left over from someone else's environment: there is no such descriptor.
    return null;
  }
}
