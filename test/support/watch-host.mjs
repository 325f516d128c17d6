// A small daemon: a supervisor with one root, whose calls are printed as JSON lines. Ends when its input ends.

import { createWatchSupervisor } from '../../dist/daemon/watch/supervisor.js';
import { packagePath } from '../../dist/shared/package-root.js';

const [root, options = '{}'] = process.argv.slice(2);
const print = (kind, rest) => process.stdout.write(`${JSON.stringify({ kind, ...rest })}\n`);
const log = (_details, _message) => undefined;
const supervisor = createWatchSupervisor({
  listener: {
    onHints: (_id, paths) => print('hints', { paths }),
    onSweep: (_id, reason) => print('sweep', { reason }),
    onGit: () => print('git', {}),
    onMode: (_id, mode, problem) => print('mode', { mode, problem }),
  },
  log: { debug: log, info: log, warn: log, error: log },
  entry: packagePath('dist/workers/watcher/main.js'),
  ...JSON.parse(options),
});
process.stdin.on('end', () => supervisor.close()).resume();
await supervisor.watch({ id: 'r', root, prunedFolders: [], gitDir: null });
print('watching', await supervisor.stats());
