import type { EditedFile, EditsApplyResult, EditsPreviewResult } from '../../protocol/edits.js';
import { plural } from './human.js';
import { printable, printableLine } from './printable.js';
import type { Colors } from './terminal.js';

const whatText = { change: 'changed', create: 'new', delete: 'deleted', rename: 'renamed' };

/** What would change: a line on each file, and its diff. */
export function editsText({ files }: Pick<EditsPreviewResult, 'files'>, colors: Colors): string {
  return files
    .map((file) => {
      const notes = file.notes.map((note) => `${colors.yellow('note:')} ${printableLine(note)}\n`).join('');
      return `${fileLine(file, colors)}\n${notes}${diffText(file.diff, colors)}`;
    })
    .join('\n');
}

/** What was done: a line on each file, and how to take it back. */
export function doneText(
  { id, files, problems }: EditsApplyResult,
  what: 'applied' | 'undone',
  colors: Colors,
): string {
  const lines = files.map((file) => fileLine(file, colors));
  const left = problems.length > 0 ? `, ${plural(problems.length, 'problem')} left` : '';
  const how = what === 'applied' ? `; \`lcad edits --undo ${id}\` takes it back` : '';
  return `${lines.join('\n')}\n${colors.dim(`${plural(files.length, 'file')} ${what}${left}${how}`)}\n`;
}

/** What cannot be done, and why. */
export function problemsText({ problems }: Pick<EditsPreviewResult, 'problems'>, colors: Colors): string {
  return problems
    .map(({ at, path, message }) => {
      const where = at ? ` (line ${at.startLine} of the answer)` : '';
      const name = path === null ? '' : `${printableLine(path)}: `;
      return `${colors.red('problem:')} ${name}${printableLine(message)}${colors.dim(where)}\n`;
    })
    .join('');
}

function fileLine({ path, to, kind, added, removed }: EditedFile, colors: Colors): string {
  const name =
    colors.magenta(printableLine(path)) + (to === null ? '' : ` -> ${colors.magenta(printableLine(to))}`);
  return `${name} ${whatText[kind]} ${colors.green(`+${added}`)} ${colors.red(`-${removed}`)}`;
}

function diffText(diff: string, colors: Colors): string {
  return printable(diff)
    .split('\n')
    .map((line) => {
      if (line.startsWith('+')) return colors.green(line);
      if (line.startsWith('-')) return colors.red(line);
      return line.startsWith('@@') ? colors.cyan(line) : line;
    })
    .join('\n');
}
