import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../src/shared/package-root.js';
import type { Chunk } from '../../src/workers/chunk/definition.js';
import { type ChunkedText, chunkText } from '../../src/workers/chunk-text.js';
import { decode } from '../../src/workers/decode.js';
import { detectLanguage } from '../../src/workers/languages.js';

/** Ample on any machine: the tests are about results. */
export const ampleMs = 60_000;

const folder = packagePath('test', 'fixtures', 'languages');

export interface Fixture {
  file: string;
  language: string;
  text: string;
}

/** The small sources of test/fixtures/languages, one or more for every language that has a structure. */
export function fixtures(): Fixture[] {
  return readdirSync(folder)
    .sort()
    .map((file) => fixtureAt(folder, file));
}

export function fixtureAt(root: string, file: string): Fixture {
  const bytes = readFileSync(join(root, file));
  return { file, language: detectLanguage(file, bytes.subarray(0, 16_384)), text: decode(bytes) };
}

export function chunked(language: string, text: string): Promise<ChunkedText> {
  return chunkText(language, text, { mode: 'syntax', deadlineMs: ampleMs });
}

/** One chunk as a line: "12-30 method Queue › drain {drain}". */
export function described({ startLine, endLine, kind, scope, name, symbols }: Chunk): string {
  const called = [scope, name].filter((part) => part !== '').join(' › ');
  return `${startLine}-${endLine} ${kind}${called === '' ? '' : ` ${called}`} {${symbols.join(' ')}}`;
}

/** Chunks of a text, described. */
export async function outline(language: string, text: string): Promise<string[]> {
  return (await chunked(language, text)).chunks.map(described);
}

/** What is wrong with the chunks of a text: lines lost or stored twice, chunks out of order or too large. */
export function faultsIn(text: string, chunks: Chunk[]): string[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const faults: string[] = [];
  let covered = 0;
  for (const { startLine, endLine } of chunks) {
    if (startLine <= covered) faults.push(`chunk at line ${startLine} overlaps the one before`);
    if (endLine < startLine || endLine > lines.length)
      faults.push(`chunk ${startLine}-${endLine} has no extent`);
    faults.push(...lostIn(lines, covered, startLine - 1));
    if (!/\S/.test(lines[startLine - 1] ?? '')) faults.push(`chunk begins with blank line ${startLine}`);
    if (!/\S/.test(lines[endLine - 1] ?? '')) faults.push(`chunk ends with blank line ${endLine}`);
    if (endLine - startLine >= 103) faults.push(`chunk ${startLine}-${endLine} is too long`);
    covered = endLine;
  }
  faults.push(...lostIn(lines, covered, lines.length));
  return faults;
}

function lostIn(lines: string[], from: number, to: number): string[] {
  const lost: string[] = [];
  for (let line = from; line < to; line++)
    if (/\S/.test(lines[line] ?? '')) lost.push(`line ${line + 1} is lost`);
  return lost;
}
