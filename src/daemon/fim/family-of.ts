import type { FimFamily } from './families.js';

/**
 * Code Llama of 34B, 70B and for Python, and Codestral Mamba, were not trained to fill in; models that predict edits (Zeta,
 * Instinct) take prompts of their own.
 */
const byName: readonly (readonly [RegExp, FimFamily])[] = [
  [/codegemma/, 'codegemma'],
  [/codestral(?!.*mamba)/, 'codestral'],
  [/starcoder-?2/, 'starcoder2'],
  [/code-?llama(?!.*(34b|70b|python))/, 'codellama'],
  [/deepseek-?coder/, 'deepseek-coder'],
  [/granite.*code|starcoder|stable-?code/, 'granite'],
  [/granite-?3\.[3-9]/, 'granite-3'],
  [/granite-?[4-9](?!\d*b)/, 'granite-4'],
  [/qwen-?[23](\.\d+)*-?coder/, 'qwen2.5-coder'],
  [/seed-?coder/, 'seed-coder'],
  [/mellum/, 'mellum'],
];

/** By what stands in a model's prompt template, the surest first. */
const byTemplate: readonly (readonly [string, FimFamily])[] = [
  ['<｜fim▁begin｜>', 'deepseek-coder'],
  ['[SUFFIX]', 'codestral'],
  ['<PRE>', 'codellama'],
  ['<|file_separator|>', 'codegemma'],
  ['<file_sep>', 'starcoder2'],
  ['<[fim-suffix]>', 'seed-coder'],
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
  // The folder of a file says less than its name: /models/codellama/qwen2.5-coder.gguf.
  for (const one of [name.slice(name.lastIndexOf('/') + 1), name]) {
    for (const [pattern, family] of byName) if (pattern.test(one)) return family;
  }
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
