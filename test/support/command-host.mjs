// A small daemon that runs one command and waits for it: node command-host.mjs <folder> <command as JSON>
import { runCommand } from '../../dist/daemon/sources/command.js';

const [, , cwd, command] = process.argv;
await runCommand(JSON.parse(command), {
  cwd,
  env: process.env,
  deadlineMs: 60_000,
  maxBytes: 1 << 20,
  signal: new AbortController().signal,
});
