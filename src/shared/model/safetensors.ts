/**
 * Files of tensors in the safetensors format: eight bytes with the length of a JSON header, the header, then the
 * tensors' bytes one after the other (github.com/huggingface/safetensors, "Format"). Pure: bytes in, bytes out.
 */

/** The kinds of numbers that lcad's models use: unsigned bytes and floats of 32 bits, little endian. */
type TensorType = 'U8' | 'F32';

export interface Tensor {
  type: TensorType;
  shape: number[];
  bytes: Uint8Array;
}

export interface TensorFile {
  metadata: Record<string, string>;
  tensors: Map<string, Tensor>;
}

const bytesOf: Record<TensorType, number> = { U8: 1, F32: 4 };
const lengthBytes = 8;
/** A header of more than a megabyte is no header of ours. */
const maxHeader = 1 << 20;

/** The bytes of a file with these tensors, in the order given; each begins at a multiple of eight bytes. */
export function encodeTensors({ metadata, tensors }: TensorFile): Buffer {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  const parts: Uint8Array[] = [];
  for (const [name, { type, shape, bytes }] of tensors) {
    header[name] = { dtype: type, shape, data_offsets: [end, end + bytes.length] };
    parts.push(bytes);
    end += bytes.length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const length = Buffer.alloc(lengthBytes);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...parts]);
}

/**
 * The tensors of a file; their bytes are views of `file`.
 * @throws Error that says what is wrong, for bytes that are no such file or not all of it
 */
export function decodeTensors(file: Buffer): TensorFile {
  if (file.length < lengthBytes) throw new Error('it is too short');
  const headerLength = Number(file.readBigUInt64LE());
  if (headerLength > maxHeader || headerLength > file.length - lengthBytes)
    throw new Error('its header is cut off');
  const header = parseHeader(file.toString('utf8', lengthBytes, lengthBytes + headerLength));
  const data = file.subarray(lengthBytes + headerLength);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name !== '__metadata__') tensors.set(name, tensorOf(name, entry, data));
  }
  return { metadata: textsOf(header.__metadata__), tensors };
}

function parseHeader(json: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch (error) {
    throw new Error('its header is not JSON', { cause: error });
  }
  if (typeof header !== 'object' || header === null) throw new Error('its header is no object');
  return header as Record<string, unknown>;
}

function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === 'string'));
}

function tensorOf(name: string, entry: unknown, data: Buffer): Tensor {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (dtype !== 'U8' && dtype !== 'F32') throw new Error(`"${name}" has a type that is not supported`);
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2)
    throw new Error(`"${name}" has no shape`);
  const [from = 0, to = 0] = offsets;
  const length = shape.reduce((product, side) => product * side, bytesOf[dtype]);
  if (to - from !== length) throw new Error(`"${name}" has ${to - from} bytes instead of ${length}`);
  if (to > data.length) throw new Error(`"${name}" is cut off`);
  return { type: dtype, shape, bytes: data.subarray(from, to) };
}

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
