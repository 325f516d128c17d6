import type { FimTemplate } from '../../protocol/inference-config.js';

/** A file, or a part of one, that stands before the one that is completed. */
interface FimFile {
  readonly path: string;
  readonly text: string;
  /** From 0 to 1: where there is no room for all, the best stay. */
  readonly score: number;
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

/** Families whose prompts are known; Granite has had three forms, of which the configuration names the first. */
export type FimFamily = Exclude<FimTemplate, 'auto' | 'none'> | 'granite-3' | 'granite-4';

interface Family {
  /** Everything that its tokenizer takes for a token of its own, and that text may be mistaken for. */
  readonly specials: readonly string[];
  readonly stop: readonly string[];
  readonly render: (input: FimInput) => string;
}

const barred = ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|fim_pad|>'];
const angled = ['<fim_prefix>', '<fim_suffix>', '<fim_middle>', '<fim_pad>'];

const angledForm = ({ prefix, suffix }: FimInput) => `<fim_prefix>${prefix}<fim_suffix>${suffix}<fim_middle>`;

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
  render: (input) => {
    const { repo, path, prefix, suffix, files } = input;
    if (files.length === 0) return angledForm(input);
    const before = files.map((file) => `<file_sep>${file.path}\n${file.text}`).join('');
    const name = repo === '' ? '' : `<repo_name>${repo}`;
    return `${name}${before}<file_sep><fim_prefix>${path}\n${prefix}<fim_suffix>${suffix}<fim_middle>`;
  },
};

/**
 * Code Llama 7B and 13B (github.com/facebookresearch/codellama, `infilling_prompt_tokens`; the blanks are part of it). Of
 * its two orders this is prefix, suffix, middle; the other, ` <PRE> <SUF>{suffix} <MID> {prefix}`, joins what is written to
 * the prefix without a token between, where tokenizers split a word in two.
 * It has no form for other files: they come before as comments.
 */
const codellama: Family = {
  specials: ['<PRE>', '<SUF>', '<MID>', '<EOT>', '<s>', '</s>'],
  stop: ['<EOT>', '</s>', '<PRE>', '<MID>'],
  render: (input) => `<PRE> ${asComments(input)}${input.prefix} <SUF>${input.suffix} <MID>`,
};

/**
 * DeepSeek-Coder and its V2 (model cards of deepseek-coder-6.7b-base and DeepSeek-Coder-V2-Lite-Base: "Code Insertion"; of the
 * former: "Repository Level Code Completion", where files begin with `#path`). The bars are full-width (U+FF5C), the blanks
 * U+2581.
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
 * Granite Code, and others with the tokens of the first StarCoder: itself, StableCode (github.com/ibm-granite/granite-code-models,
 * issue 3: "the same way as StarCoder's"; special_tokens_map.json of granite-20b-code and of stable-code-3b: `<fim_prefix>`,
 * `<filename>`, `<reponame>`). Files are `<reponame>repo<filename>path\ncode` (StarCoder, arXiv 2305.06161).
 */
const granite: Family = {
  specials: [...angled, '<filename>', '<reponame>', '<gh_stars>', '<|endoftext|>'],
  stop: ['<|endoftext|>', '<filename>', '<reponame>', '<fim_prefix>'],
  render: (input) => {
    const { repo, path, prefix, suffix, files } = input;
    if (files.length === 0) return angledForm(input);
    const before = files.map((file) => `<filename>${file.path}\n${file.text}\n`).join('');
    const name = repo === '' ? '' : `<reponame>${repo}`;
    return `${name}${before}<fim_prefix><filename>${path}\n${prefix}<fim_suffix>${suffix}<fim_middle>`;
  },
};

/**
 * Granite 3.3 (tokenizer_config.json of granite-3.3-8b-base, as github.com/ggml-org/llama.cpp, pull request 12988, read it:
 * tokens of StarCoder, none between files): other files come before as comments.
 */
const granite3: Family = {
  specials: [
    ...angled,
    '<filename>',
    '<reponame>',
    '<|start_of_role|>',
    '<|end_of_role|>',
    '<|end_of_text|>',
  ],
  stop: ['<|end_of_text|>', '<fim_prefix>', '<fim_pad>', '<|start_of_role|>'],
  render: (input) => angledForm({ ...input, prefix: `${asComments(input)}${input.prefix}` }),
};

/** Granite 4 (ibm.com/granite/docs, prompt engineering guide): barred tokens, and no form for other files. */
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

/**
 * Seed-Coder (arXiv 2506.03524: `<[fim-suffix]>SUFFIX<[fim-prefix]>PREFIX<[fim-middle]>`, single files only): what is after
 * the cursor stands first, so that typing only adds to the prompt. Other files come before as comments.
 */
const seedCoder: Family = {
  specials: [
    '<[fim-prefix]>',
    '<[fim-suffix]>',
    '<[fim-middle]>',
    '<[begin▁of▁sentence]>',
    '<[end▁of▁sentence]>',
    '<[PAD▁TOKEN]>',
    '<[SEP▁TOKEN]>',
  ],
  stop: ['<[end▁of▁sentence]>', '<[fim-suffix]>', '<[fim-prefix]>', '<[fim-middle]>'],
  render: (input) =>
    `<[fim-suffix]>${input.suffix}<[fim-prefix]>${asComments(input)}${input.prefix}<[fim-middle]>`,
};

/**
 * Mellum (model card of JetBrains/Mellum-4b-base: `<filename>utils.py\n…<filename>example.py\n<fim_suffix>…<fim_prefix>…
 * <fim_middle>`): files by their names, and what is after the cursor first.
 */
const mellum: Family = {
  specials: [
    ...angled,
    '<filename>',
    '<reponame>',
    '<gh_stars>',
    '<|endoftext|>',
    '<|im_start|>',
    '<|im_end|>',
  ],
  stop: ['<|endoftext|>', '<filename>', '<fim_suffix>', '<fim_prefix>'],
  render: ({ path, prefix, suffix, files }) => {
    const before = files.map((file) => `<filename>${file.path}\n${file.text}\n`).join('');
    const own = files.length === 0 ? '' : `<filename>${path}\n`;
    return `${before}${own}<fim_suffix>${suffix}<fim_prefix>${prefix}<fim_middle>`;
  },
};

export const families: Readonly<Record<FimFamily, Family>> = {
  'qwen2.5-coder': qwen,
  starcoder2: starcoder,
  codellama,
  'deepseek-coder': deepseek,
  codestral,
  codegemma,
  granite,
  'granite-3': granite3,
  'granite-4': granite4,
  'seed-coder': seedCoder,
  mellum,
};

const hashed =
  /^(python|ruby|shell|bash|perl|r|yaml|toml|make|makefile|dockerfile|elixir|julia|nix|cmake|tcl|fish)$/;
const dashed = /^(sql|lua|haskell|elm|ada|vhdl)$/;

function commentOf(language: string): string {
  if (hashed.test(language)) return '#';
  return dashed.test(language) ? '--' : '//';
}

/** Other files as comments of the language; empty without any. */
export function asComments({ files, path, language }: FimInput): string {
  if (files.length === 0) return '';
  const sign = commentOf(language);
  const lines = files.flatMap((file) => [`Path: ${file.path}`, ...file.text.trimEnd().split('\n')]);
  return `${[...lines, `Path: ${path}`].map((line) => `${sign} ${line}`.trimEnd()).join('\n')}\n`;
}
