import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Decoded,
  deeperThan,
  encodeMessage,
  type Framing,
  MessageDecoder,
} from '../../../src/protocol/framing.js';

const limits = { messageBytes: 1000, messageDepth: 8 };

function decode(chunks: (string | Buffer)[], end = false): unknown[] {
  const decoder = new MessageDecoder(limits);
  const out = chunks.flatMap((chunk) => decoder.push(Buffer.from(chunk)));
  if (end) out.push(...decoder.end());
  return out.map(shown);
}

/** The message, or the kind of the error, with "!" where it is fatal. */
function shown(one: Decoded): unknown {
  return one.ok ? one.message : `${one.error.kind}${one.fatal ? '!' : ''}`;
}

function bytewise(text: string): Buffer[] {
  return [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
}

function headed(body: string, header = `Content-Length: ${Buffer.byteLength(body)}`): string {
  return `${header}\r\n\r\n${body}`;
}

test('lines: several in a packet, blank ones ignored, CRLF accepted', () => {
  expect(decode(['\n{"a":1}\r\n \t\n\n[2]\n"x'])).toEqual([{ a: 1 }, [2]]);
});

test('a last line may lack its newline when the stream ends', () => {
  expect(decode(['{"a":1}\n{"b":2}'], true)).toEqual([{ a: 1 }, { b: 2 }]);
});

test('headers: a packet with several messages, blank lines between them, header names in any case', () => {
  const packet = `${headed('{"a":"é"}')}\r\n${headed('[1]', 'content-LENGTH:3\r\nContent-Type: x; charset="UTF-8"')}`;
  expect(decode([packet])).toEqual([{ a: 'é' }, [1]]);
});

test('either framing may arrive byte by byte, also within a character', () => {
  expect(decode(bytewise('{"a":"é😀"}\n{"b":"\\u00e9"}\n'))).toEqual([{ a: 'é😀' }, { b: 'é' }]);
  expect(decode(bytewise(headed('{"a":"é😀"}') + headed('[]')))).toEqual([{ a: 'é😀' }, []]);
});

test('a body without its last byte is not a message yet', () => {
  const text = headed('{"a":1}');
  expect(decode([text.slice(0, -1)], true)).toEqual([]);
});

test('text that is not JSON is a PARSE_ERROR and the next message is read', () => {
  expect(decode(['{"a":\n{"b":2}\n'])).toEqual(['PARSE_ERROR', { b: 2 }]);
  expect(decode([headed('{"a":') + headed('') + headed('{"b":2}')])).toEqual([
    'PARSE_ERROR',
    'PARSE_ERROR',
    { b: 2 },
  ]);
});

test('bytes that are not UTF-8 are a PARSE_ERROR rather than replaced', () => {
  expect(decode([Buffer.from([0x22, 0xff, 0x22, 0x0a]), '1\n'])).toEqual(['PARSE_ERROR', 1]);
});

test.each([
  ['no colon', 'Content-Length 5\r\n\r\n'],
  ['not a number', 'Content-Length: five\r\n\r\n'],
  ['negative', 'Content-Length: -1\r\n\r\n'],
  ['given twice', 'Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}'],
  ['missing', 'Content-Type: application/json\r\n\r\n{}'],
  ['another charset', 'Content-Length: 2\r\nContent-Type: x; charset=latin1\r\n\r\n{}'],
  ['endless', `Content-X: ${'x'.repeat(5000)}`],
])('a bad header ends the stream: %s', (_name, bytes) => {
  expect(decode([bytes, headed('{}')])).toEqual(['PARSE_ERROR!']);
});

test('an oversized line is an error at once, and reading goes on behind its newline', () => {
  expect(decode([`"${'x'.repeat(1001)}`])).toEqual(['MESSAGE_TOO_LARGE']);
  expect(decode([`"${'x'.repeat(999)}"`, 'x'.repeat(5000), 'y\n{"a":1}\n'])).toEqual([
    'MESSAGE_TOO_LARGE',
    { a: 1 },
  ]);
  expect(decode(bytewise(`"${'x'.repeat(1000)}"\n{"a":1}\n`))).toEqual(['MESSAGE_TOO_LARGE', { a: 1 }]);
  expect(decode([`"${'x'.repeat(998)}"\n`])).toHaveLength(1);
  expect(decode([`"${'x'.repeat(998)}"\n`])).not.toEqual(['MESSAGE_TOO_LARGE']);
});

test('a Content-Length beyond the limit ends the stream before a byte of the body is kept', () => {
  expect(decode(['Content-Length: 1001\r\n\r\n', headed('{}')])).toEqual(['MESSAGE_TOO_LARGE!']);
  expect(decode(['Content-Length: 99999999999999999999\r\n\r\n'])).toEqual(['MESSAGE_TOO_LARGE!']);
});

test('nesting beyond the limit is an error and the next message is read', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  expect(decode([`${nested(9)}\n1\n`])).toEqual(['MESSAGE_TOO_DEEP', 1]);
  expect(decode([`${nested(8)}\n`])).toEqual([JSON.parse(nested(8))]);
});

test('brackets in strings do not nest', () => {
  expect(deeperThan(Buffer.from(JSON.stringify(['[[[[', '\\"[[[[', '"[[[', '\\'])), 1)).toBe(false);
  expect(deeperThan(Buffer.from('["\\\\",[1]]'), 1)).toBe(true);
});

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

test('the nesting that is counted is the nesting that there is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const json = Buffer.from(JSON.stringify(value));
      const depth = depthOf(value);
      expect(deeperThan(json, depth)).toBe(false);
      if (depth > 0) expect(deeperThan(json, depth - 1)).toBe(true);
    }),
  );
});

test('what is encoded is decoded, however the stream is cut', () => {
  const framings = fc.constantFrom<Framing>('lines', 'headers');
  const messages = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 })), {
    minLength: 1,
  });
  fc.assert(
    fc.property(framings, messages, fc.array(fc.nat(40)), (framing, sent, cuts) => {
      const decoder = new MessageDecoder({ messageBytes: 1e6, messageDepth: 64 });
      let rest = Buffer.concat(sent.map((message) => encodeMessage(message, framing)));
      const out: Decoded[] = [];
      for (const cut of cuts) {
        out.push(...decoder.push(rest.subarray(0, cut)));
        rest = rest.subarray(cut);
      }
      out.push(...decoder.push(rest));
      expect(decoder.framing).toBe(framing);
      expect(out.map(shown)).toEqual(sent.map((message) => JSON.parse(JSON.stringify(message))));
    }),
  );
});

test('any bytes are decoded to the same whether they come at once or one by one', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        '\n',
        '\r\n\r\n',
        '{"a":1}\n',
        'Content-Length: 2\r\n\r\n{}',
        'Content-Length: 9',
        '[[[[[[[[[[',
        '"\\',
      )
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const bytes = Buffer.concat(pieces);
      const single = [...bytes].map((byte) => Buffer.from([byte]));
      expect(decode(single, true)).toEqual(decode([bytes], true));
    }),
    { numRuns: 500 },
  );
});
