/**
 * Text of other origin (file contents, paths, branch names, log lines) must not be able to steer the terminal:
 * control characters of C0 and C1 could move the cursor, set the title or answer for the user, and characters that
 * change the direction of writing could make code look like other code.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this finds
const unsafe = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const unsafeInLine = new RegExp(unsafe.source.replace('[', '[\\t\\n'), 'g');

/** The text with every control character but tab and newline made visible. */
export function printable(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(unsafe, visible);
}

/** Like `printable`, for something that has to stay on one line: tab and newline are made visible too. */
export function printableLine(text: string): string {
  return text.replace(unsafeInLine, visible);
}

function visible(character: string): string {
  const code = character.charCodeAt(0);
  // The block "Control Pictures" has one glyph for each C0 character, and U+2421 for DEL.
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
