import { open } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { LcadError, messageOf, systemCode } from '../../../shared/errors.js';

/** What the beginning of a .gguf file tells of its model. */
export interface GgufHeader {
  readonly architecture: string;
  /** "7.6B". */
  readonly parameters: string | null;
  /** "Q4_K_M". */
  readonly quantisation: string | null;
  /** Tokens that the model was trained on at a time. */
  readonly contextTokens: number | null;
  readonly template: string | null;
  /** It has tokens for filling in the middle. */
  readonly infill: boolean;
  /** Of the file. */
  readonly bytes: number;
  readonly modifiedMs: number;
}

type Value = string | number | boolean | null;

/** The vocabulary is in the header as well, so that it may have some megabytes. */
const readSizes = [1, 4, 16, 64].map((megabytes) => megabytes * 2 ** 20);

/** Sizes of GGUF's value types, by their number; 8 is a string, 9 an array. */
const valueSizes: Record<number, number> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const stringType = 8;
const arrayType = 9;

/** Names of llama.cpp's `general.file_type` numbers (`enum llama_ftype` in llama.h). */
const fileTypes: Record<number, string> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  7: 'Q8_0',
  8: 'Q5_0',
  9: 'Q5_1',
  10: 'Q2_K',
  11: 'Q3_K_S',
  12: 'Q3_K_M',
  13: 'Q3_K_L',
  14: 'Q4_K_S',
  15: 'Q4_K_M',
  16: 'Q5_K_S',
  17: 'Q5_K_M',
  18: 'Q6_K',
  25: 'IQ4_NL',
  30: 'IQ4_XS',
  32: 'BF16',
};

/** Tokens before what comes first in a fill-in-the-middle prompt, as llama.cpp knows them by their text. */
const prefixTokens = new Set([
  '<|fim_prefix|>',
  '<fim-prefix>',
  '<fim_prefix>',
  '<｜fim▁begin｜>',
  '<PRE>',
  '▁<PRE>',
  '<|code_prefix|>',
]);

/**
 * Reads the header of a .gguf file; the file format is that of ggml's docs/gguf.md, versions 2 and 3.
 * @param known what was read of the file before; it is returned if the file is the same still
 * @throws PROVIDER_REFUSED if there is no such file, or it is none
 */
export async function readGgufHeader(file: string, known: GgufHeader | null = null): Promise<GgufHeader> {
  if (!isAbsolute(file)) {
    throw refused(file === '' ? 'No .gguf file is configured' : `${file} is not an absolute path`);
  }
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file);
  } catch (error) {
    throw refused(systemCode(error) === 'ENOENT' ? `There is no file ${file}` : messageOf(error), error);
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw refused(`${file} is not a file`);
    if (known?.bytes === stat.size && known.modifiedMs === stat.mtimeMs) return known;
    for (const most of readSizes) {
      const size = Math.min(most, stat.size);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
      const values = parse(buffer.subarray(0, bytesRead), file);
      if (values !== null) return { ...described(values, file), bytes: stat.size, modifiedMs: stat.mtimeMs };
      if (bytesRead === stat.size) break;
    }
    throw refused(`${file} is cut short, or no .gguf file`);
  } finally {
    await handle.close();
  }
}

function refused(message: string, cause?: unknown): LcadError {
  return new LcadError('PROVIDER_REFUSED', message, {
    next: 'Set `file` of the upstream to the absolute path of a .gguf file.',
    cause,
  });
}

function described(
  values: ReadonlyMap<string, Value>,
  file: string,
): Omit<GgufHeader, 'bytes' | 'modifiedMs'> {
  const text = (key: string): string | null => {
    const value = values.get(key);
    return typeof value === 'string' ? value : null;
  };
  const architecture = text('general.architecture');
  if (architecture === null) throw refused(`${file} tells no architecture: it holds no model`);
  const context = values.get(`${architecture}.context_length`);
  const fileType = values.get('general.file_type');
  return {
    architecture,
    parameters: text('general.size_label'),
    quantisation: typeof fileType === 'number' ? (fileTypes[fileType] ?? null) : null,
    contextTokens: typeof context === 'number' ? context : null,
    template: text('tokenizer.chat_template'),
    infill:
      values.has('tokenizer.ggml.fim_pre_token_id') ||
      values.has('tokenizer.ggml.prefix_token_id') ||
      values.get(infillSeen) === true,
  };
}

const infillSeen = 'vocabulary has a prefix token';

/** The single values of a header; null if the bytes end before it does. @throws PROVIDER_REFUSED */
function parse(bytes: Buffer, file: string): Map<string, Value> | null {
  if (bytes.length < 4 || bytes.toString('latin1', 0, 4) !== 'GGUF')
    throw refused(`${file} is no .gguf file`);
  const reader = new Reader(bytes);
  try {
    reader.skip(4);
    const version = reader.uint32();
    if (version !== 2 && version !== 3) {
      throw refused(`${file} is of version ${version} of the .gguf format; 2 and 3 are known`);
    }
    reader.uint64();
    const values = new Map<string, Value>();
    const count = reader.uint64();
    for (let index = 0; index < count; index++) {
      const key = reader.string();
      const type = reader.uint32();
      if (type !== arrayType) values.set(key, reader.value(type));
      else if (reader.array(key === 'tokenizer.ggml.tokens' ? prefixTokens : null))
        values.set(infillSeen, true);
    }
    return values;
  } catch (error) {
    if (error instanceof CutShort) return null;
    if (error instanceof UnknownType) throw refused(`${file} is damaged: ${error.message}`);
    throw error;
  }
}

class CutShort extends Error {}
class UnknownType extends Error {}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(length: number): number {
    const from = this.#at;
    if (length > this.#bytes.length - from) throw new CutShort();
    this.#at = from + length;
    return from;
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.skip(4));
  }

  uint64(): number {
    return Number(this.#bytes.readBigUInt64LE(this.skip(8)));
  }

  string(): string {
    const length = this.uint64();
    const from = this.skip(length);
    return this.#bytes.toString('utf8', from, from + length);
  }

  value(type: number): Value {
    if (type === stringType) return this.string();
    const from = this.skip(sizeOf(type));
    if (type === 4) return this.#bytes.readUInt32LE(from);
    if (type === 5) return this.#bytes.readInt32LE(from);
    if (type === 10) return Number(this.#bytes.readBigUInt64LE(from));
    if (type === 7) return this.#bytes[from] !== 0;
    return null;
  }

  /** Passes over an array. @returns whether one of its texts is among those that are looked for */
  array(wanted: ReadonlySet<string> | null): boolean {
    const type = this.uint32();
    const count = this.uint64();
    if (type === arrayType) throw new UnknownType('an array of arrays');
    if (type !== stringType) {
      this.skip(count * sizeOf(type));
      return false;
    }
    let found = false;
    for (let index = 0; index < count; index++) {
      const length = this.uint64();
      const from = this.skip(length);
      if (wanted === null || found || length > 32) continue;
      found = wanted.has(this.#bytes.toString('utf8', from, from + length));
    }
    return found;
  }
}

function sizeOf(type: number): number {
  const size = valueSizes[type];
  if (size === undefined) throw new UnknownType(`a value of the unknown type ${type}`);
  return size;
}
