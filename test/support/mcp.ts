import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { cliProgram } from './cli.js';

/** What a tool answers; `text` is that of all of its contents. */
export interface ToolReply<Structured> {
  isError?: boolean;
  content: { type: string; text: string }[];
  structuredContent: Structured;
  text: string;
}

/** Connects the SDK's own client to `lcad mcp`, run in a folder. The transport knows its process. */
export async function connectMcp(
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<[Client, StdioClientTransport]> {
  const given = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const args = [cliProgram, 'mcp'];
  const transport = new StdioClientTransport({ command: process.execPath, args, env: given, cwd });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  return [client, transport];
}

/** Calls a tool whose structured content is of the given form. */
export async function callTool<Structured>(
  client: Client,
  name: string,
  args: Record<string, unknown>,
): Promise<ToolReply<Structured>> {
  const reply = (await client.callTool({ name, arguments: args })) as unknown as ToolReply<Structured>;
  return { ...reply, text: reply.content.map(({ text }) => text).join('\n') };
}
