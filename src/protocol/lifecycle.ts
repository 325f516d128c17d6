import { z } from 'zod';
import { ProgressToken } from './common.js';

export const InitializeParams = z
  .object({
    clientInfo: z.object({ name: z.string().max(256), version: z.string().max(64).optional() }).optional(),
    protocolVersion: z.int().optional().describe('Version that the client speaks; another one is an error.'),
    processId: z.int().nullable().optional(),
    capabilities: z.record(z.string(), z.unknown()).optional(),
  })
  .loose()
  .describe("LSP's initialize; unknown members are ignored.");
export type InitializeParams = z.infer<typeof InitializeParams>;

export const Limits = z.object({
  messageBytes: z.int(),
  messageDepth: z.int(),
  batchSize: z.int(),
  inFlight: z.int().describe('Requests of one connection under way at a time.'),
});
export type Limits = z.infer<typeof Limits>;

export const InitializeResult = z.object({
  serverInfo: z.object({ name: z.literal('lcad'), version: z.string() }),
  protocolVersion: z.int(),
  capabilities: z.record(z.string(), z.unknown()),
  limits: Limits,
  pid: z.int(),
});
export type InitializeResult = z.infer<typeof InitializeResult>;

export const Empty = z.object({}).loose().describe('No parameters.');
export const Nothing = z.null();

export const DiscoverResult = z.object({}).loose().describe('An OpenRPC document.');

export const CancelParams = z.object({ id: z.union([z.string(), z.int()]) });
export const ProgressParams = z.object({ token: ProgressToken, value: z.unknown() });

export const StopParams = z.object({});
export const StopResult = z.object({ pid: z.int() });
export type StopResult = z.infer<typeof StopResult>;
