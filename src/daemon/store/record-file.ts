import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { replaceFile } from '../../shared/durable.js';
import { LcadError, messageOf, systemCode } from '../../shared/errors.js';
import { indexVersion } from '../../shared/versions.js';

const magic = 0x4c434144; // "LCAD"
const headerBytes = 16;

/** Why a record cannot be used; `otherVersion` is set if it is whole but of another index version. */
interface BrokenRecord {
  broken: string;
  otherVersion?: number;
}

/** What a record file held: its bytes, nothing (no such file), or why it cannot be used. */
export type RecordRead = { bytes: Buffer } | { missing: true } | BrokenRecord;

/** A payload behind a header: magic, index version, length and CRC-32, each 4 bytes, big endian. */
function frameRecord(payload: Uint8Array): Buffer[] {
  const header = Buffer.allocUnsafe(headerBytes);
  header.writeUInt32BE(magic, 0);
  header.writeUInt32BE(indexVersion, 4);
  header.writeUInt32BE(payload.byteLength, 8);
  header.writeUInt32BE(crc32(payload), 12);
  return [header, Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)];
}

/** The payload of a framed record, or what is wrong with it. */
function unframeRecord(bytes: Buffer): { bytes: Buffer } | BrokenRecord {
  if (bytes.length < headerBytes || bytes.readUInt32BE(0) !== magic)
    return { broken: 'it is not a record of lcad' };
  const version = bytes.readUInt32BE(4);
  const payload = bytes.subarray(headerBytes);
  if (payload.length !== bytes.readUInt32BE(8)) return { broken: 'it was cut short' };
  if (crc32(payload) !== bytes.readUInt32BE(12)) return { broken: 'its checksum is wrong' };
  if (version !== indexVersion) {
    return { broken: `it is of index version ${version}, not ${indexVersion}`, otherVersion: version };
  }
  return { bytes: payload };
}

/**
 * Writes a record so that after a crash or power loss the file is either as before or whole. The folder must exist.
 * @throws DISK_FULL
 */
export async function writeRecord(file: string, payload: Uint8Array): Promise<void> {
  try {
    await replaceFile(file, frameRecord(payload));
  } catch (error) {
    throw diskError(error, file);
  }
}

/** Reads what writeRecord wrote. */
export async function readRecord(file: string): Promise<RecordRead> {
  try {
    return unframeRecord(await readFile(file));
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? { missing: true } : { broken: messageOf(error) };
  }
}

const full =
  /No space left on device|os error 28\b|File too large|os error 27\b|quota exceeded|os error 122\b/i;

/** True if an error, of Node or in the text of one of LanceDB, says that there is no room for what was written. */
export function saysDiskFull(error: unknown): boolean {
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return true;
  return full.test(messageOf(error));
}

/** DISK_FULL where the error says so, else the error as it is. */
export function diskError(error: unknown, path: string): unknown {
  if (error instanceof LcadError || !saysDiskFull(error)) return error;
  return new LcadError('DISK_FULL', `There is no room left to write ${path}.`, {
    cause: error,
    details: { path },
  });
}
