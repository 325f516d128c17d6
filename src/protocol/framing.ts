import { isUtf8 } from 'node:buffer';
import { LcadError } from '../shared/errors.js';

/**
 * How messages are told apart in the byte stream: `headers` is the LSP base protocol (`Content-Length: …`, blank line,
 * body), `lines` is one JSON text per line. A connection keeps the framing of its first byte.
 */
export type Framing = 'headers' | 'lines';

export interface FramingLimits {
  /** Longest message in bytes. */
  readonly messageBytes: number;
  /** Deepest nesting of arrays and objects. */
  readonly messageDepth: number;
}

/**
 * One step of decoding: a JSON value, or an error (PARSE_ERROR, MESSAGE_TOO_LARGE, MESSAGE_TOO_DEEP). After an error
 * that is `fatal` the place of the next message is unknown and the decoder ignores whatever follows.
 */
export type Decoded =
  | { readonly ok: true; readonly message: unknown }
  | { readonly ok: false; readonly error: LcadError; readonly fatal: boolean };

const headerBytes = 4096;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** Bytes of a message that has not arrived whole; grows by doubling, so that tiny packets cost no more than large. */
class Pending {
  #bytes = Buffer.alloc(0);
  length = 0;

  append(bytes: Buffer): void {
    const needed = this.length + bytes.length;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2, 1024));
      this.#bytes.copy(grown, 0, 0, this.length);
      this.#bytes = grown;
    }
    bytes.copy(this.#bytes, this.length);
    this.length = needed;
  }

  /** What was kept followed by `last`, without a copy where nothing was kept; forgets it. */
  takeWith(last: Buffer): Buffer {
    if (this.length === 0) return last;
    this.append(last);
    const whole = this.#bytes.subarray(0, this.length);
    this.clear();
    return whole;
  }

  clear(): void {
    this.#bytes = Buffer.alloc(0);
    this.length = 0;
  }
}

/**
 * Incremental decoder of one direction of one connection. Works on bytes, so that a packet may end anywhere, also
 * inside a character. Memory is bounded by `messageBytes`.
 */
export class MessageDecoder {
  #framing: Framing | undefined;
  #state: 'start' | 'line' | 'skipLine' | 'header' | 'body' | 'ended' = 'start';
  #pending = new Pending();
  #bodyLength = -1;
  #headerLength = 0;
  readonly #limits: FramingLimits;

  constructor(limits: FramingLimits) {
    this.#limits = limits;
  }

  /** Framing of the connection, undefined until its first byte. */
  get framing(): Framing | undefined {
    return this.#framing;
  }

  /** Takes the bytes of a packet; returns what they complete, in order. */
  push(packet: Buffer): Decoded[] {
    const out: Decoded[] = [];
    let rest = packet;
    while (rest.length > 0 && this.#state !== 'ended') rest = this.#step(rest, out);
    return out;
  }

  /** The stream has ended: a last line may lack its newline; anything else unfinished is dropped. */
  end(): Decoded[] {
    const out: Decoded[] = [];
    if (this.#state === 'line' && this.#pending.length > 0) this.#finishLine(Buffer.alloc(0), out);
    this.#stop();
    return out;
  }

  #step(bytes: Buffer, out: Decoded[]): Buffer {
    switch (this.#state) {
      case 'start':
        return this.#start(bytes);
      case 'line':
        return this.#line(bytes, out);
      case 'skipLine':
        return this.#skipLine(bytes);
      case 'header':
        return this.#header(bytes, out);
      case 'body':
        return this.#body(bytes, out);
      case 'ended':
        return bytes.subarray(bytes.length);
    }
  }

  #start(bytes: Buffer): Buffer {
    const first = bytes.findIndex((byte) => !isBlank(byte));
    if (first === -1) return bytes.subarray(bytes.length);
    const byte = bytes[first];
    this.#framing = byte === 0x43 || byte === 0x63 ? 'headers' : 'lines'; // "C" or "c" of Content-Length, Content-Type
    this.#state = this.#framing === 'headers' ? 'header' : 'line';
    return bytes.subarray(first);
  }

  #line(bytes: Buffer, out: Decoded[]): Buffer {
    const end = bytes.indexOf(newline);
    const part = end === -1 ? bytes : bytes.subarray(0, end);
    if (this.#pending.length + part.length > this.#limits.messageBytes) {
      this.#pending.clear();
      out.push({ ok: false, error: tooLarge(this.#limits.messageBytes), fatal: false });
      this.#state = 'skipLine';
      return bytes.subarray(part.length);
    }
    if (end === -1) {
      this.#pending.append(bytes);
      return bytes.subarray(bytes.length);
    }
    this.#finishLine(part, out);
    return bytes.subarray(end + 1);
  }

  #finishLine(last: Buffer, out: Decoded[]): void {
    const line = this.#pending.takeWith(last);
    if (!line.every(isBlank)) out.push(this.#parse(line));
  }

  #skipLine(bytes: Buffer): Buffer {
    const end = bytes.indexOf(newline);
    if (end === -1) return bytes.subarray(bytes.length);
    this.#state = 'line';
    return bytes.subarray(end + 1);
  }

  #header(bytes: Buffer, out: Decoded[]): Buffer {
    const end = bytes.indexOf(newline);
    const part = end === -1 ? bytes : bytes.subarray(0, end + 1);
    this.#headerLength += part.length;
    if (this.#headerLength > headerBytes) {
      return this.#fail(`The headers of a message are longer than ${headerBytes} bytes.`, bytes, out);
    }
    if (end === -1) {
      this.#pending.append(part);
      return bytes.subarray(bytes.length);
    }
    const line = this.#pending.takeWith(part).toString('latin1').trimEnd();
    const problem = line === '' ? this.#endOfHeaders() : this.#headerLine(line);
    if (problem === undefined) return bytes.subarray(end + 1);
    if (typeof problem === 'string') return this.#fail(problem, bytes, out);
    out.push({ ok: false, error: problem, fatal: true });
    this.#stop();
    return bytes.subarray(bytes.length);
  }

