import { LcadError } from '../../../shared/errors.js';
import type { Settings } from '../../settings.js';
import type { DaemonHandlers } from '../options.js';

/** Handlers of `lcad/config/…`. */
export function configHandlers(
  settings: Settings,
  file: string,
): Pick<DaemonHandlers, 'lcad/config/get' | 'lcad/config/reload'> {
  return {
    'lcad/config/get': () => ({ file, exists: settings.exists, config: settings.config }),
    'lcad/config/reload': () => {
      const result = settings.reload();
      const { problem } = settings;
      if (problem) throw new LcadError('CONFIG_INVALID', problem.message, { next: problem.next });
      return result;
    },
  };
}
