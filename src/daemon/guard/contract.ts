/** Looks at what a model writes before anybody sees it. One guard per stream. */
export interface Guard {
  /**
   * Takes what the model wrote.
   * @returns what may be shown now; what could still become part of a hit is kept back
   * @throws OUTPUT_STOPPED with `details.reason` ('secret' or 'licence') and what is known of the hit, never its text
   */
  push(text: string): string | Promise<string>;
  /** The stream has ended: the rest. @throws as push */
  end(): string | Promise<string>;
}

/** Makes guards as the configuration says. */
export interface Guards {
  /** Null if nothing is to be looked for. */
  open(): Guard | null;
}
