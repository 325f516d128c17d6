/**
 * The built-in embedding model as indexing and search see it: a bag of terms (shared/terms.ts) in, a vector out. The
 * same for chunks, for the paths of files, and for questions.
 */
export interface StaticModel {
  /** File-safe; differs between models whose vectors cannot be compared. */
  readonly id: string;
  readonly dimensions: number;
  /**
   * Embeds a column of terms, as `termsColumn` gives it.
   * @param out receives the vector, of unit length; `dimensions` numbers
   * @returns false if no term is known: `out` is zero then
   */
  embed(column: string, out: Float32Array): boolean;
}
