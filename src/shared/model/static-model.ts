import { Bag } from './bag.js';
import type { StaticModel } from './contract.js';
import { layoutOf } from './layout.js';

/**
 * The model in a shared memory, for use in one thread: what it keeps of its own are counts and unknown words.
 *
 * A vector is the sum over the distinct terms of sqrt(count) times the term's row, brought to unit length. Rows hold
 * their weight.
 *
 * @param memory what `loadModel` returned
 * @throws Error for other memory
 */
export function modelOf(memory: SharedArrayBuffer): StaticModel {
  const layout = layoutOf(memory);
  const { id, dimensions, rows, scales } = layout;
  const bag = new Bag(layout);
  const embed = (column: string, out: Float32Array): boolean => {
    bag.add(column);
    out.fill(0);
    for (let at = 0; at < bag.size; at++) {
      const entry = bag.entries[at] as number;
      addRow(
        out,
        rows,
        entry * dimensions,
        Math.sqrt(bag.counts[entry] as number) * (scales[entry] as number),
      );
    }
    const isKnown = bag.size > 0;
    bag.clear();
    return isKnown && toUnitLength(out);
  };
  return { id, dimensions, embed };
}

function addRow(out: Float32Array, rows: Int8Array, from: number, factor: number): void {
  for (let at = 0, row = from; at < out.length; at += 4, row += 4) {
    out[at] = (out[at] as number) + factor * (rows[row] as number);
    out[at + 1] = (out[at + 1] as number) + factor * (rows[row + 1] as number);
    out[at + 2] = (out[at + 2] as number) + factor * (rows[row + 2] as number);
    out[at + 3] = (out[at + 3] as number) + factor * (rows[row + 3] as number);
  }
}

/** False for a vector of zeros. */
function toUnitLength(vector: Float32Array): boolean {
  let squares = 0;
  for (let at = 0; at < vector.length; at++) squares += (vector[at] as number) ** 2;
  if (squares === 0) return false;
  const factor = 1 / Math.sqrt(squares);
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] as number) * factor;
  return true;
}
