import type { BufferEdit, View } from './contract.js';
import type { ChangedLines } from './text.js';

const mostEdits = 32;
const mostViews = 64;
/** Views of one file this many lines apart, or fewer, are of the same place: about half a screen. */
const nearLines = 20;

/** The edits of a buffer after another change. Pure. */
export function withEdit(edits: readonly BufferEdit[], change: ChangedLines, at: number): BufferEdit[] {
  const { startLine, oldEndLine, newEndLine } = change;
  const moved = newEndLine - oldEndLine;
  let [from, to] = [startLine, newEndLine];
  const others: BufferEdit[] = [];
  for (const edit of edits) {
    if (edit.endLine < startLine - 1) others.push(edit);
    else if (edit.startLine > oldEndLine + 1)
      others.push({ ...edit, startLine: edit.startLine + moved, endLine: edit.endLine + moved });
    else {
      from = Math.min(from, edit.startLine);
      to = Math.max(to, edit.endLine + moved);
    }
  }
  return [{ startLine: from, endLine: to, at }, ...others].slice(0, mostEdits);
}

/** The views of a client after another one. Pure. */
export function withView(views: readonly View[], view: View): View[] {
  const isNear = ({ path, line }: View) =>
    path === view.path && (line === null || view.line === null || Math.abs(line - view.line) <= nearLines);
  return [view, ...views.filter((known) => !isNear(known))].slice(0, mostViews);
}
