import { CommanderError } from 'commander';
import { LcadError } from '../shared/errors.js';
import { namedCommand } from './catalog.js';
import { report } from './cli.js';
import { exitCodes } from './exit-codes.js';
import { processTerminal } from './output/terminal.js';

async function main(words: string[]): Promise<void> {
  if (words[0] === '__complete') {
    const { complete } = await import('./completions/complete.js');
    process.stdout.write(await complete(words.slice(1)));
    return;
  }
  const json = words.includes('--json');
  const entry = namedCommand(words);
  // Loaded side by side, the parts of a command wait for the disk once and not one after the other.
  const daemonParts = entry && !entry.local ? [import('./connection.js'), import('./launch.js')] : [];
  const [{ makeProgram }] = await Promise.all([import('./program.js'), entry?.load(), ...daemonParts]);
  // With --json a usage error becomes the document on standard output; see below.
  const program = await makeProgram(entry, json);
  if (words.length === 0) return program.outputHelp();
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    // Help and version end with 0; commander has printed the message of anything else.
    if (thrown.exitCode === 0) return;
    process.exitCode = exitCodes.usage.code;
    if (json) reportUsage(thrown.message.replace(/^error: /, ''));
  }
}

function reportUsage(message: string): void {
  report(new LcadError('USAGE', message), { terminal: processTerminal(true), json: true, env: process.env });
}

// A reader that went away (`| head`) is no error: there is nobody left to write to.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

try {
  await main(process.argv.slice(2));
} catch (thrown) {
  const json = process.argv.includes('--json');
  process.exitCode = report(thrown, { terminal: processTerminal(true), json, env: process.env });
}
