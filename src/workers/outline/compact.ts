import { chunkKinds } from '../chunk/kinds.js';
import { NumberReader, NumberWriter } from '../varints.js';
import {
  importForms,
  type Outline,
  type OutlineDefinition,
  type OutlineImport,
  type OutlineReference,
  referenceKinds,
} from './contract.js';
import { partsOf } from './packed-texts.js';

/** Longer lines are cut. */
const mostChars = 400;

/**
 * An outline in one array of bytes, for messages between threads and for storage: the length of the text of all
 * strings in bytes and that of the numbers, that text (each string once, "\n" after each), then numbers, most of them
 * differences to the ones before and therefore small, at last the lines that hold references. About 8 bytes a
 * reference, and the lines.
 * @param lineOf the text of a line, from 1
 */
export function packOutline(outline: Outline, lineOf: (line: number) => string = () => ''): Uint8Array {
  const strings = new StringWriter();
  numbers.clear();
  numbers.write(strings.maybe(outline.module));
  numbers.write(outline.definitions.length);
  numbers.write(outline.references.length);
  numbers.write(outline.imports.length);
  writeDefinitions(outline.definitions, strings);
  writeReferences(outline.references, strings);
  for (const entry of outline.imports) writeImport(entry, strings);
  const size = numbers.bytes().length;
  const lines = writeLines(outline.references, lineOf);
  return joined(strings.text(), size, numbers.bytes(), lines);
}

/** Writes how far down and how long each line is; their texts, without blanks around them, are returned. */
function writeLines(references: readonly OutlineReference[], lineOf: (line: number) => string): string {
  const lines = new Set(references.map(({ line }) => line));
  numbers.write(lines.size);
  let before = 0;
  let all = '';
  for (const line of lines) {
    const text = lineOf(line).trim().slice(0, mostChars);
    numbers.write(line - before);
    numbers.write(Buffer.byteLength(text));
    before = line;
    all += text;
  }
  return all;
}

/** One for the thread: nothing is written to it while it is in use. */
const numbers = new NumberWriter();

/** Reads what `packOutline` made. */
export function unpackOutline(packed: Uint8Array): Outline {
  const { from, module, counts } = opened(packed);
  return {
    module,
    definitions: readDefinitions(from, counts.definitions),
    references: readReferences(from, counts.references),
    imports: Array.from({ length: counts.imports }, () => readImport(from)),
  };
}

function opened(packed: Uint8Array) {
  const parts = partsOf(packed);
  const text = Buffer.from(packed.buffer, packed.byteOffset + parts.text, parts.numbers - parts.text);
  const from: From = {
    reader: new NumberReader(packed, parts.numbers),
    strings: text.toString('utf8').split('\n'),
  };
  const { reader } = from;
  const module = maybe(from);
  return {
    from,
    module,
    counts: { definitions: reader.read(), references: reader.read(), imports: reader.read() },
  };
}

interface From {
  reader: NumberReader;
  strings: readonly string[];
}

class StringWriter {
  readonly #indices = new Map<string, number>();
  #text = '';

  index(text: string): number {
    const known = this.#indices.get(text);
    if (known !== undefined) return known;
    const index = this.#indices.size;
    this.#indices.set(text, index);
    this.#text += `${text.includes('\n') ? text.replaceAll('\n', ' ') : text}\n`;
    return index;
  }

  /** 0 for null. */
  maybe(text: string | null): number {
    return text === null ? 0 : this.index(text) + 1;
  }

  text(): string {
    return this.#text;
  }
}

/** @param size of the numbers, without what follows of the lines */
function joined(text: string, size: number, rest: Uint8Array, lines: string): Uint8Array {
  const textSize = Buffer.byteLength(text);
  const prefix = new NumberWriter(16);
  prefix.write(textSize);
  prefix.write(size);
  const head = prefix.bytes();
  const packed = new Uint8Array(head.length + textSize + rest.length + Buffer.byteLength(lines));
  packed.set(head);
  const bytes = Buffer.from(packed.buffer);
  bytes.write(text, head.length, 'utf8');
  packed.set(rest, head.length + textSize);
  bytes.write(lines, head.length + textSize + rest.length, 'utf8');
  return packed;
}

const exportCodes = [null, false, true] as const;

