const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** A type behind its sign, without what makes it a promise or lets it be nothing. */
const written =
  /^\s*(?::|->)\s*(?:Promise<)?([A-Za-z_$][\w$]*(?:(?:\.|::)[A-Za-z_$][\w$]*)*)(<[^()]*>)?(.*)$/;
const nothingMore = /^[\s>]*(?:\|\s*(?:null|undefined|None)\s*)*>?\s*(?:=>|[{:;=])?\s*$/;
/** What may be a parameter of the function or of its class. */
const parameter = /^[A-Z]\d?$/;

/**
 * The name of the type that a function returns, as its declaration says behind its parameters (`f(…): T`, `f(…) -> T`);
 * null if it says none, or something other than one named type.
 */
export function returnedType(signature: string): string | null {
  const open = signature.indexOf('(');
  const end = open < 0 ? -1 : closedAt(signature, open);
  const [, name = '', , rest = ''] = end < 0 ? [] : (written.exec(signature.slice(end)) ?? []);
  return name === '' || parameter.test(name) || !nothingMore.test(rest) ? null : name;
}

function closedAt(text: string, from: number): number {
  const open: string[] = [];
  for (let at = from; at < text.length; at++) {
    const sign = text.charAt(at);
    if (closing[sign]) open.push(closing[sign]);
    else if (sign === open.at(-1)) open.pop();
    if (open.length === 0) return at + 1;
  }
  return -1;
}
