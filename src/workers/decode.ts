import { isUtf16 } from './classify.js';

const utf8 = new TextDecoder('utf-8');

/**
 * Text of a file: UTF-8, or UTF-16 where a byte order mark says so. The mark is dropped, invalid bytes become
 * U+FFFD.
 */
export function decode(bytes: Buffer): string {
  if (!isUtf16(bytes)) return utf8.decode(bytes);
  return new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes);
}
