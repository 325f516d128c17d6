import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { Config } from '../../protocol/config.js';
import { replaceFile } from '../../shared/durable.js';
import { systemCode } from '../../shared/errors.js';

/** Which model's vectors are in use, kept from one run to the next. */
const ActiveRecord = z.object({
  id: z.string(),
  dimensions: z.int().min(1),
  config: Config.shape.embedding,
});
export type ActiveRecord = z.infer<typeof ActiveRecord>;

/** Null if there is none. One that is damaged or of another version is removed: the vectors are found or built again. */
export async function readActive(file: string): Promise<ActiveRecord | null> {
  try {
    return ActiveRecord.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') await rm(file, { force: true });
    return null;
  }
}

export async function writeActive(file: string, record: ActiveRecord): Promise<void> {
  await replaceFile(file, JSON.stringify(record));
}
