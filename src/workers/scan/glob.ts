/**
 * Matches paths against the globs of git's ignore files (gitignore(5)), byte by byte as git does: `text` and pattern
 * are strings of bytes, one character a byte. Unlike a regular expression the time is bounded by the product of both
 * lengths, whatever pattern a repository brings. Pure.
 */

interface ByteSet {
  readonly has: Uint8Array;
}

/** One step of a segment: a byte to be equal, a set of bytes, or one of the wildcards. */
type Step = number | ByteSet | typeof anyByte | typeof anyBytes;
const anyByte = '?';
const anyBytes = '*';
/** Any number of whole segments. */
const anySegments = '**';

type Segment = Step[] | typeof anySegments;

/** A compiled glob. */
export interface Glob {
  readonly segments: readonly Segment[];
  readonly ignoreCase: boolean;
}

const slash = 47;
const classes: Record<string, RegExp> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the class is that of control characters
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/**
 * Compiles a glob in which `*`, `?` and brackets do not match a slash and `**` as a whole segment matches any number
 * of segments. @returns null if it is malformed, so that it matches nothing
 */
export function compileGlob(pattern: string, ignoreCase: boolean): Glob | null {
  const segments: Segment[] = [];
  let steps: Step[] = [];
  let at = 0;
  while (at < pattern.length) {
    const char = pattern.charAt(at);
    if (char === '*') {
      const end = endOfStars(pattern, at);
      if (
        end - at > 1 &&
        steps.length === 0 &&
        (end === pattern.length || /^\\?\//.test(pattern.slice(end, end + 2)))
      ) {
        // Before an escaped slash git wants at least one segment.
        if (pattern.charAt(end) === '\\') segments.push([anyBytes]);
        segments.push(anySegments);
        if (end === pattern.length) return { segments, ignoreCase };
        at = end + (pattern.charAt(end) === '/' ? 1 : 2);
        continue;
      }
      steps.push(anyBytes);
      at = end;
    } else if (char === '/') {
      segments.push(steps);
      steps = [];
      at++;
    } else if (char === '?') {
      steps.push(anyByte);
      at++;
    } else if (char === '[') {
      const bracket = readBracket(pattern, at, ignoreCase);
      if (!bracket) return null;
      steps.push(bracket.set);
      at = bracket.end;
    } else if (char === '\\') {
      if (at + 1 >= pattern.length) return null;
      if (pattern.charAt(at + 1) === '/') {
        segments.push(steps);
        steps = [];
      } else {
        steps.push(fold(pattern.charCodeAt(at + 1), ignoreCase));
      }
      at += 2;
    } else {
      steps.push(fold(pattern.charCodeAt(at), ignoreCase));
      at++;
    }
  }
  segments.push(steps);
  return { segments, ignoreCase };
}

function endOfStars(pattern: string, at: number): number {
  while (pattern.charAt(at) === '*') at++;
  return at;
}

function fold(byte: number, ignoreCase: boolean): number {
  return ignoreCase && byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

/** Reads a bracket expression; the first member may be `]`. @returns null if it does not end or names no class */
function readBracket(
  pattern: string,
  start: number,
  ignoreCase: boolean,
): { set: ByteSet; end: number } | null {
  const members = new Uint8Array(256);
  let at = start + 1;
  const negated = pattern.charAt(at) === '!' || pattern.charAt(at) === '^';
  if (negated) at++;
  let previous = -1;
  for (let first = true; first || pattern.charAt(at) !== ']'; first = false) {
    if (at >= pattern.length) return null;
    if (pattern.startsWith('[:', at)) {
      const close = pattern.indexOf(']', at + 2);
      if (close < 0) return null;
      if (pattern.charAt(close - 1) === ':' && close - 1 > at + 1) {
        const named = classes[pattern.slice(at + 2, close - 1)];
        if (!named) return null;
        for (let byte = 0; byte < 256; byte++) if (named.test(String.fromCharCode(byte))) members[byte] = 1;
        previous = -1;
        at = close + 1;
        continue;
      }
    }
    const isRange =
      previous >= 0 &&
      pattern.charAt(at) === '-' &&
      at + 1 < pattern.length &&
      pattern.charAt(at + 1) !== ']';
    if (isRange) at++;
    if (pattern.charAt(at) === '\\') at++;
    if (at >= pattern.length) return null;
    const byte = pattern.charCodeAt(at);
    if (isRange) for (let one = previous; one <= byte; one++) members[one] = 1;
    else members[byte] = 1;
    previous = isRange ? -1 : byte;
    at++;
  }
  return { set: { has: finished(members, negated, ignoreCase) }, end: at + 1 };
}

function finished(members: Uint8Array, negated: boolean, ignoreCase: boolean): Uint8Array {
  if (ignoreCase) for (let byte = 97; byte <= 122; byte++) members[byte] ||= members[byte - 32] ?? 0;
  const has = negated ? members.map((member) => 1 - member) : members;
  has[slash] = 0;
  return has;
}

/** True if the whole text matches. `text` must be in lower case if the glob ignores case. */
export function matchGlob(glob: Glob, text: string): boolean {
  const { segments } = glob;
  const only = segments[0];
  if (segments.length === 1 && only !== undefined && only !== anySegments) {
    return !text.includes('/') && matchSegment(only, text);
  }
  const parts = text.split('/');
  let segment = 0;
  let part = 0;
  // As with `*` in a segment, only the last `**` ever needs to be tried with more.
  let retrySegment = -1;
  let retryPart = 0;
  while (part < parts.length) {
    const wanted = segments[segment];
    if (wanted === anySegments) {
      if (segment === segments.length - 1) return true;
      retrySegment = ++segment;
      retryPart = part;
    } else if (wanted !== undefined && matchSegment(wanted, parts[part] ?? '')) {
      segment++;
      part++;
    } else if (retrySegment >= 0) {
      segment = retrySegment;
      part = ++retryPart;
    } else {
      return false;
    }
  }
  return segment === segments.length;
}

function matchSegment(steps: readonly Step[], text: string): boolean {
  let step = 0;
  let at = 0;
  let retryStep = -1;
  let retryAt = 0;
  while (at < text.length) {
    const wanted = steps[step];
    if (wanted === anyBytes) {
      retryStep = ++step;
      retryAt = at;
    } else if (wanted !== undefined && matchByte(wanted, text.charCodeAt(at))) {
      step++;
      at++;
    } else if (retryStep >= 0) {
      step = retryStep;
      at = ++retryAt;
    } else {
      return false;
    }
  }
  while (steps[step] === anyBytes) step++;
  return step === steps.length;
}

function matchByte(step: Exclude<Step, typeof anyBytes>, byte: number): boolean {
  if (typeof step === 'number') return step === byte;
  return step === anyByte || (step as ByteSet).has[byte] === 1;
}
