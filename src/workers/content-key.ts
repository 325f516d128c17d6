import { createHash } from 'node:crypto';
import { pipelineVersion } from '../shared/versions.js';

/**
 * The key of everything that is derived from a file: 22 characters base64url, the first 16 bytes of a SHA-256 over
 * pipeline version, language and bytes. Two files with the same key have the same chunks.
 *
 * @param language id of languages.ts
 */
export function contentKey(language: string, bytes: Uint8Array): string {
  return createHash('sha256')
    .update(`${pipelineVersion}\0${language}\0`)
    .update(bytes)
    .digest()
    .toString('base64url', 0, 16);
}
