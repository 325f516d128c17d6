import type { FimTemplate } from '../../protocol/inference-config.js';

/** A file, or a part of one, that stands before the one that is completed. */
interface FimFile {
  readonly path: string;
  readonly text: string;
}

/** What a prompt is made of. */
export interface FimInput {
  /** Name of the repository; empty: none. */
  readonly repo: string;
  /** Path of the file that is completed, from the root of its repository. */
  readonly path: string;
  /** Name in the language table; by it context is written as comments where a family has no form for it. */
  readonly language: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly files: readonly FimFile[];
}

export interface FimPrompt {
  readonly prompt: string;
  /** Four at most: OpenAI's protocol takes no more. Other special tokens are cut from the answer. */
  readonly stop: readonly string[];
}

/** Families whose prompts are known; Granite has had two sets of tokens. */
export type FimFamily = Exclude<FimTemplate, 'auto' | 'none'> | 'granite-4';

interface Family {
  /** Everything that its tokenizer takes for a token of its own, and that text may be mistaken for. */
  readonly specials: readonly string[];
  readonly stop: readonly string[];
  readonly render: (input: FimInput) => string;
}

const barred = ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|fim_pad|>'];
const angled = ['<fim_prefix>', '<fim_suffix>', '<fim_middle>', '<fim_pad>'];

const barredForm = ({ prefix, suffix }: FimInput) =>
  `<|fim_prefix|>${prefix}<|fim_suffix|>${suffix}<|fim_middle|>`;

/**
 * Qwen2.5-Coder and Qwen3-Coder. The form for repositories is that of its technical report (arXiv 2409.12186, 3.1.2:
 * `<|repo_name|>{repo}\n<|file_sep|>{path}\n{code}\n…<|file_sep|>{path}\n<|fim_prefix|>…`), which llama.cpp's /infill uses too.
 */
const qwen: Family = {
  specials: [
    ...barred,
    '<|repo_name|>',
    '<|file_sep|>',
    '<|endoftext|>',
    '<|im_start|>',
    '<|im_end|>',
    '<|cursor|>',
  ],
  stop: ['<|endoftext|>', '<|file_sep|>', '<|repo_name|>', '<|fim_prefix|>'],
  render: (input) => {
    if (input.files.length === 0) return barredForm(input);
    const files = input.files.map(({ path, text }) => `<|file_sep|>${path}\n${text}\n`).join('');
    return `<|repo_name|>${input.repo || 'repo'}\n${files}<|file_sep|>${input.path}\n${barredForm(input)}`;
  },
};

/**
 * StarCoder2 (arXiv 2402.19173, 5.1): `<repo_name>repo<file_sep>path0\ncode0<file_sep><fim_prefix>path1\ncode1_pre
 * <fim_suffix>code1_suf<fim_middle>`: the path is part of what stands before the cursor.
 */
const starcoder: Family = {
  specials: [...angled, '<file_sep>', '<repo_name>', '<|endoftext|>', '<issue_start>', '<jupyter_start>'],
  stop: ['<|endoftext|>', '<file_sep>', '<fim_prefix>', '<repo_name>'],
  render: ({ repo, path, prefix, suffix, files }) => {
    if (files.length === 0) return `<fim_prefix>${prefix}<fim_suffix>${suffix}<fim_middle>`;
    const before = files.map((file) => `<file_sep>${file.path}\n${file.text}`).join('');
    const name = repo === '' ? '' : `<repo_name>${repo}`;
    return `${name}${before}<file_sep><fim_prefix>${path}\n${prefix}<fim_suffix>${suffix}<fim_middle>`;
  },
};

/**
 * Code Llama 7B and 13B (github.com/facebookresearch/codellama, `infilling_prompt_tokens`; the blanks are part of it).
 * It has no form for other files: they come before as comments.
 */
const codellama: Family = {
  specials: ['<PRE>', '<SUF>', '<MID>', '<EOT>', '<s>', '</s>'],
  stop: ['<EOT>', '</s>', '<PRE>', '<MID>'],
  render: (input) => `<PRE> ${asComments(input)}${input.prefix} <SUF>${input.suffix} <MID>`,
};

