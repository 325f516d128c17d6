import type { ModelAdvice } from '../../protocol/models.js';

const gigabyte = 1e9;

/**
 * By memory: the largest model whose file takes about a third of it, so that an editor, a build and the model's cache
 * have room, too; and one for completion that is smaller still. Sizes are those of the 4-bit files in Ollama's library.
 */
const steps = [
  { fromGb: 56, chat: 'qwen2.5-coder:32b', chatGb: 20, completion: 'qwen2.5-coder:7b', completionGb: 4.7 },
  { fromGb: 27, chat: 'qwen2.5-coder:14b', chatGb: 9, completion: 'qwen2.5-coder:3b', completionGb: 1.9 },
  { fromGb: 14, chat: 'qwen2.5-coder:7b', chatGb: 4.7, completion: 'qwen2.5-coder:1.5b', completionGb: 1 },
  { fromGb: 6, chat: 'qwen2.5-coder:3b', chatGb: 1.9, completion: 'qwen2.5-coder:1.5b', completionGb: 1 },
  { fromGb: 3, chat: 'qwen2.5-coder:1.5b', chatGb: 1, completion: 'qwen2.5-coder:0.5b', completionGb: 0.4 },
  { fromGb: 0, chat: 'qwen2.5-coder:0.5b', chatGb: 0.4, completion: 'qwen2.5-coder:0.5b', completionGb: 0.4 },
] as const;

/** Which models a machine with so much memory has room for. Pure. @param memoryBytes of the machine, or the limit set */
export function modelAdvice(memoryBytes: number): ModelAdvice {
  const memoryGb = memoryBytes / gigabyte;
  const step = steps.find(({ fromGb }) => memoryGb >= fromGb) ?? steps[steps.length - 1];
  const { chat, chatGb, completion, completionGb } = step as (typeof steps)[number];
  const one = `${chat} (${chatGb} GB)`;
  const both =
    chat === completion
      ? `${one} for both`
      : `${one} for questions, ${completion} (${completionGb} GB) for completion`;
  return {
    memoryBytes,
    chat,
    completion,
    text: `With ${memoryGb < 10 ? memoryGb.toFixed(1) : Math.round(memoryGb)} GB of memory: ${both}. A graphics card runs what fits into its own memory much faster.`,
  };
}
