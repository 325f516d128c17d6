import { isUtf8 } from 'node:buffer';
import type { SkipReason } from './messages.js';

/** Git and others look for a NUL in as much of a file to tell binary from text (xdiff-interface.c: FIRST_FEW_BYTES). */
const binaryHeadBytes = 8192;
/** Where a marker of generated code has to be: after a licence, before the code. */
const markerHeadBytes = 4096;
const markerHeadLines = 40;
/**
 * Share of control characters past which bytes that are no UTF-8 are no text of an older encoding either: text has
 * none, random bytes have 10 %.
 */
const maxControlShare = 0.01;

/**
 * Why a file's bytes are not worth indexing; null if they are. Pure.
 *
 * - `empty`: nothing but white space.
 * - `binary`: a NUL near the beginning, or no UTF-8 and control characters. UTF-16 with a byte order mark is text, and
 *   so is text in an older encoding.
 * - `minified`: code, styles or data squeezed into very long lines.
 * - `generated`: says so at its beginning, or is named as generators name their output.
 *
 * @param path any path of the file; only the last part counts
 */
export function classify(path: string, bytes: Buffer): SkipReason | null {
  if (isBlank(bytes)) return 'empty';
  const utf16 = isUtf16(bytes);
  if (!utf16 && isBinary(bytes)) return 'binary';
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const named = classifyName(name);
  if (named !== null || utf16) return named;
  if (isMinified(name, bytes)) return 'minified';
  return isGenerated(bytes) ? 'generated' : null;
}

const minifiedName = /[.-]min\.(js|mjs|cjs|css)$/;
// Names that the generators of protocol buffers, gRPC, Dart's build_runner, Visual Studio, Kubernetes and others give.
const generatedName =
  /(\.pb\.(go|cc|h|c|swift|dart|validate\.go|gw\.go)|_pb2(_grpc)?\.pyi?|_pb\.(js|ts|d\.ts|rb)|_grpc\.pb\.go|\.pbobjc\.[hm]|\.grpc\.swift|\.(g|freezed|gr|mocks)\.dart|\.(designer|g|g\.i)\.(cs|vb)|^zz_generated\..*\.go|[._]generated\.\w+)$/;

/** What a file's name alone tells, so that it need not be read. Pure. @param name in lower case */
export function classifyName(name: string): 'minified' | 'generated' | null {
  if (minifiedName.test(name)) return 'minified';
  return generatedName.test(name) ? 'generated' : null;
}

function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) if (byte !== 0x20 && (byte < 0x09 || byte > 0x0d)) return false;
  return true;
}

/** True for text in UTF-16 that begins with a byte order mark (that of UTF-32 begins alike, and is not meant). */
export function isUtf16(bytes: Buffer): boolean {
  if (bytes.length < 2 || bytes.length % 2 === 1) return false;
  const mark = bytes.readUInt16BE(0);
  if (mark === 0xfeff) return true;
  return mark === 0xfffe && !(bytes.length >= 4 && bytes.readUInt16BE(2) === 0);
}

function isBinary(bytes: Buffer): boolean {
  const head = bytes.subarray(0, binaryHeadBytes);
  return head.includes(0) || (!isUtf8(bytes) && controlShare(head) > maxControlShare);
}

/** Share of control characters that text does not have (it has tabs, line ends, form feeds, escapes of a terminal). */
function controlShare(head: Buffer): number {
  let count = 0;
  for (const byte of head) {
    const isTextual = byte >= 0x20 || (byte >= 0x07 && byte <= 0x0d) || byte === 0x1b;
    if (!isTextual || byte === 0x7f) count++;
  }
  return count / head.length;
}

interface LineLimits {
  /** Lines from this many bytes on are long, */
  longLine: number;
  /** and a file with at least this share of its bytes in long lines */
  share: number;
  /** that hold less than this share of white space is squeezed. */
  whitespace: number;
}

const squeezable = /\.(js|mjs|cjs|jsx|ts|css|scss|json|jsonl|ndjson|geojson|html?|xml|xsd|svg|vue|wsdl)$/;
const prose = /\.(md|markdown|mdx|txt|rst|adoc|asciidoc|tex|org|po|pot|csv|tsv)$/;
const codeLimits: LineLimits = { longLine: 1000, share: 0.5, whitespace: 0.16 };
/** For everything else only what no person writes: encoded data. */
const otherLimits: LineLimits = { longLine: 5000, share: 0.8, whitespace: 0.08 };
const smallestMinified = 2048;

