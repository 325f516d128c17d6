/** Sequences that begin with a control character: of a terminal's state (CSI), and texts for it (OSC). */
const sequences = /(?![\t\n\r])\p{Cc}(?:\[[0-?]*[ -/]*[@-~]|\][^\p{Cc}]*(?:(?![\t\n\r])\p{Cc}\\?))/gu;
/** Control characters but tabs and line ends, and marks that reorder what is shown (Unicode UAX #9). */
const unwanted = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text of unknown origin without what a terminal or a reader could be tricked by: escape sequences, control
 * characters but tabs and line ends, marks of direction. Line ends become `\n`. Pure.
 */
export function plainText(text: string): string {
  return text.replaceAll(sequences, '').replaceAll(/\r\n?/g, '\n').replaceAll(unwanted, '');
}

/** A message of unknown origin in one line of bounded length. Pure. */
export function plainLine(text: string, longest = 300): string {
  const line = plainText(text.slice(0, longest * 4))
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > longest ? `${cutText(line, longest - 1)}…` : line;
}

/** The beginning of a text, at most so many UTF-16 units, without half a character at its end. Pure. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}
