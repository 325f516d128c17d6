import { LcadError } from '../../shared/errors.js';

/**
 * Checks what a server sent as embeddings and makes unit vectors of it, cut to the wanted length. Cutting and scaling
 * again is what models trained for it (Matryoshka) are made for. Pure.
 *
 * @throws PROVIDER_BAD_REPLY if the number of vectors is wrong, or one is empty, zero, or holds what is no number
 */
export function unitVectors(reply: unknown, count: number, wantedDimensions: number): Float32Array[] {
  if (!Array.isArray(reply) || reply.length !== count) {
    const got = Array.isArray(reply) ? `${reply.length} vectors` : 'no list of vectors';
    throw new LcadError('PROVIDER_BAD_REPLY', `The embedding server sent ${got} for ${count} texts.`);
  }
  const vectors = reply.map((values) => unitVector(values, wantedDimensions));
  const lengths = new Set(vectors.map(({ length }) => length));
  if (lengths.size > 1) {
    throw new LcadError('PROVIDER_BAD_REPLY', 'The embedding server sent vectors of different lengths.');
  }
  return vectors;
}

function unitVector(values: unknown, wantedDimensions: number): Float32Array {
  if (!Array.isArray(values) || values.length === 0) {
    throw new LcadError('PROVIDER_BAD_REPLY', 'The embedding server sent an empty vector.');
  }
  const length = wantedDimensions > 0 ? Math.min(wantedDimensions, values.length) : values.length;
  const vector = new Float32Array(length);
  let squares = 0;
  for (let i = 0; i < length; i++) {
    const value: unknown = values[i];
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new LcadError(
        'PROVIDER_BAD_REPLY',
        'The embedding server sent a vector with a value that is no number.',
      );
    }
    vector[i] = value;
    squares += value * value;
  }
  if (squares === 0)
    throw new LcadError('PROVIDER_BAD_REPLY', 'The embedding server sent a vector of zeros.');
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < length; i++) vector[i] = (vector[i] ?? 0) * scale;
  return vector;
}
