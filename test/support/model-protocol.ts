/** The protocols that the model server for tests speaks. */
export type ServerKind = 'ollama' | 'openai' | 'llama-server';

/** A model that it offers; what is left out is as of a small coding model. */
export interface ServerModel {
  readonly name: string;
  /** In memory; default true. */
  readonly loaded?: boolean;
  /** Default 8192. */
  readonly contextTokens?: number;
  /** Default: chat, infill and tools, no embedding. */
  readonly chat?: boolean;
  readonly infill?: boolean;
  readonly tools?: boolean;
  readonly embedding?: boolean;
  /** Prompt template (Ollama's, or Jinja of llama-server). */
  readonly template?: string;
  readonly bytes?: number;
  readonly family?: string;
  readonly parameters?: string;
  readonly quantisation?: string;
}

/** A request as a handler of replies sees it. */
export type RequestBody = Readonly<Record<string, unknown>>;

/** A tool that a model calls; a text as arguments is what it wrote, which need not be JSON. */
export interface ToolReply {
  readonly name: string;
  readonly arguments: object | string;
}

/** What the server says to one generation. Everything left out has a plain default. */
export interface Reply {
  /** Pieces that are sent one by one; default: "ok". */
  readonly tokens?: readonly string[];
  /** Before the headers are sent (ms): loading of a model, reading of the prompt. */
  readonly firstTokenMs?: number;
  /** Before each token but the first (ms). */
  readonly delayMs?: number;
  /** What the model says to itself, sent before the tokens. */
  readonly thinking?: readonly string[];
  /** What it says to itself before a token, by the token's number from 0. */
  readonly thoughts?: Readonly<Record<number, string>>;
  /** Tools that the model asks for, sent after the tokens. */
  readonly tools?: readonly ToolReply[];
  /** Default: 'tools' if there are some, 'length' if the request's limit cuts the tokens, otherwise 'stop'. */
  readonly reason?: string;
  /** Default: prompt tokens by the length of the body / 4, output tokens as sent, none cached. */
  readonly usage?: { readonly prompt?: number; readonly output?: number; readonly cached?: number };
}

/** A request that the server got. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; {} if there was none. */
  readonly body: RequestBody;
  /** When its body was there (performance.now()). */
  readonly at: number;
  /** When its connection was closed before the answer was complete; null if it was not. */
  abortedAt: number | null;
  /** When the answer was complete; null if it is not. */
  endedAt: number | null;
  /** Tokens that were written. */
  sentTokens: number;
  /** Bytes of answer that were handed to the system. */
  sentBytes: number;
}

/** The messages of one answer in a protocol, as they stand on the wire. */
export interface Speech {
  /** Before the first token. */
  begin(): readonly string[];
  readonly tokens: readonly string[];
  token(text: string): string;
  thought(text: string): string;
  /** Tools, the finish reason, usage, the end marker. */
  end(): readonly string[];
  error(message: string, code: number): string;
  /** The answer to a request that does not stream. */
  whole(): object;
}

/** What a protocol needs to know of the server. */
export interface Offer {
  readonly models: readonly ServerModel[];
  readonly slots: number;
  readonly dimensions: number;
  /** Generations that are being answered. */
  readonly open: number;
}

/** A status with its JSON. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** A wire protocol. */
export interface Protocol {
  readonly streamType: string;
  readonly streamsByDefault: boolean;
  /** Whether a request generates text. */
  generates(path: string, body: RequestBody): boolean;
  /** Why a generation is refused, as the real server would; null if it is not. */
  refuses(seen: SeenRequest, offer: Offer): Answer | null;
  /** The answer to what is no generation. */
  other(seen: SeenRequest, offer: Offer): Answer;
  error(message: string, status: number): object;
  speech(seen: SeenRequest, reply: Reply, models: readonly ServerModel[]): Speech;
}