/**
 * DeepSeek-Coder (model card of deepseek-coder-6.7b-base: "Code Insertion", and "Repository Level Code Completion", where
 * files begin with `#path`). The bars are full-width (U+FF5C), the blanks U+2581.
 */
const deepseek: Family = {
  specials: [
    '<｜fim▁begin｜>',
    '<｜fim▁hole｜>',
    '<｜fim▁end｜>',
    '<｜begin▁of▁sentence｜>',
    '<｜end▁of▁sentence｜>',
    '<|EOT|>',
  ],
  stop: ['<｜end▁of▁sentence｜>', '<|EOT|>', '<｜fim▁begin｜>', '<｜fim▁end｜>'],
  render: ({ path, prefix, suffix, files }) => {
    const before = files.map((file) => `#${file.path}\n${file.text}\n\n`).join('');
    const own = files.length === 0 ? '' : `#${path}\n`;
    return `<｜fim▁begin｜>${before}${own}${prefix}<｜fim▁hole｜>${suffix}<｜fim▁end｜>`;
  },
};

/**
 * Codestral: `[SUFFIX]…[PREFIX]…` as mistral-common encodes it (fill-in-the-middle requests of tokenizer v3); files by
 * `+++++ path`, as Continue writes them (github.com/continuedev/continue, AutocompleteTemplate.ts).
 */
const codestral: Family = {
  specials: ['[SUFFIX]', '[PREFIX]', '[MIDDLE]', '[INST]', '[/INST]', '<s>', '</s>'],
  stop: ['</s>', '[PREFIX]', '[SUFFIX]', '\n+++++ '],
  render: ({ path, prefix, suffix, files }) => {
    const before = files.map((file) => `+++++ ${file.path}\n${file.text}\n\n`).join('');
    const own = files.length === 0 ? '' : `+++++ ${path}\n`;
    return `[SUFFIX]${suffix}[PREFIX]${before}${own}${prefix}`;
  },
};

/**
 * CodeGemma (ai.google.dev/gemma/docs/codegemma/prompt-structure: no blanks between tokens and text, files divided by
 * `<|file_separator|>`; their paths as ProxyAI writes them, github.com/carlrobertoh/ProxyAI, InfillPromptTemplate).
 */
const codegemma: Family = {
  specials: [...barred, '<|file_separator|>', '<start_of_turn>', '<end_of_turn>', '<bos>', '<eos>'],
  stop: ['<|file_separator|>', '<end_of_turn>', '<eos>', '<|fim_prefix|>'],
  render: (input) => {
    if (input.files.length === 0) return barredForm(input);
    const before = input.files.map(({ path, text }) => `<|file_separator|>${path}\n${text}\n`).join('');
    return `${before}<|file_separator|>${input.path}\n${barredForm(input)}`;
  },
};

/**
 * Granite Code (special_tokens_map.json of granite-20b-code: `<fim_prefix>`, `<filename>`, `<reponame>`, those of the first
 * StarCoder, whose files are `<reponame>repo<filename>path\ncode`).
 */
const granite: Family = {
  specials: [...angled, '<filename>', '<reponame>', '<gh_stars>', '<|endoftext|>'],
  stop: ['<|endoftext|>', '<filename>', '<reponame>', '<fim_prefix>'],
  render: ({ repo, path, prefix, suffix, files }) => {
    if (files.length === 0) return `<fim_prefix>${prefix}<fim_suffix>${suffix}<fim_middle>`;
    const before = files.map((file) => `<filename>${file.path}\n${file.text}\n`).join('');
    const name = repo === '' ? '' : `<reponame>${repo}`;
    return `${name}${before}<fim_prefix><filename>${path}\n${prefix}<fim_suffix>${suffix}<fim_middle>`;
  },
};

