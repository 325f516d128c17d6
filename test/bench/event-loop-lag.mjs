// Loaded into a daemon with NODE_OPTIONS=--import: on SIGUSR2 it writes how late its event loop was since the last
// time, in milliseconds, to the file named in LCAD_BENCH_LAG.
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const file = process.env.LCAD_BENCH_LAG;
const resolution = 1;

if (isMainThread && file && process.argv[1]?.endsWith('lcadd.js')) {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  process.on('SIGUSR2', () => {
    const at = (percent) => Math.max(0, delay.percentile(percent) / 1e6 - resolution);
    writeFileSync(
      file,
      JSON.stringify({ p50: at(50), p95: at(95), p99: at(99), max: delay.max / 1e6 - resolution }),
    );
    delay.reset();
  });
}
