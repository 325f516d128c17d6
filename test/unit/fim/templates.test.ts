import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FimFamily, FimInput } from '../../../src/daemon/fim/families.js';
import { familyOf } from '../../../src/daemon/fim/family-of.js';
import { fimPrompt, plainParts, specialTokens } from '../../../src/daemon/fim/templates.js';

const alone: FimInput = {
  repo: 'shop',
  path: 'src/main.ts',
  language: 'typescript',
  prefix: 'const a = ',
  suffix: ';\nb();\n',
  files: [],
};
const several: FimInput = {
  ...alone,
  files: [
    { path: 'src/a.ts', text: 'export const one = 1;', score: 1 },
    { path: 'src/b.ts', text: 'export const two = 2;', score: 1 },
  ],
};

const families: FimFamily[] = [
  'qwen2.5-coder',
  'starcoder2',
  'codellama',
  'deepseek-coder',
  'codestral',
  'codegemma',
  'granite',
  'granite-3',
  'granite-4',
  'seed-coder',
  'mellum',
];

describe('prompts, byte by byte', () => {
  const barred = '<|fim_prefix|>const a = <|fim_suffix|>;\nb();\n<|fim_middle|>';
  const comments =
    '// Path: src/a.ts\n// export const one = 1;\n// Path: src/b.ts\n// export const two = 2;\n// Path: src/main.ts\n';
  const expected: [FimFamily, string, string][] = [
    [
      'qwen2.5-coder',
      barred,
      `<|repo_name|>shop\n<|file_sep|>src/a.ts\nexport const one = 1;\n<|file_sep|>src/b.ts\nexport const two = 2;\n<|file_sep|>src/main.ts\n${barred}`,
    ],
    [
      'starcoder2',
      '<fim_prefix>const a = <fim_suffix>;\nb();\n<fim_middle>',
      '<repo_name>shop<file_sep>src/a.ts\nexport const one = 1;<file_sep>src/b.ts\nexport const two = 2;<file_sep><fim_prefix>src/main.ts\nconst a = <fim_suffix>;\nb();\n<fim_middle>',
    ],
    [
      'codellama',
      '<PRE> const a =  <SUF>;\nb();\n <MID>',
      `<PRE> ${comments}const a =  <SUF>;\nb();\n <MID>`,
    ],
    [
      'deepseek-coder',
      '<\uff5cfim\u2581begin\uff5c>const a = <\uff5cfim\u2581hole\uff5c>;\nb();\n<\uff5cfim\u2581end\uff5c>',
      '<\uff5cfim\u2581begin\uff5c>#src/a.ts\nexport const one = 1;\n\n#src/b.ts\nexport const two = 2;\n\n#src/main.ts\nconst a = <\uff5cfim\u2581hole\uff5c>;\nb();\n<\uff5cfim\u2581end\uff5c>',
    ],
    [
      'codestral',
      '[SUFFIX];\nb();\n[PREFIX]const a = ',
      '[SUFFIX];\nb();\n[PREFIX]+++++ src/a.ts\nexport const one = 1;\n\n+++++ src/b.ts\nexport const two = 2;\n\n+++++ src/main.ts\nconst a = ',
    ],
    [
      'codegemma',
      barred,
      `<|file_separator|>src/a.ts\nexport const one = 1;\n<|file_separator|>src/b.ts\nexport const two = 2;\n<|file_separator|>src/main.ts\n${barred}`,
    ],
    [
      'granite',
      '<fim_prefix>const a = <fim_suffix>;\nb();\n<fim_middle>',
      '<reponame>shop<filename>src/a.ts\nexport const one = 1;\n<filename>src/b.ts\nexport const two = 2;\n<fim_prefix><filename>src/main.ts\nconst a = <fim_suffix>;\nb();\n<fim_middle>',
    ],
    [
      'granite-3',
      '<fim_prefix>const a = <fim_suffix>;\nb();\n<fim_middle>',
      `<fim_prefix>${comments}const a = <fim_suffix>;\nb();\n<fim_middle>`,
    ],
    [
      'seed-coder',
      '<[fim-suffix]>;\nb();\n<[fim-prefix]>const a = <[fim-middle]>',
      `<[fim-suffix]>;\nb();\n<[fim-prefix]>${comments}const a = <[fim-middle]>`,
    ],
    [
      'mellum',
      '<fim_suffix>;\nb();\n<fim_prefix>const a = <fim_middle>',
      '<filename>src/a.ts\nexport const one = 1;\n<filename>src/b.ts\nexport const two = 2;\n<filename>src/main.ts\n<fim_suffix>;\nb();\n<fim_prefix>const a = <fim_middle>',
    ],
    ['granite-4', barred, `<|fim_prefix|>${comments}const a = <|fim_suffix|>;\nb();\n<|fim_middle|>`],
  ];
  test.each(expected)('%s', (family, one, many) => {
    expect(fimPrompt(family, alone).prompt).toBe(one);
    expect(fimPrompt(family, several).prompt).toBe(many);
  });

  test('comments are those of the language', () => {
    const python = { ...several, language: 'python' };
    expect(plainParts(python, null).prefix).toMatch(/^# Path: src\/a\.ts\n# export/);
    expect(plainParts({ ...several, language: 'lua' }, null).prefix).toMatch(/^-- Path/);
  });

  test('no more stop texts than OpenAI takes, each a special token or a form of its own', () => {
    for (const family of families) {
      const { stop } = fimPrompt(family, alone);
      expect(stop.length).toBeLessThanOrEqual(4);
      for (const one of stop) expect([...specialTokens(family), '\n+++++ ']).toContain(one);
    }
  });
});

describe('special tokens in text', () => {
  const counted = (prompt: string, tokens: readonly string[]) =>
    tokens.map((token) => prompt.split(token).length - 1);

  test.each(families)('%s: none gets into the prompt, from wherever it comes', (family) => {
    const tokens = specialTokens(family);
    const piece = fc.oneof(fc.constantFrom(...tokens), fc.string({ maxLength: 4 }));
    const text = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(''));
    const clean = counted(fimPrompt(family, several).prompt, tokens);
    fc.assert(
      fc.property(text, text, text, text, (prefix, suffix, path, code) => {
        const forged = {
          ...several,
          prefix,
          suffix,
          path,
          files: several.files.map((file) => ({ path: file.path, text: code, score: 1 })),
        };
        expect(counted(fimPrompt(family, forged).prompt, tokens)).toEqual(clean);
      }),
    );
  });

  test('text without them goes as it is', () => {
    const prefix = 'if (a < b && c > d) { x[PRE] = "<fim>"; }';
    expect(fimPrompt('codestral', { ...alone, prefix }).prompt.endsWith(prefix)).toBe(true);
  });
});