  /** Returns what is wrong with a header line, if anything is. */
  #headerLine(line: string): string | undefined {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (!/^[!-~]+$/.test(name)) return `This is not a header: ${quote(line)}.`;
    if (name === 'content-type') {
      const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(value)?.[1]?.toLowerCase() ?? 'utf-8';
      return charset === 'utf-8' || charset === 'utf8'
        ? undefined
        : `The charset ${quote(charset)} is not UTF-8.`;
    }
    if (name !== 'content-length') return undefined;
    if (!/^\d+$/.test(value)) return `Content-Length is not a number of bytes: ${quote(value)}.`;
    if (this.#bodyLength !== -1) return 'Content-Length is given twice.';
    this.#bodyLength = Number(value);
    return undefined;
  }

  #endOfHeaders(): string | LcadError | undefined {
    if (this.#bodyLength === -1) {
      // Blank lines between messages are harmless.
      if (this.#headerLength <= 2) {
        this.#headerLength = 0;
        return undefined;
      }
      return 'The headers of a message lack Content-Length.';
    }
    if (this.#bodyLength > this.#limits.messageBytes)
      return tooLarge(this.#limits.messageBytes, this.#bodyLength);
    this.#state = 'body';
    return undefined;
  }

  #body(bytes: Buffer, out: Decoded[]): Buffer {
    const missing = this.#bodyLength - this.#pending.length;
    if (bytes.length < missing) {
      this.#pending.append(bytes);
      return bytes.subarray(bytes.length);
    }
    out.push(this.#parse(this.#pending.takeWith(bytes.subarray(0, missing))));
    this.#state = 'header';
    this.#bodyLength = -1;
    this.#headerLength = 0;
    return bytes.subarray(missing);
  }

  #parse(bytes: Buffer): Decoded {
    if (!isUtf8(bytes)) return notJson('The message is not valid UTF-8.');
    if (deeperThan(bytes, this.#limits.messageDepth)) {
      const message = `The message nests deeper than ${this.#limits.messageDepth} levels.`;
      const error = new LcadError('MESSAGE_TOO_DEEP', message, {
        details: { limit: this.#limits.messageDepth },
      });
      return { ok: false, error, fatal: false };
    }
    try {
      return { ok: true, message: JSON.parse(bytes.toString('utf8')) };
    } catch {
      // The engine's own message quotes the input and differs between versions.
      return notJson(
        `The message is not valid JSON; it begins with ${quote(bytes.toString('utf8', 0, 60))}.`,
      );
    }
  }

  #fail(message: string, bytes: Buffer, out: Decoded[]): Buffer {
    out.push({ ok: false, error: new LcadError('PARSE_ERROR', message), fatal: true });
    this.#stop();
    return bytes.subarray(bytes.length);
  }

  #stop(): void {
    this.#state = 'ended';
    this.#pending.clear();
  }
}

/**
 * The bytes of a message in a framing. The JSON of `JSON.stringify` holds no line break, so that it is one line.
 * Throws TypeError for what JSON cannot hold (cycles, BigInt).
 */
export function encodeMessage(message: unknown, framing: Framing): Buffer {
  const json = JSON.stringify(message);
  if (framing === 'lines') return Buffer.from(`${json}\n`, 'utf8');
  return Buffer.from(`Content-Length: ${Buffer.byteLength(json, 'utf8')}\r\n\r\n${json}`, 'utf8');
}

/**
 * Whether a JSON text nests deeper than `limit`; strings are skipped. Done on the bytes, before parsing, because
 * JSON.parse itself has no limit. The answer for what is not JSON does not matter: parsing rejects it.
 */
export function deeperThan(json: Buffer, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (inString) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > limit) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === newline || byte === carriageReturn;
}

function tooLarge(limit: number, bytes?: number): LcadError {
  const size = bytes === undefined ? 'larger' : `${bytes} bytes large, more`;
  return new LcadError('MESSAGE_TOO_LARGE', `The message is ${size} than ${limit} bytes.`, {
    details: { limit },
  });
}

function notJson(message: string): Decoded {
  return { ok: false, error: new LcadError('PARSE_ERROR', message), fatal: false };
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
