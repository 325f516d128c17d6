/** Longest expression that is looked at, and the most steps from its first name that are followed. */
const mostChars = 300;
const mostSteps = 5;
const nameAt = /[A-Za-z_$#][\w$]*/y;
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * An expression as the steps by which it comes by its value: `open()` for what a function returns, `a>b` for a member,
 * `a>b()` for what a method returns. Null if it is anything else.
 *
 * @param from where it begins in a text
 * @param to where it ends
 */
export function valuePath(whole: string, from: number, to: number): string | null {
  if (to - from > mostChars) return null;
  const text = whole.slice(from, to).replace(/^await\s+/, '');
  const steps: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (steps.length > 0) {
      const sign = /^\s*[?!]?\./.exec(text.slice(at, at + 80));
      if (!sign) return null;
      at += sign[0].length;
    }
    nameAt.lastIndex = at;
    const name = nameAt.exec(text)?.[0];
    if (name === undefined || steps.length === mostSteps) return null;
    at += name.length;
    const end = text[at] === '(' ? closedAt(text, at) : at;
    if (end < 0) return null;
    steps.push(end > at ? `${name}()` : name);
    at = end;
  }
  return steps.length === 0 ? null : steps.join('>');
}

/** Where the brackets that open at a place are closed; -1 if they are not, or a text in them might close them. */
function closedAt(text: string, from: number): number {
  const open: string[] = [];
  for (let at = from; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === '`' || sign === '/') return -1;
    if (sign === '"' || sign === "'") {
      at = text.indexOf(sign, at + 1);
      if (at < 0) return -1;
    } else if (closing[sign]) open.push(closing[sign]);
    else if (sign === open.at(-1)) open.pop();
    if (open.length === 0) return at + 1;
  }
  return -1;
}
