import { createHash } from 'node:crypto';
import { pipelineVersion } from '../shared/versions.js';
import { servedByCtags } from './ctags/languages.js';
import type { CtagsProgram } from './ctags/program.js';

/**
 * The key of everything that is derived from a file: 22 characters base64url, the first 16 bytes of a SHA-256 over
 * pipeline version, language and bytes. Two files with the same key have the same chunks.
 *
 * @param language id of languages.ts
 * @param ctags if it makes the definitions of the language, its build is part of the key
 */
export function contentKey(language: string, bytes: Uint8Array, ctags?: CtagsProgram): string {
  const maker = servedByCtags(ctags, language) ? `+ctags ${ctags.build}` : '';
  return createHash('sha256')
    .update(`${pipelineVersion}\0${language}${maker}\0`)
    .update(bytes)
    .digest()
    .toString('base64url', 0, 16);
}
