import { readFileSync } from 'node:fs';
import { termsColumn } from '../../shared/terms.js';
import { termsOfChunk } from '../../workers/chunk/terms-column.js';
import { chunkText } from '../../workers/chunk-text.js';
import { decode } from '../../workers/decode.js';
import { hash } from '../../workers/hash.js';
import { scan } from '../../workers/scan/scan.js';
import type { Subject } from '../eval/folders.js';

/** A chunk as its columns of terms: what a model embeds. */
export interface ChunkColumns {
  /** From the repository's root. */
  path: string;
  startLine: number;
  endLine: number;
  terms: string;
}

/** A file as its chunks, with the columns of its path and of the names that it defines. */
export interface FileColumns {
  path: string;
  /** Of its name, twice, and of its two nearest folders. */
  pathTerms: string;
  names: string;
  chunks: ChunkColumns[];
}

const maxFileBytes = 1_048_576;
const deadlineMs = 5000;

/** The files of a folder as the index has them: the same scan, the same chunks, the same terms. */
export async function columnsOf({
  folder,
  prefix,
}: Pick<Subject, 'folder' | 'prefix'>): Promise<FileColumns[]> {
  const rules = {
    gitDir: null,
    globalExcludes: null,
    extraIgnore: [],
    trackedIgnored: [],
    submodules: [],
    maxFileBytes,
    includeSecrets: false,
  };
  const { paths } = scan({ type: 'scan', root: folder, rules, paths: null });
  const hashed = hash({ type: 'hash', root: folder, paths, maxFileBytes, includeGenerated: false });
  const files: FileColumns[] = [];
  for (const { path, status, language } of hashed.files) {
    if (status !== 'ok') continue;
    const text = decode(readFileSync(`${folder}/${path}`));
    const { source, chunks } = await chunkText(language, text, { mode: 'syntax', deadlineMs });
    const from = `${prefix}${path}`;
    files.push({
      path: from,
      pathTerms: pathColumn(from),
      names: termsColumn([...new Set(chunks.flatMap(({ symbols }) => symbols))].join(' ')),
      chunks: chunks.map((chunk) => {
        const { startLine, endLine } = chunk;
        const terms = termsOfChunk(chunk, source.lines(startLine - 1, endLine - 1));
        return { path: from, startLine, endLine, terms };
      }),
    });
  }
  return files;
}

function pathColumn(path: string): string {
  const folders = path.split('/');
  const stem = (folders.pop() ?? '').replace(endings, '');
  return termsColumn([stem, stem, ...folders.slice(-2)].join(' '));
}

/** What a file's name ends with, as in "view.html" or "view.test.ts". */
const endings = /(?:\.[A-Za-z0-9]{1,8}){1,2}$/;
