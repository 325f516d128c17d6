import type { Command } from 'commander';
import { LcadError } from '../../shared/errors.js';
import { run } from '../cli.js';
import { completionScripts } from '../completions/scripts.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';

/** `lcad completion` */
export function define(command: Command): void {
  const shells = Object.keys(completionScripts);
  command
    .argument('<shell>', shells.join(', '))
    .addHelpText(
      'after',
      examples([
        ['eval "$(lcad completion bash)"', 'bash: in ~/.bashrc'],
        ['eval "$(lcad completion zsh)"', 'zsh: in ~/.zshrc, after compinit'],
        ['lcad completion fish | source', 'fish: in ~/.config/fish/config.fish'],
      ]),
    )
    .action((shell: string) =>
      run(command, async (cli) => {
        const script = completionScripts[shell];
        if (script === undefined) {
          throw new LcadError('USAGE', `There is no completion for ${JSON.stringify(shell)}.`, {
            next: `Give one of: ${shells.join(', ')}.`,
          });
        }
        cli.terminal.out(script);
        return exitCodes.ok.code;
      }),
    );
}
