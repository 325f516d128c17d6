import type { WatcherReport } from './messages.js';

/** Reports that the channel has taken but not written yet; above it, hints become a later sweep. */
const maxInFlight = 64;

/**
 * Sends reports to the daemon. Bounded: while the daemon does not read, hints are dropped and each root that lost
 * some gets one `sweep` report when there is room again.
 */
export class Outbox {
  #inFlight = 0;
  readonly #owed = new Set<string>();
  readonly #send: (report: WatcherReport, written: () => void) => void;

  /** @param send hands a report to the channel and calls back once it is written or has failed */
  constructor(send: (report: WatcherReport, written: () => void) => void) {
    this.#send = send;
  }

  post(report: WatcherReport): void {
    if (this.#inFlight >= maxInFlight) {
      if (report.type === 'beat') return;
      if (report.type === 'hints' || report.type === 'burst' || report.type === 'sweep') {
        this.#owed.add(report.id);
        return;
      }
    }
    this.#inFlight += 1;
    this.#send(report, () => {
      this.#inFlight -= 1;
      if (this.#inFlight <= maxInFlight / 4) this.#payOwed();
    });
  }

  #payOwed(): void {
    const owed = [...this.#owed];
    this.#owed.clear();
    for (const id of owed) this.post({ type: 'sweep', id, reason: 'the daemon read events too slowly' });
  }
}
