/** Characters before the cursor in which a declaration is looked for, and before a name in which its type is. */
const declarationChars = 8_000;
const typeChars = 120;
const typeName = '([A-Z][\\w$]*(?:(?:\\.|::)[A-Z][\\w$]*)*)';
const qualifiers = '(?:[a-z_]\\w*(?:\\.|::))*';
/** Behind a name: `: T`, `= new T(`, `= T(`, `:= &T{`, `= T::new`. */
const behindName = new RegExp(
  `\\??\\s*:\\s*&?(?:mut\\s+|'\\w+\\s+)*${qualifiers}${typeName}` +
    `|\\s*(?::=|=)\\s*(?:await\\s+)?&?(?:new\\s+)?${qualifiers}${typeName}\\s*(?:[({<]|::)`,
  'y',
);
/** Before a name: `T x`, `T<A> *x`, `name_t x`, `struct name *x`. */
const beforeName = new RegExp(
  `\\b${typeName}(?:<[^<>;(){}]*>)?[\\s*&]+$|\\b([a-z]\\w*_[ts])(?:\\s+\\**|\\s*\\*+)\\s*$|\\bstruct\\s+(\\w+)(?:\\s+\\**|\\s*\\*+)\\s*$`,
);
const endsDeclarator = /\s*[=;,)]/y;

/** The type that the last declaration of a variable names; empty if there is none that says it. */
export function typeInText(text: string, name: string): string {
  const from = Math.max(0, text.length - declarationChars);
  for (let at = text.lastIndexOf(name); at >= from; at = at === 0 ? -1 : text.lastIndexOf(name, at - 1)) {
    const end = at + name.length;
    if (isWordAt(text, at - 1) || isWordAt(text, end)) continue;
    behindName.lastIndex = end;
    const behind = behindName.exec(text);
    if (behind) return behind[1] ?? behind[2] ?? '';
    endsDeclarator.lastIndex = end;
    if (!endsDeclarator.test(text)) continue;
    const before = beforeName.exec(text.slice(Math.max(0, at - typeChars), at));
    if (before) return before[1] ?? before[2] ?? before[3] ?? '';
  }
  return '';
}

function isWordAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  return isLetter || (code >= 48 && code <= 57) || code === 95 || code === 36;
}
