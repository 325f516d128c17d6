import { createHash } from 'node:crypto';
import { decodeTensors, encodeTensors, type Tensor } from './safetensors.js';

/** A model as its file holds it: rows of words and of roots as numbers of four bits, with a scale each. */
export interface ModelFile {
  /** File-safe; with a digest of the content, so that another training has another id. */
  id: string;
  dimensions: number;
  words: string[];
  roots: string[];
  /** Terms that are passed over. */
  stops: string[];
  /** Words, then roots; `dimensions` / 2 bytes a row, the lower half of a byte first, each number plus 8. */
  rows: Uint8Array;
  /** One a row, with the token's weight: a component is its number of four bits times this. */
  scales: Float32Array;
  /** How the model was made, and its figures. */
  metadata: Record<string, string>;
}

const format = 'lcad static embedding 1';

/** The bytes of a model's file. @param name the beginning of its id */
export function encodeModel(name: string, model: Omit<ModelFile, 'id'>): Buffer {
  const { dimensions, words, roots, stops, rows, scales, metadata } = model;
  const vocabulary = new TextEncoder().encode([...words, ...roots, ...stops].join('\n'));
  const scaleBytes = new Uint8Array(scales.buffer, scales.byteOffset, scales.byteLength);
  const digest = digestOf(rows, scaleBytes, vocabulary);
  const count = words.length + roots.length;
  return encodeTensors({
    metadata: {
      ...metadata,
      format,
      id: `${name}-${digest.slice(0, 8)}`,
      digest,
      words: String(words.length),
      roots: String(roots.length),
    },
    tensors: new Map<string, Tensor>([
      ['scales', { type: 'F32', shape: [count], bytes: scaleBytes }],
      ['rows', { type: 'U8', shape: [count, dimensions / 2], bytes: rows }],
      ['vocabulary', { type: 'U8', shape: [vocabulary.length], bytes: vocabulary }],
    ]),
  });
}

/**
 * Reads the bytes of a model's file.
 * @throws Error that says what is wrong, for any other bytes
 */
export function decodeModel(file: Buffer): ModelFile {
  const { metadata, tensors } = decodeTensors(file);
  const scales = tensors.get('scales');
  const rows = tensors.get('rows');
  const vocabulary = tensors.get('vocabulary');
  if (metadata.format !== format || !scales || !rows || !vocabulary)
    throw new Error('it is of another format');
  if (digestOf(rows.bytes, scales.bytes, vocabulary.bytes) !== metadata.digest) {
    throw new Error('its content does not have the digest that it states');
  }
  const terms = new TextDecoder().decode(vocabulary.bytes).split('\n');
  const words = Number(metadata.words);
  const count = words + Number(metadata.roots);
  const [rowCount = 0, rowBytes = 0] = rows.shape;
  if (rowCount !== count || scales.shape[0] !== count || terms.length < count) {
    throw new Error('its parts do not fit together');
  }
  return {
    id: metadata.id ?? '',
    dimensions: 2 * rowBytes,
    words: terms.slice(0, words),
    roots: terms.slice(words, count),
    stops: terms.slice(count),
    rows: rows.bytes,
    scales: floatsOf(scales.bytes),
    metadata,
  };
}

/** SHA-256 of a file's tensors, in hexadecimal digits. */
function digestOf(...parts: Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function floatsOf(bytes: Uint8Array): Float32Array {
  const copy = bytes.slice();
  return new Float32Array(copy.buffer, copy.byteOffset, copy.length / 4);
}
