import type { Command } from 'commander';

/** Which model a command asks. */
export interface ServerOptions {
  model?: string;
  server?: string;
}

/** Gives a command the options that choose a model. */
export function serverOptions(command: Command): Command {
  return command
    .option('-m, --model <model>', "a model of the server instead of the configured one; see 'lcad models'")
    .option('--server <name>', 'the model server, by its name in the configuration');
}

/** What was chosen, as parameters of a request. */
export function serverParams({ model, server }: ServerOptions): { model?: string; upstream?: string } {
  return {
    ...(model === undefined ? {} : { model }),
    ...(server === undefined ? {} : { upstream: server }),
  };
}
