type Write = (details: Record<string, unknown>, message: string) => void;

/** What the parts of the daemon need of a logger; pino's has it. Details never hold source text or queries. */
export interface Log {
  debug: Write;
  info: Write;
  warn: Write;
  error: Write;
}
