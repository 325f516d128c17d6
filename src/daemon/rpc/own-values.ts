import type { z } from 'zod';
import {
  type ProgressValue,
  type RequestMethod,
  requests,
  serverNotifications,
} from '../../protocol/methods.js';
import { LcadError } from '../../shared/errors.js';
import { schemaMismatch } from './wire-errors.js';

/** @throws INTERNAL_ERROR if the parameters of a notification of ours do not fit their schema */
export function checkNotification(method: keyof typeof serverNotifications, params: unknown): void {
  const checked = serverNotifications[method].params.safeParse(params);
  if (!checked.success) throw schemaMismatch(`The notification ${method}`, checked.error);
}

/** @throws INTERNAL_ERROR if the method has no such progress */
export function checkProgress(method: string, value: ProgressValue): void {
  const entry: { summary: string; progress?: z.ZodType } = requests[method as RequestMethod];
  const checked = entry.progress?.safeParse(value);
  if (!checked) throw new LcadError('INTERNAL_ERROR', `${method} is described without progress.`);
  if (!checked.success) throw schemaMismatch(`The progress of ${method}`, checked.error);
}
