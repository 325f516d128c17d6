import { asComments, type FimFamily, type FimInput, families } from './families.js';

export interface FimPrompt {
  readonly prompt: string;
  /** Four at most: OpenAI's protocol takes no more. Other special tokens are cut from the answer. */
  readonly stop: readonly string[];
}

/** All of them, for servers whose model's family is not known. */
const allSpecials = [...new Set(Object.values(families).flatMap(({ specials }) => specials))];

/** The special tokens of a family; null: of all families. */
export function specialTokens(family: FimFamily | null): readonly string[] {
  return family ? families[family].specials : allSpecials;
}

/**
 * The prompt of a family. Special tokens in texts and paths are broken up, so that no code can pass for the prompt's own
 * form.
 */
export function fimPrompt(family: FimFamily, input: FimInput): FimPrompt {
  const { render, stop } = families[family];
  return { prompt: render(neutralInput(input, family)), stop };
}

/** As `fimPrompt`, the texts alone: what is before the cursor has the context, as comments, in front of it. */
export function plainParts(input: FimInput, family: FimFamily | null): { prefix: string; suffix: string } {
  const { prefix, suffix } = neutralInput(input, family);
  return { prefix: `${asComments(neutralInput(input, family))}${prefix}`, suffix };
}

/** What ends an answer: special tokens, and as code has them that a prompt was made of. @param family null: not known */
export function answerEnds(family: FimFamily | null): readonly string[] {
  const tokens = specialTokens(family);
  return [...tokens, ...tokens.map(brokenUp)];
}

/** Texts and paths without special tokens. @param family null: without those of any family */
export function neutralInput(input: FimInput, family: FimFamily | null): FimInput {
  const broken = breaker(specialTokens(family));
  const line = (text: string) => broken(text.replace(/[\r\n]+/g, ' '));
  return {
    language: input.language,
    repo: line(input.repo),
    path: line(input.path),
    prefix: broken(input.prefix),
    suffix: broken(input.suffix),
    files: input.files.map(({ path, text, score }) => ({ path: line(path), text: broken(text), score })),
  };
}

const breakers = new WeakMap<readonly string[], (text: string) => string>();
/** Between the first character of a token and the rest: seen by nobody, and enough for the tokenizer. */
const zeroWidth = '\u200b';

const brokenUp = (token: string) => `${token.slice(0, 1)}${zeroWidth}${token.slice(1)}`;

function breaker(tokens: readonly string[]): (text: string) => string {
  const known = breakers.get(tokens);
  if (known) return known;
  const escaped = tokens.map((token) => token.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const pattern = new RegExp(escaped.join('|'), 'g');
  const made = (text: string) => text.replace(pattern, brokenUp);
  breakers.set(tokens, made);
  return made;
}
