import type { Command } from 'commander';
import { run } from '../cli.js';
import { examples } from '../help.js';

/** `lcad mcp` */
export function define(command: Command): void {
  command
    .description('Serve agents over the Model Context Protocol on standard input and output.')
    .addHelpText('after', help())
    .action(() => run(command, async (cli) => (await import('../mcp.js')).serveMcp(cli)));
}

function help(): string {
  return `
Tools: search_code, index_status. An agent starts this command itself; tell it how, for example in .mcp.json:
  {"mcpServers": {"lcad": {"command": "lcad", "args": ["mcp"]}}}
${examples([['lcad mcp', 'speaks the protocol; not meant to be typed']])}`;
}
