import type { Counts } from '../../metrics/counts.js';
import { prometheusText } from '../../metrics/prometheus.js';
import type { DaemonHandlers } from '../options.js';

/** Handler of `lcad/metrics`. */
export function metricsHandlers(counts: Counts): Pick<DaemonHandlers, 'lcad/metrics'> {
  return {
    'lcad/metrics': async ({ format }) => {
      const snapshot = counts.snapshot();
      return { ...snapshot, text: format === 'prometheus' ? await prometheusText(snapshot) : null };
    },
  };
}
