import type { Config } from '../../protocol/config.js';

export type RerankConfig = Config['rerank'];

/** What a reranker found. */
interface RerankAnswer {
  /**
   * A score for each text that was given, higher is better, in no particular scale; null where the server gave none
   * (past rerank.maxDocuments, or left out by it): those keep their order, behind the others.
   */
  readonly scores: readonly (number | null)[];
  /** Who scored: "cross-encoder at http://127.0.0.1:8080". */
  readonly by: string;
}

export type RerankReply =
  | { readonly ok: true; readonly answer: RerankAnswer }
  /** The order stays as it was; `reason` is a sentence for the reply's notes. */
  | { readonly ok: false; readonly reason: string };

/** Scores texts against a question by the provider that the configuration names. */
export interface Reranker {
  /** False for `builtin`: the search's own order is the one; rerank() then says so at once. */
  readonly active: boolean;
  /**
   * @param texts best first by the search's own ranking; each is cut to what models read
   * @returns scores, or why there are none. A server's fault is never thrown
   * @throws the signal's reason only
   */
  rerank(query: string, texts: readonly string[], options: { signal: AbortSignal }): Promise<RerankReply>;
}
