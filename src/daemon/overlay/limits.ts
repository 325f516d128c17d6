/** What bounds buffers. Characters are UTF-16 units. */
export interface OverlayLimits {
  /** Of one text. */
  readonly bufferChars: number;
  /** Buffers of a client. */
  readonly buffers: number;
  /** Of all texts of a client. */
  readonly clientChars: number;
  /** Of all texts of all clients. */
  readonly allChars: number;
  /** From a change to the outline of it, so that typing does not begin one with each letter (ms). */
  readonly outlineDelayMs: number;
  /** Outlines that are being made at a time, of all clients. */
  readonly outlinesAtOnce: number;
}

export const defaultOverlayLimits: OverlayLimits = {
  bufferChars: 4_000_000,
  buffers: 1000,
  clientChars: 32_000_000,
  allChars: 128_000_000,
  outlineDelayMs: 80,
  outlinesAtOnce: 2,
};
