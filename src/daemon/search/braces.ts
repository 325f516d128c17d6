/**
 * The globs without braces that a glob stands for: `{a,b}c` is `ac` and `bc`. Braces without a comma, escaped ones and
 * those in brackets stand for themselves. Pure.
 *
 * @param most so many at most
 * @returns null if a brace has no partner, or the glob stands for more
 */
export function expandBraces(glob: string, most: number): string[] | null {
  let at = 0;

  function sequence(inBraces: boolean): string[] | null {
    let found = [''];
    while (at < glob.length) {
      const char = glob.charAt(at);
      if (inBraces && (char === ',' || char === '}')) break;
      if (char === '}') return null;
      if (char === '{') {
        const choices = group();
        if (!choices || found.length * choices.length > most) return null;
        found = found.flatMap((before) => choices.map((choice) => before + choice));
      } else {
        const from = at;
        at = plainEnd(glob, at);
        const text = glob.slice(from, at);
        found = found.map((before) => before + text);
      }
    }
    return found;
  }

  function group(): string[] | null {
    const choices: string[] = [];
    for (let members = 1; ; members++) {
      at++;
      const member = sequence(true);
      if (!member || at >= glob.length || choices.length + member.length > most) return null;
      choices.push(...member);
      if (glob.charAt(at) === ',') continue;
      at++;
      return members > 1 ? choices : choices.map((choice) => `{${choice}}`);
    }
  }

  return sequence(false);
}

/** Behind the character, escape or bracket expression that begins here. */
function plainEnd(glob: string, at: number): number {
  const char = glob.charAt(at);
  if (char === '\\') return Math.min(at + 2, glob.length);
  const close = char === '[' ? glob.indexOf(']', at + 2) : -1;
  return close < 0 ? at + 1 : close + 1;
}