function writeDefinitions(definitions: readonly OutlineDefinition[], strings: StringWriter): void {
  let line = 0;
  for (const [index, definition] of definitions.entries()) {
    numbers.write(chunkKinds.indexOf(definition.kind));
    numbers.write(strings.index(definition.name));
    numbers.write(strings.index(definition.scope));
    numbers.write(strings.index(definition.signature));
    numbers.write(strings.index(definition.doc));
    numbers.write(exportCodes.indexOf(definition.exported));
    numbers.write(definition.parent < 0 ? 0 : index - definition.parent);
    numbers.writeSigned(definition.startLine - line);
    numbers.write(definition.endLine - definition.startLine);
    numbers.writeSigned(definition.line - definition.startLine);
    numbers.write(definition.column);
    line = definition.startLine;
  }
}

function readDefinitions({ reader, strings }: From, count: number): OutlineDefinition[] {
  const definitions: OutlineDefinition[] = [];
  let line = 0;
  for (let index = 0; index < count; index++) {
    const kind = chunkKinds[reader.read()] ?? 'block';
    const name = strings[reader.read()] ?? '';
    const scope = strings[reader.read()] ?? '';
    const signature = strings[reader.read()] ?? '';
    const doc = strings[reader.read()] ?? '';
    const exported = exportCodes[reader.read()] ?? null;
    const up = reader.read();
    const startLine = line + reader.readSigned();
    const endLine = startLine + reader.read();
    const nameLine = startLine + reader.readSigned();
    const column = reader.read();
    const parent = up === 0 ? -1 : index - up;
    definitions.push({
      kind,
      name,
      scope,
      signature,
      doc,
      exported,
      parent,
      startLine,
      endLine,
      line: nameLine,
      column,
    });
    line = startLine;
  }
  return definitions;
}

function writeReferences(references: readonly OutlineReference[], strings: StringWriter): void {
  let line = 0;
  let column = 0;
  let definition = -1;
  for (const reference of references) {
    const { receiver, receiverType } = reference;
    const flags =
      (receiver === null ? 0 : 8) + (reference.localReceiver ? 16 : 0) + (receiverType === null ? 0 : 32);
    numbers.write(referenceKinds.indexOf(reference.kind) + flags);
    numbers.write(strings.index(reference.name));
    if (receiver !== null) numbers.write(strings.index(receiver));
    if (receiverType !== null) numbers.write(strings.index(receiverType));
    numbers.write(reference.line - line);
    numbers.write(reference.line === line ? reference.column - column : reference.column);
    numbers.writeSigned(reference.definition - definition);
    ({ line, column, definition } = reference);
  }
}

function readReferences({ reader, strings }: From, count: number): OutlineReference[] {
  const references: OutlineReference[] = [];
  let line = 0;
  let column = 0;
  let definition = -1;
  for (let index = 0; index < count; index++) {
    const flags = reader.read();
    const name = strings[reader.read()] ?? '';
    const receiver = flags & 8 ? (strings[reader.read()] ?? '') : null;
    const receiverType = flags & 32 ? (strings[reader.read()] ?? '') : null;
    const down = reader.read();
    column = down === 0 ? column + reader.read() : reader.read();
    line += down;
    definition += reader.readSigned();
    const kind = referenceKinds[flags & 7] ?? 'use';
    const localReceiver = (flags & 16) !== 0;
    references.push({ kind, name, receiver, localReceiver, receiverType, line, column, definition });
  }
  return references;
}

function writeImport(entry: OutlineImport, strings: StringWriter): void {
  numbers.write(importForms.indexOf(entry.form) + (entry.wildcard ? 8 : 0));
  numbers.write(strings.index(entry.specifier));
  numbers.write(strings.maybe(entry.default));
  numbers.write(strings.maybe(entry.namespace));
  numbers.write(entry.line);
  numbers.write(entry.names.length);
  for (const { name, alias } of entry.names) {
    numbers.write(strings.index(name));
    numbers.write(strings.index(alias));
  }
}

function readImport(from: From): OutlineImport {
  const { reader, strings } = from;
  const code = reader.read();
  const specifier = strings[reader.read()] ?? '';
  const byDefault = maybe(from);
  const namespace = maybe(from);
  const line = reader.read();
  const count = reader.read();
  const names = Array.from({ length: count }, () => {
    const name = strings[reader.read()] ?? '';
    return { name, alias: strings[reader.read()] ?? '' };
  });
  return {
    form: importForms[code & 7] ?? 'static',
    specifier,
    names,
    default: byDefault,
    namespace,
    wildcard: (code & 8) !== 0,
    line,
  };
}

function maybe({ reader, strings }: From): string | null {
  const index = reader.read();
  return index === 0 ? null : (strings[index - 1] ?? '');
}
