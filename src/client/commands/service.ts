import type { Command } from 'commander';
import { type Cli, run } from '../cli.js';
import { exitCodes } from '../exit-codes.js';
import { examples } from '../help.js';
import { printable, printableLine } from '../output/printable.js';
import { installService, type ServiceReport, serviceStatus, uninstallService } from '../service.js';

/** `lcad service` */
export function define(command: Command): void {
  const sub = (name: string, summary: string, work: (cli: Cli) => Promise<ServiceReport> | ServiceReport) =>
    command
      .command(name)
      .summary(summary)
      .description(`${summary}.`)
      .option('--json', 'print {"manager", "files", "steps", "ok", "active", "message", "next"}')
      .action((_: object, self: Command) => run(self, async (cli) => show(cli, await work(cli))));
  sub('install', 'Have the system start the daemon for its first client', (cli) =>
    installService(cli.places),
  );
  sub('uninstall', 'Undo that', (cli) => uninstallService(cli.places));
  sub('status', 'Show what is installed', (cli) => serviceStatus(cli.places));
  command.addHelpText('after', help());
}

function help(): string {
  return `${examples([
    ['lcad service install', 'a systemd user service (Linux) or a launch agent (macOS)'],
    ['lcad service status', 'what is installed, and whether it is in force'],
  ])}\nThe service is a convenience: without it, commands start the daemon themselves.\n`;
}

function show(cli: Cli, report: ServiceReport): number {
  const { terminal } = cli;
  if (cli.json) cli.printJson(report);
  else {
    terminal.out(`${printable(report.message)}\n`);
    for (const { path, state } of report.files) {
      if (state !== 'absent')
        terminal.out(`  ${printableLine(path)}${state === 'stale' ? ' (out of date)' : ''}\n`);
    }
    if (report.next) terminal.out(`  ${printable(report.next)}\n`);
  }
  return report.ok ? exitCodes.ok.code : exitCodes.failed.code;
}
