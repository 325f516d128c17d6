import { LcadError, messageOf, systemCode } from '../../shared/errors.js';
import { cutText, plainLine } from '../plain-text.js';
import type { SourcePiece, SourcesReply } from './contract.js';

/** What one source gave, before its name is put to it. */
export interface Taken {
  readonly pieces: readonly TakenPiece[];
  /** Why something is missing, in sentences. */
  readonly omissions: readonly string[];
}

export type TakenPiece = Pick<SourcePiece, 'kind' | 'title' | 'text'> &
  Partial<Pick<SourcePiece, 'repo' | 'path' | 'language' | 'startLine' | 'endLine' | 'trusted'>>;

/** Why a source gives nothing: its message is the reason of the omission. */
export class NotAvailable extends Error {
  override readonly name = 'NotAvailable';
}

/** The reply for one source. Pure. */
export function named(source: string, { pieces, omissions }: Taken): SourcesReply {
  return {
    pieces: pieces.map((piece) => ({
      repo: null,
      path: null,
      language: '',
      startLine: null,
      endLine: null,
      trusted: true,
      ...piece,
      source,
    })),
    omissions: omissions.map((reason) => ({ source, reason })),
  };
}

/** Why a source failed, in a sentence. @throws what is no fault of a source but of the program */
export function reasonOf(error: unknown): string {
  const isReason = error instanceof NotAvailable || error instanceof LcadError;
  if (isReason || systemCode(error) !== undefined) return plainLine(messageOf(error));
  throw error;
}

/** The beginning of a text that fits, whole lines if there is one. Pure. */
export function fitLines(text: string, maxChars: number): { text: string; cut: boolean } {
  if (text.length <= maxChars) return { text, cut: false };
  const part = cutText(text, maxChars);
  const end = part.lastIndexOf('\n');
  return { text: end > 0 ? part.slice(0, end + 1) : part, cut: true };
}

/** Lines of a text; a line end at the very end does not begin another one. Pure. */
export function lineCount(text: string): number {
  let lines = text === '' || text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
