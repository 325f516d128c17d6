import { setTimeout as sleep } from 'node:timers/promises';
/** Requests for one document that follow each other as keys do. */
export interface Burst {
  last: { readonly asked: string; readonly line: number; readonly at: number } | null;
  /** How often a server was asked in this burst. */
  starts: number;
}

/** How long no key may be typed before a server is asked, by how often it was in this burst: three times is enough. */
const quietMs = [0, 100, 300] as const;
/** Keys that follow each other sooner are of one burst. */
const burstMs = 1_000;

/** Takes a request; one at another place, for something else or after a pause begins another burst. */
export function countRequest(burst: Burst, asked: string, line: number): void {
  const at = performance.now();
  const { last } = burst;
  const goesOn = last?.asked === asked && Math.abs(line - last.line) <= 1 && at - last.at < burstMs;
  if (!goesOn) burst.starts = 0;
  burst.last = { asked, line, at };
}

/** Waits until nothing is typed for a moment, once a server has been asked in this burst. @throws the signal's reason */
export async function quiet({ starts }: Burst, signal: AbortSignal): Promise<void> {
  const ms = quietMs[Math.min(starts, quietMs.length - 1)] ?? 0;
  if (ms === 0) return;
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