function isMinified(name: string, bytes: Buffer): boolean {
  if (bytes.length < smallestMinified || prose.test(name)) return false;
  const { longLine, share, whitespace } = squeezable.test(name) ? codeLimits : otherLimits;
  let long = 0;
  let blanks = 0;
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, at);
    const end = newline < 0 ? bytes.length : newline;
    if (end - at >= longLine) {
      long += end - at;
      for (let i = at; i < end; i++) if (bytes[i] === 0x20 || bytes[i] === 0x09) blanks++;
    }
    at = end + 1;
  }
  return long >= bytes.length * share && blanks < long * whitespace;
}

// The comment of https://go.dev/s/generatedcode, with the comment signs of other languages.
const goMarker = /^(\/\/|\/\*|#|--|;|<!--) Code generated .*DO NOT EDIT\.?\s*(\*\/|-->)?$/;
const atGenerated = /(^|[\s*/#;(])@(partially-)?generated\b|<auto-?generated\b/;
const generatedWord = /\b(auto-?)?generated\b/i;
const doNotEdit =
  /\b(do not|don'?t|never) (manually |hand-?)?(edit|modify|change|touch)\b|\bnot be (edited|modified)\b/i;
// Generators that do not say "do not edit", by the first words of a comment.
const generatorSays =
  /^\W*(this (file|code|class|source|header|module) (is|was|has been) (automatically|auto-?|machine[- ])\s?generated\b|(automatically|auto-?)\s?generated (by|from|with)\b|generated (by|from) .*\b(antlr|bison|cython|flex|gperf|javacc|jflex|lemon|protoc|re2c|ragel|swig|thrift|yacc)\b|a (bison parser, made by|lexical scanner generated by))/i;

/** True if the comments before the first code say so: further down, a generator's own source says the same. */
function isGenerated(bytes: Buffer): boolean {
  let saidGenerated = Number.NEGATIVE_INFINITY;
  let saidDoNotEdit = Number.POSITIVE_INFINITY;
  for (const [i, line] of headerComments(bytes.toString('latin1', 0, markerHeadBytes)).entries()) {
    if (goMarker.test(line) || atGenerated.test(line) || generatorSays.test(line)) return true;
    if (generatedWord.test(line)) saidGenerated = i;
    if (doNotEdit.test(line)) saidDoNotEdit = i;
    if (Math.abs(saidGenerated - saidDoNotEdit) <= 2) return true;
  }
  return false;
}

const blocks: readonly (readonly [opens: string, closes: string])[] = [
  ['/*', '*/'],
  ['<!--', '-->'],
  ['{-', '-}'],
  ['(*', '*)'],
  ['"""', '"""'],
  ["'''", "'''"],
  ['=begin', '=end'],
];
const lineComment =
  /^(\/\/|#(?!include\b|define\b|pragma\b|if|endif\b|import\b)|--|;|%|'|\*|\.\\"|rem\b|@rem\b|dnl\b)/i;
/** What stands before a first comment in code: declarations of packages, imports and modes. */
const prelude =
  /^($|<\?|<!doctype|#|package\b|namespace\b|module\b|use\b|using\b|import\b|from\b|require|include|declare\b|extern crate\b|@echo\b|["']use \w+["'])/i;

/** The comment lines at the beginning of a text, trimmed. */
function headerComments(text: string): string[] {
  const comments: string[] = [];
  let closes: string | null = null;
  for (const full of text.split('\n', markerHeadLines)) {
    const line = full.trim();
    if (closes !== null) {
      comments.push(line);
      if (line.includes(closes)) closes = null;
      continue;
    }
    const block = blocks.find(([opens]) => line.startsWith(opens));
    if (block) {
      comments.push(line);
      if (!line.includes(block[1], block[0].length)) closes = block[1];
    } else if (lineComment.test(line)) {
      comments.push(line);
    } else if (!prelude.test(line)) {
      break;
    }
  }
  return comments;
}
