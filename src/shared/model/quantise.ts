const largest = 127;

/**
 * Quantises a vector to signed bytes. Pure. The scale keeps the vector's length, so that the similarity of two quantised
 * vectors is that of their directions and never exceeds 1.
 * @param vector finite numbers
 * @param out receives a byte for each component
 * @returns the scale: a component is about its byte times this; 0 for a vector of zeros
 */
export function quantise(vector: Float32Array, out: Int8Array): number {
  let most = 0;
  for (let i = 0; i < vector.length; i++) most = Math.max(most, Math.abs(vector[i] as number));
  if (most === 0) {
    out.fill(0);
    return 0;
  }
  const perUnit = largest / most;
  let square = 0;
  let quantised = 0;
  for (let i = 0; i < vector.length; i++) {
    const value = vector[i] as number;
    const byte = Math.round(value * perUnit);
    out[i] = byte;
    square += value * value;
    quantised += byte * byte;
  }
  return Math.sqrt(square / quantised);
}

/** Quantises vectors of the same length, one row after the other, with a scale for each. Pure. */
export function quantiseAll(
  vectors: readonly Float32Array[],
  dimensions: number,
): { values: Int8Array<ArrayBuffer>; scales: Float32Array<ArrayBuffer> } {
  const values = new Int8Array(vectors.length * dimensions);
  const scales = Float32Array.from(vectors, (vector, row) =>
    quantise(vector, values.subarray(row * dimensions, (row + 1) * dimensions)),
  );
  return { values, scales };
}