/** Granite 3.3 and 4 (ibm.com/granite/docs, prompt engineering guide): barred tokens, and no form for other files. */
const granite4: Family = {
  specials: [
    ...barred,
    '<|filename|>',
    '<|reponame|>',
    '<|start_of_role|>',
    '<|end_of_role|>',
    '<|end_of_text|>',
  ],
  stop: ['<|end_of_text|>', '<|fim_prefix|>', '<|fim_pad|>', '<|start_of_role|>'],
  render: (input) => barredForm({ ...input, prefix: `${asComments(input)}${input.prefix}` }),
};

const families: Readonly<Record<FimFamily, Family>> = {
  'qwen2.5-coder': qwen,
  starcoder2: starcoder,
  codellama,
  'deepseek-coder': deepseek,
  codestral,
  codegemma,
  granite,
  'granite-4': granite4,
};

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
    files: input.files.map(({ path, text }) => ({ path: line(path), text: broken(text) })),
  };
}

const breakers = new WeakMap<readonly string[], (text: string) => string>();
/** Between the first character of a token and the rest: seen by nobody, and enough for the tokenizer. */
const zeroWidth = '\u200b';

function breaker(tokens: readonly string[]): (text: string) => string {
  const known = breakers.get(tokens);
  if (known) return known;
  const escaped = tokens.map((token) => token.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const pattern = new RegExp(escaped.join('|'), 'g');
  const made = (text: string) =>
    text.replace(pattern, (token) => `${token.slice(0, 1)}${zeroWidth}${token.slice(1)}`);
  breakers.set(tokens, made);
  return made;
}

const byName: readonly (readonly [RegExp, FimFamily])[] = [
  [/codegemma/, 'codegemma'],
  [/codestral/, 'codestral'],
  [/starcoder-?2/, 'starcoder2'],
  [/code-?llama/, 'codellama'],
  [/deepseek-?coder/, 'deepseek-coder'],
  [/granite-?(3\.[3-9]|[4-9])/, 'granite-4'],
  [/granite.*code/, 'granite'],
  [/qwen-?[23](\.\d)?-?coder/, 'qwen2.5-coder'],
];

/** By what stands in a model's prompt template, the surest first. */
const byTemplate: readonly (readonly [string, FimFamily])[] = [
  ['<｜fim▁begin｜>', 'deepseek-coder'],
  ['[SUFFIX]', 'codestral'],
  ['<PRE>', 'codellama'],
  ['<|file_separator|>', 'codegemma'],
  ['<file_sep>', 'starcoder2'],
];

/**
 * The family of a model: by its name as a server or a file has it, or else by its template and architecture; null if it is
 * not known.
 * @param architecture "starcoder2", as GGUF files have it
 */
export function familyOf(
  model: string,
  template: string | null = null,
  architecture: string | null = null,
): FimFamily | null {
  const name = model.toLowerCase();
  for (const [pattern, family] of byName) if (pattern.test(name)) return family;
  if (architecture === 'starcoder2') return 'starcoder2';
  if (template === null) return null;
  for (const [token, family] of byTemplate) if (template.includes(token)) return family;
  if (template.includes('<|fim_prefix|>')) {
    if (template.includes('<start_of_turn>')) return 'codegemma';
    if (template.includes('<|start_of_role|>')) return 'granite-4';
    return 'qwen2.5-coder';
  }
  return template.includes('<fim_prefix>') ? 'granite' : null;
}

const hashed =
  /^(python|ruby|shell|bash|perl|r|yaml|toml|make|makefile|dockerfile|elixir|julia|nix|cmake|tcl|fish)$/;
const dashed = /^(sql|lua|haskell|elm|ada|vhdl)$/;

function commentOf(language: string): string {
  if (hashed.test(language)) return '#';
  return dashed.test(language) ? '--' : '//';
}

/** Other files as comments of the language; empty without any. */
function asComments({ files, path, language }: FimInput): string {
  if (files.length === 0) return '';
  const sign = commentOf(language);
  const lines = files.flatMap((file) => [`Path: ${file.path}`, ...file.text.trimEnd().split('\n')]);
  return `${[...lines, `Path: ${path}`].map((line) => `${sign} ${line}`.trimEnd()).join('\n')}\n`;
}
