import { writeFileSync } from 'node:fs';
import { encodeModel } from '../../src/shared/model/file.js';

/**
 * Writes a model's file in which every word has a direction of its own.
 * @param words terms as shared/terms.ts gives them; at most `dimensions`
 */
export function writeModel(file: string, name: string, words: readonly string[], dimensions = 32): void {
  const rows = new Uint8Array((words.length * dimensions) / 2).fill(0x88);
  for (let word = 0; word < words.length; word++) {
    // Numbers of four bits, plus 8, the lower half of a byte first: 7 at the word's own place, 0 elsewhere.
    const at = (word * dimensions + word) >> 1;
    rows[at] = word % 2 === 0 ? 0x8f : 0xf8;
  }
  const scales = new Float32Array(words.length).fill(0.1);
  const model = { dimensions, words: [...words], roots: [], stops: [], rows, scales, metadata: {} };
  writeFileSync(file, encodeModel(name, model));
}
