import type { TermSegment } from '../messages.js';
import type { PackedTerms } from './packed.js';

/** What an index knows of contents and their chunks besides their terms. */
export type TermColumns = Pick<
  TermSegment,
  'languages' | 'kinds' | 'languageOf' | 'firstChunk' | 'kindOf' | 'lengths' | 'symbolLengths'
>;

const mostLength = 2 ** 16 - 1;

/** The columns of contents in this order; their chunks follow each other. */
export function columnsOf(contents: readonly PackedTerms[]): TermColumns {
  const chunks = contents.reduce((sum, content) => sum + content.chunks, 0);
  const languages = new Codes();
  const kinds = new Codes();
  const columns = {
    languageOf: new Uint16Array(contents.length),
    firstChunk: new Uint32Array(contents.length + 1),
    kindOf: new Uint16Array(chunks),
    lengths: new Uint16Array(chunks),
    symbolLengths: new Uint16Array(chunks),
  };
  let chunk = 0;
  for (const [index, content] of contents.entries()) {
    columns.languageOf[index] = languages.codeOf(content.language);
    const codes = content.kinds.map((kind) => kinds.codeOf(kind));
    for (let ord = 0; ord < content.chunks; ord++, chunk++) {
      columns.kindOf[chunk] = codes[content.kindOf[ord] as number] ?? 0;
      columns.lengths[chunk] = Math.min(mostLength, content.lengths[ord] as number);
      columns.symbolLengths[chunk] = Math.min(mostLength, content.symbolLengths[ord] as number);
    }
    columns.firstChunk[index + 1] = chunk;
  }
  return { ...columns, languages: languages.names, kinds: kinds.names };
}

class Codes {
  readonly names: string[] = [];
  readonly #codes = new Map<string, number>();

  codeOf(name: string): number {
    const known = this.#codes.get(name);
    if (known !== undefined) return known;
    this.#codes.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}
