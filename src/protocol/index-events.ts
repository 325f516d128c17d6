import { z } from 'zod';
import { RepoSelector } from './common.js';

export const SubscribeParams = z.object({
  repos: z.array(RepoSelector).max(1000).optional().describe('Only these repositories (default: all).'),
});
export const SubscribeResult = z.object({ subscription: z.string() });
export const UnsubscribeParams = z.object({ subscription: z.string() });
export type SubscribeParams = z.infer<typeof SubscribeParams>;
export type SubscribeResult = z.infer<typeof SubscribeResult>;
export type UnsubscribeParams = z.infer<typeof UnsubscribeParams>;

/** Sent to subscribers when a repository's index has changed. Paths are left out past 1000 of them. */
export const IndexChanged = z.object({
  subscription: z.string(),
  repo: z.string(),
  epoch: z.string(),
  generation: z.int().min(0),
  head: z.string().nullable(),
  changed: z.array(z.string()),
  removed: z.array(z.string()),
  complete: z.boolean().describe('False if paths were left out.'),
});
export type IndexChanged = z.infer<typeof IndexChanged>;
