/**
 * The rules of secretlint's recommended preset, asked one text at a time. They are called by their own interface rather
 * than through `lintSource`: that keeps a performance mark of every call for ever, and obeys comments in the text that
 * switch rules off, which a model could write.
 */

interface RuleContext {
  readonly sharedOptions: object;
  createTranslator(): (messageId: string) => { messageId: string };
  report(found: { message: { messageId: string }; range: readonly [number, number] }): void;
  ignore(): void;
}

interface Rule {
  readonly meta: { readonly id: string };
  create(context: RuleContext, options: object): { file?(source: { content: string }): unknown };
}

/** The first hit of a rule in a text: its name and where it is. Pure. */
export type FindByRules = (text: string) => RuleHit | null;

interface RuleHit {
  readonly rule: string;
  readonly start: number;
  readonly end: number;
}

/** One is about whole JSON files and reads files, the other about comments that switch rules off. */
const leftOut = /-rule-(?:gcp|filter-comments)$/;

let loading: Promise<FindByRules> | undefined;

/** Loads the rules once (some 50 ms). */
export function loadRules(): Promise<FindByRules> {
  loading ??= import('@secretlint/secretlint-rule-preset-recommend').then(({ rules }) =>
    finder(rules as unknown as readonly Rule[]),
  );
  return loading;
}

function finder(all: readonly Rule[]): FindByRules {
  let found: RuleHit[] = [];
  const context: RuleContext = {
    sharedOptions: {},
    createTranslator: () => (messageId) => ({ messageId }),
    report: ({ message, range: [start, end] }) => found.push({ rule: message.messageId, start, end }),
    ignore: () => undefined,
  };
  const rules = all.filter(({ meta }) => !leftOut.test(meta.id)).map((rule) => rule.create(context, {}));
  return (content) => {
    found = [];
    for (const rule of rules) rule.file?.({ content });
    return found.find(({ start, end }) => !isHarmless(content.slice(start, end))) ?? null;
  };
}

/**
 * Connection strings of examples: the host is this machine or one that is reserved for documentation (RFC 2606), or the
 * password is the user's name, stands for one, or has two letters at most ("xxxx", "pwpw").
 */
function isHarmless(text: string): boolean {
  const parts = /^[a-z+:]+:\/\/([^:/\s]+):([^@/\s]+)@([^/\s?:"'`]+)/i.exec(text);
  if (!parts) return false;
  const [, user = '', password = '', host = ''] = parts;
  const local =
    /^(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[::1\]|.*\bexample(?:\.(?:com|org|net))?|.*\.(?:test|invalid|localhost))$/i;
  if (new Set(password).size <= 2) return true;
  return user === password || /^[<[{$%]/.test(password) || local.test(host);
}
