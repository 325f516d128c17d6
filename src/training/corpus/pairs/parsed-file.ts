import { definitionsOf } from '../../../workers/chunk/captures.js';
import type { Chunk, Definition } from '../../../workers/chunk/definition.js';
import { layout, layoutLines } from '../../../workers/chunk/layout.js';
import { recoverFunctions } from '../../../workers/chunk/recover.js';
import { scannedDefinitions } from '../../../workers/chunk/scanned.js';
import { Source } from '../../../workers/chunk/source.js';
import { languageOf } from '../../../workers/languages.js';
import { withMatches } from '../../../workers/parser.js';
import { type Comment, commentAt, docStrings, joinedComments, lineComments } from './comments.js';

/** A file as the index sees it, with what pairs need besides its chunks. */
export interface ParsedFile {
  source: Source;
  language: string;
  chunks: Chunk[];
  definitions: Definition[];
  /** Sorted by place. */
  comments: Comment[];
  /** True for Markdown and the like. */
  isDocument: boolean;
}

const deadlineMs = 5000;

/** Parses a file once for its chunks, as chunkText makes them, and for its definitions and comments. */
export async function parseFile(languageId: string, text: string): Promise<ParsedFile> {
  const source = new Source(text);
  const language = languageOf(languageId);
  const { by } = language.outline;
  const file = { source, language: languageId, isDocument: ['markdown', 'rst', 'asciidoc'].includes(by) };
  const unparsed = () => {
    const comments = joinedComments(lineComments(source, languageId));
    return { ...file, chunks: layoutLines(source), definitions: [], comments };
  };
  if (by === 'lines') return unparsed();
  if (by !== 'grammar') {
    const definitions = scannedDefinitions(source, by);
    if (definitions.length === 0) return unparsed();
    return { ...file, chunks: layout(source, definitions, 'section'), definitions, comments: [] };
  }
  const found = await withMatches(language, source.text, deadlineMs, (matches, hasError) => {
    const recover = hasError && (language.id === 'c' || language.id === 'cpp') ? recoverFunctions : undefined;
    const definitions = definitionsOf(source, matches, recover);
    const comments = matches.flatMap(({ captures }) =>
      captures.flatMap(({ name, node }) => {
        const comment = name === 'comment' ? commentAt(source, node.startIndex, node.endIndex) : null;
        return comment === null ? [] : [comment];
      }),
    );
    return { definitions, comments };
  });
  if ('failure' in found) return unparsed();
  const { definitions, comments } = found.value;
  const strings = languageId === 'python' ? docStrings(source, definitions) : [];
  return {
    ...file,
    chunks: layout(source, definitions),
    definitions,
    comments: joinedComments([...comments, ...strings]),
  };
}
