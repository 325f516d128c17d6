import { type Language, languageTable } from './language-table.js';

const byId = new Map<string, Language>();
const byFile = new Map<string, Language>();
const byExtension = new Map<string, Language>();
const byInterpreter = new Map<string, Language>();
const byName = new Map<string, Language>();

for (const language of languageTable) {
  byId.set(language.id, language);
  for (const file of language.files) byFile.set(file, language);
  for (const extension of language.extensions) byExtension.set(extension, language);
  for (const interpreter of language.interpreters) byInterpreter.set(interpreter, language);
}
// Ids win over titles and aliases, and those over extensions.
for (const [extension, language] of byExtension) byName.set(extension, language);
for (const language of languageTable) {
  for (const name of [...language.aliases, language.title.toLowerCase()]) byName.set(name, language);
}
for (const language of languageTable) byName.set(language.id, language);

/** Files whose language is unknown. */
const plainText = byId.get('text') as Language;

/** Ids of all languages, in the order in which they are shown. */
export const languageIds: readonly string[] = languageTable.map((language) => language.id);

/** The language of an id; an unknown id is plain text. */
export function languageOf(id: string): Language {
  return byId.get(id) ?? plainText;
}

/** The id for a language's id, name, alias or file extension in any case ("TS", "c++", ".py"), or undefined. */
export function resolveLanguage(nameOrAlias: string): string | undefined {
  const name = nameOrAlias.trim().toLowerCase();
  return (byName.get(name) ?? byName.get(name.replace(/^\./, '')))?.id;
}

/**
 * The id of a file's language, from its name, its extension, its first line and, where an extension has two
 * languages, a look at its beginning. Reads nothing and never fails: what is unknown is "text".
 *
 * @param path any path of the file; only the last part counts
 * @param head first bytes of the file, a few hundred suffice; for `.h` a few thousand are better
 */
export function detectLanguage(path: string, head: Buffer): string {
  const file = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const named = byFile.get(file) ?? languageOfName(file);
  if (named !== undefined) return contested(named.id, file, head);
  return languageOfHead(head);
}

function languageOfName(file: string): Language | undefined {
  const dot = file.lastIndexOf('.');
  if (dot < 0) return undefined;
  const extension = file.slice(dot + 1);
  // Templates keep the ending of what they make: config.h.in, app.yaml.j2, index.html.erb.
  if (templateEndings.has(extension)) {
    const inner = file.slice(0, dot);
    return byFile.get(inner) ?? languageOfName(inner);
  }
  const stem = file.slice(0, dot);
  if (dot > 0 && (stem === 'dockerfile' || stem === 'makefile' || stem === 'jenkinsfile')) {
    return byExtension.get(extension) ?? byFile.get(stem);
  }
  return byExtension.get(extension);
}

const templateEndings = new Set([
  'in',
  'j2',
  'jinja',
  'jinja2',
  'erb',
  'tmpl',
  'tpl',
  'template',
  'dist',
  'example',
  'sample',
]);

/** Extensions that several languages use are told apart by content. */
function contested(id: string, file: string, head: Buffer): string {
  if (id === 'c' && file.includes('.h')) return looksLikeCpp(head) ? 'cpp' : 'c';
  if (id === 'typescript' && startsWith(head, '<?xml')) return 'xml';
  if (id === 'verilog' && file.endsWith('.v') && /^\s*(?:Require|From|Theorem|Lemma)\b/m.test(latin1(head)))
    return 'text';
  // What compilers write for make has the ending of D, and MATLAB that of Objective-C.
  if (id === 'd' && /^[^\s:]+\.l?o\s*:/.test(latin1(head))) return 'makefile';
  if (id === 'objective-c' && file.endsWith('.m') && !objectiveSigns.test(latin1(head))) return 'text';
  return id;
}

const objectiveSigns = /^\s*(?:#\s*(?:import|include|define|pragma)\b|@\w+|\/\*|\/\/)|\b(?:NS|UI)[A-Z]/m;

// Words that C has not, at the places where C++ has them. `extern "C"` is no sign: C headers say it for C++.
const cppSigns =
  /^\s*(?:template\s*<|namespace\b|using\s+(?:namespace\b|\w+\s*=)|(?:public|private|protected)\s*:|class\s+\w|enum\s+class\b|constexpr\b|#\s*include\s*<(?:[a-z_]+|c(?:std\w+|math|assert))>)|\bstd::|\b(?:virtual|nullptr|static_cast|noexcept|typename)\b|\boperator\s*[^\w\s]/m;

function looksLikeCpp(head: Buffer): boolean {
  const text = latin1(head).replace(/\/\*[\s\S]*?(?:\*\/|$)|\/\/.*/g, '');
  return cppSigns.test(text);
}

const latin1 = (head: Buffer) => head.toString('latin1', 0, Math.min(head.length, 16_384));
const startsWith = (head: Buffer, text: string) => head.toString('latin1', 0, text.length) === text;

function languageOfHead(head: Buffer): string {
  if (head.length < 3) return plainText.id;
  if (head[0] === 0x23 && head[1] === 0x21) return languageOfShebang(head);
  if (head[0] !== 0x3c) return plainText.id;
  const start = head.toString('latin1', 0, 15).toLowerCase();
  if (start.startsWith('<?xml')) return 'xml';
  if (start.startsWith('<?php')) return 'php';
  return start.startsWith('<!doctype html') || start.startsWith('<html') ? 'html' : plainText.id;
}

/** `#!/usr/bin/env -S python3.11 -u` names python. */
function languageOfShebang(head: Buffer): string {
  const line = head.toString('latin1', 2, 256).split(/[\r\n]/, 1)[0] ?? '';
  const parts = line.trim().split(/\s+/);
  let program = parts.shift()?.split('/').at(-1) ?? '';
  if (program === 'env')
    program =
      parts
        .find((part) => !part.startsWith('-') && !part.includes('='))
        ?.split('/')
        .at(-1) ?? '';
  const name = program.toLowerCase();
  const language = byInterpreter.get(name) ?? byInterpreter.get(name.replace(/[\d.]+$/, ''));
  return language?.id ?? plainText.id;
}
