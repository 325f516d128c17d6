import { writeFileSync } from 'node:fs';

/** What a tiny model file is made of; see `ggufBytes`. */
export interface TinyModel {
  /** Seed of the weights. */
  readonly seed?: number;
  /**
   * Pieces that the model writes one after another after a prompt that ends with none of them: each is a text of one token
   * ("▁" for a space) or a byte ("<0xE6>"), and none comes twice. After the last it ends, or begins again if `endless`.
   */
  readonly script?: readonly string[];
  readonly endless?: boolean;
  /** Tokens for filling in the middle: <PRE>, <SUF>, <MID>. */
  readonly infill?: boolean;
  readonly chatTemplate?: string;
  readonly contextTokens?: number;
  /** Bytes after which the file ends, as that of a download that was broken off. */
  readonly cutTo?: number;
}

const width = 128;
const feedForward = 128;
const layers = 2;
const heads = 4;
const alignment = 32;
const kind = { uint32: 4, float32: 6, bool: 7, string: 8, array: 9, int32: 5 } as const;
const tokenType = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;
const fixedTokens = { unknown: 0, begin: 1, end: 2, firstByte: 3 } as const;

interface Tensor {
  readonly name: string;
  /** The fastest-moving dimension first. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface Piece {
  readonly text: string;
  readonly score: number;
  readonly type: number;
}

/**
 * A GGUF file (version 3, little-endian) that llama.cpp loads: architecture `llama`, two layers of f32 weights, a
 * vocabulary of bytes, ASCII characters and the script's pieces. The weights are random and small, but for the output
 * matrix: its row of a token is the embedding of the token before it in the script, so that its logit is the highest by
 * far. Tokens outside of the script nearly share one embedding, which is followed by the first piece.
 */
export function ggufBytes(model: TinyModel): Buffer {
  const pieces = vocabulary(model);
  const header = new Bytes();
  const tensors = weights(pieces, model);
  const values = metadata(pieces, model);
  header.raw(Buffer.from('GGUF'));
  header.uint32(3);
  header.uint64(tensors.length);
  header.uint64(values.length);
  for (const write of values) write(header);
  let offset = 0;
  for (const tensor of tensors) {
    header.string(tensor.name);
    header.uint32(tensor.shape.length);
    for (const size of tensor.shape) header.uint64(size);
    header.uint32(0);
    header.uint64(offset);
    offset += padded(tensor.data.byteLength);
  }
  const parts = [header.padded()];
  for (const { data } of tensors) {
    const bytes = new Bytes();
    bytes.raw(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    parts.push(bytes.padded());
  }
  return Buffer.concat(parts).subarray(0, model.cutTo);
}

/** Writes such a file. */
export function writeTinyModel(file: string, model: TinyModel = {}): void {
  writeFileSync(file, ggufBytes(model));
}

function vocabulary({ script = [], infill = false }: TinyModel): Piece[] {
  const control = (text: string): Piece => ({ text, score: 0, type: tokenType.control });
  const pieces: Piece[] = [
    { text: '<unk>', score: 0, type: tokenType.unknown },
    control('<s>'),
    control('</s>'),
  ];
  for (let byte = 0; byte < 256; byte++) {
    const hex = byte.toString(16).toUpperCase().padStart(2, '0');
    pieces.push({ text: `<0x${hex}>`, score: 0, type: tokenType.byte });
  }
  const texts = new Set<string>(['▁']);
  for (let code = 33; code < 127; code++) texts.add(String.fromCharCode(code));
  for (const text of script) if (!/^<0x[0-9A-F]{2}>$/.test(text)) texts.add(text);
  for (const text of texts) pieces.push({ text, score: -pieces.length, type: tokenType.normal });
  if (infill) for (const text of ['<PRE>', '<SUF>', '<MID>']) pieces.push(control(text));
  return pieces;
}

function metadata(pieces: readonly Piece[], model: TinyModel): ((out: Bytes) => void)[] {
  const tokenAt = (text: string): number => pieces.findIndex((piece) => piece.text === text);
  const text = (key: string, value: string) => (out: Bytes) => {
    out.key(key, kind.string);
    out.string(value);
  };
  const number = (key: string, value: number) => (out: Bytes) => {
    out.key(key, kind.uint32);
    out.uint32(value);
  };
  const list = (key: string, of: number, write: (out: Bytes, piece: Piece) => void) => (out: Bytes) => {
    out.key(key, kind.array);
    out.uint32(of);
    out.uint64(pieces.length);
    for (const piece of pieces) write(out, piece);
  };
  const all = [
    text('general.architecture', 'llama'),
    text('general.name', 'tiny'),
    number('general.file_type', 0),
    number('llama.block_count', layers),
    number('llama.context_length', model.contextTokens ?? 2048),
    number('llama.embedding_length', width),
    number('llama.feed_forward_length', feedForward),
    number('llama.attention.head_count', heads),
    number('llama.attention.head_count_kv', heads),
    number('llama.rope.dimension_count', width / heads),
    number('llama.vocab_size', pieces.length),
    (out: Bytes) => {
      out.key('llama.attention.layer_norm_rms_epsilon', kind.float32);
      out.float32(1e-5);
    },
    text('tokenizer.ggml.model', 'llama'),
    list('tokenizer.ggml.tokens', kind.string, (out, piece) => out.string(piece.text)),
    list('tokenizer.ggml.scores', kind.float32, (out, piece) => out.float32(piece.score)),
    list('tokenizer.ggml.token_type', kind.int32, (out, piece) => out.uint32(piece.type)),
    number('tokenizer.ggml.bos_token_id', fixedTokens.begin),
    number('tokenizer.ggml.eos_token_id', fixedTokens.end),
    number('tokenizer.ggml.unknown_token_id', fixedTokens.unknown),
  ];
  if (model.infill) {
    all.push(number('tokenizer.ggml.prefix_token_id', tokenAt('<PRE>')));
    all.push(number('tokenizer.ggml.suffix_token_id', tokenAt('<SUF>')));
    all.push(number('tokenizer.ggml.middle_token_id', tokenAt('<MID>')));
  }
  if (model.chatTemplate !== undefined) all.push(text('tokenizer.chat_template', model.chatTemplate));
  return all;
}

function weights(pieces: readonly Piece[], model: TinyModel): Tensor[] {
  const random = randomNumbers(model.seed ?? 1);
  const filled = (name: string, shape: number[], value: () => number): Tensor => {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (let index = 0; index < data.length; index++) data[index] = value();
    return { name, shape, data };
  };
  const small = (): number => (random() - 0.5) * 0.02;
  const one = (): number => 1;
  const embedding = filled('token_embd.weight', [width, pieces.length], () => (random() < 0.5 ? -1 : 1));
  const output = filled('output.weight', [width, pieces.length], small);
  const { script = [], endless = false } = model;
  const row = (of: Tensor, text: string): Float32Array => {
    const token = pieces.findIndex((piece) => piece.text === text);
    return of.data.subarray(token * width, (token + 1) * width);
  };
  const [first] = script;
  if (first !== undefined) {
    const common = Float32Array.from({ length: width }, () => (random() < 0.5 ? -1 : 1));
    for (const { text } of pieces) {
      if (script.includes(text)) continue;
      const own = row(embedding, text);
      for (let index = 0; index < width; index++) own[index] = (common[index] ?? 0) + 0.2 * (own[index] ?? 0);
    }
    row(output, first).set(common);
    for (const [index, text] of script.entries()) {
      const follower = row(output, script[index + 1] ?? (endless ? first : '</s>'));
      row(embedding, text).forEach((value, at) => {
        follower[at] = (follower[at] ?? 0) + value;
      });
    }
  }
  const tensors = [embedding, filled('output_norm.weight', [width], one), output];
  for (let layer = 0; layer < layers; layer++) {
    const named = (name: string): string => `blk.${layer}.${name}.weight`;
    tensors.push(filled(named('attn_norm'), [width], one));
    for (const name of ['attn_q', 'attn_k', 'attn_v', 'attn_output']) {
      tensors.push(filled(named(name), [width, width], small));
    }
    tensors.push(filled(named('ffn_norm'), [width], one));
    tensors.push(filled(named('ffn_gate'), [width, feedForward], small));
    tensors.push(filled(named('ffn_up'), [width, feedForward], small));
    tensors.push(filled(named('ffn_down'), [feedForward, width], small));
  }
  return tensors;
}

/** Uniform in [0, 1) from a linear congruential generator with the constants of Numerical Recipes. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function padded(length: number): number {
  return Math.ceil(length / alignment) * alignment;
}

/** Little-endian bytes of a GGUF file. */
class Bytes {
  readonly #parts: Buffer[] = [];
  raw(bytes: Buffer): void {
    this.#parts.push(bytes);
  }
  uint32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.raw(bytes);
  }
  uint64(value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    this.raw(bytes);
  }
  float32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    this.raw(bytes);
  }
  string(value: string): void {
    const bytes = Buffer.from(value);
    this.uint64(bytes.length);
    this.raw(bytes);
  }
  key(name: string, type: number): void {
    this.string(name);
    this.uint32(type);
  }
  padded(): Buffer {
    const bytes = Buffer.concat(this.#parts);
    return Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]);
  }
}
