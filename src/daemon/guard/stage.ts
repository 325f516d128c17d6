/** Why an answer ends; never with the text. */
export interface Hit {
  readonly reason: 'secret' | 'licence';
  /** For the reader: "a GitHub token". */
  readonly what: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a stage lets through; with a hit nothing follows. */
export interface Passed {
  readonly text: string;
  readonly hit: Hit | null;
}

/**
 * A part of a guard. What it lets through, and where it stops, depends on the text alone and not on the pieces in which
 * the text comes.
 */
export interface Stage {
  push(text: string): Passed | Promise<Passed>;
  end(): Passed | Promise<Passed>;
}
