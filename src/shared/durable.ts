import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './errors.js';

/**
 * Replaces a file so that after a crash or power loss it is either as before or whole: `<file>.next` is written with mode
 * 0600 and flushed, takes the file's name, and the folder, which must exist, is flushed.
 *
 * @param content a text, or parts that are written one behind the other
 * @param beforeRename runs while the new file is whole and the old one still has its name
 * @throws the system error, and whatever `beforeRename` throws; the file is then as before
 */
export async function replaceFile(
  file: string,
  content: string | readonly Uint8Array[],
  beforeRename?: () => Promise<void>,
): Promise<void> {
  const next = `${file}.next`;
  try {
    const handle = await open(next, 'w', 0o600);
    try {
      // One that an interrupted write left keeps its mode.
      await handle.chmod(0o600);
      if (typeof content === 'string') await handle.writeFile(content);
      else await handle.writev([...content]);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await beforeRename?.();
    await rename(next, file);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
  await syncPath(dirname(file));
}

/** Forces one file or folder to the disk; what is gone meanwhile is no error. @throws the system error */
export async function syncPath(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