test.each([
  ['qwen2.5-coder:7b', null, 'qwen2.5-coder'],
  ['Qwen/Qwen3-Coder-30B-A3B', null, 'qwen2.5-coder'],
  ['Qwen2.5-7B-Instruct', null, null],
  ['starcoder2:3b', null, 'starcoder2'],
  ['codellama:7b-code', null, 'codellama'],
  ['/models/CodeLlama-7b.Q4_K_M.gguf', null, 'codellama'],
  ['deepseek-coder-v2:16b', null, 'deepseek-coder'],
  ['codestral:22b', null, 'codestral'],
  ['codegemma:2b', null, 'codegemma'],
  ['granite-code:3b', null, 'granite'],
  ['granite4:micro', null, 'granite-4'],
  ['granite-3.3-8b-instruct', null, 'granite-3'],
  ['granite3.3:8b', null, 'granite-3'],
  ['granite-3.1-8b-instruct', null, null],
  ['ibm-granite/granite-4.0-h-small', null, 'granite-4'],
  ['ibm-granite/granite-8b-code-base-4k', null, 'granite'],
  ['granite-34b-code-instruct', null, 'granite'],
  ['granite-8b-lab', null, null],
  ['stabilityai/stable-code-3b', null, 'granite'],
  ['bigcode/starcoderbase-1b', null, 'granite'],
  ['hf.co/bigcode/starcoder2-7b-GGUF:Q4_K_M', null, 'starcoder2'],
  ['codellama:34b-code', null, null],
  ['CodeLlama-7b-Python-hf', null, null],
  ['CodeLlama-13B.gguf', null, 'codellama'],
  ['codestral-mamba', null, null],
  ['deepseek-ai/DeepSeek-Coder-V2-Lite-Base', null, 'deepseek-coder'],
  ['qwen2.5.1-coder-7b', null, 'qwen2.5-coder'],
  ['qwen3-coder:30b', null, 'qwen2.5-coder'],
  ['Qwen/Qwen3-Coder-Next', null, 'qwen2.5-coder'],
  ['ByteDance-Seed/Seed-Coder-8B-Base', null, 'seed-coder'],
  ['JetBrains/Mellum-4b-base', null, 'mellum'],
  ['zed-industries/zeta', null, null],
  ['/models/codellama/qwen2.5-coder-7b.gguf', null, 'qwen2.5-coder'],
  ['/models/codestral/model.gguf', null, 'codestral'],
  ['my-model', '<[fim-suffix]>{{ .Suffix }}<[fim-prefix]>', 'seed-coder'],
  ['my-model', '<fim_prefix>{{ .Prompt }}<fim_suffix>', 'granite'],
  ['my-model', '{{ if .Suffix }}<|fim_prefix|>{{ .Prompt }}<|fim_suffix|>', 'qwen2.5-coder'],
  ['my-model', '<|fim_prefix|> <start_of_turn>', 'codegemma'],
  ['my-model', '[SUFFIX]{{ .Suffix }}[PREFIX]', 'codestral'],
  ['llama3.2', '<|start_header_id|>', null],
])('%s with template %j is of family %s', (model, template, family) => {
  expect(familyOf(model, template)).toBe(family);
});
