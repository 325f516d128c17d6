/** What the daemon and the process that runs a model say to each other; over IPC with advanced serialisation. */

/** Sent once, first. */
export interface LlamaLoad {
  readonly type: 'load';
  /** Absolute path of the .gguf file. */
  readonly file: string;
  /** 0: half of the cores, at least one. */
  readonly threads: number;
  /** Requests at a time. */
  readonly slots: number;
  /** Of one slot. */
  readonly contextTokens: number;
}

export interface LlamaSampling {
  readonly maxTokens: number | null;
  readonly temperature: number | null;
  readonly topP: number | null;
  readonly seed: number | null;
  readonly stop: readonly string[];
}

export interface LlamaChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export type LlamaPrompt =
  | { readonly is: 'chat'; readonly messages: readonly LlamaChatMessage[] }
  | { readonly is: 'raw'; readonly prompt: string }
  | {
      readonly is: 'infill';
      readonly prefix: string;
      readonly suffix: string;
      /** The least important first. */
      readonly extra: readonly { readonly filename: string; readonly text: string }[];
    };

export type LlamaCommand =
  | LlamaLoad
  | {
      readonly type: 'generate';
      readonly id: number;
      readonly prompt: LlamaPrompt;
      readonly sampling: LlamaSampling;
    }
  | { readonly type: 'cancel'; readonly id: number }
  /** So many characters of the request's text have been taken; see `windowChars`. */
  | { readonly type: 'taken'; readonly id: number; readonly chars: number };

/** Why a model could not be loaded. */
export type LlamaFailure = 'absent' | 'file' | 'memory' | 'binary';

export type LlamaReport =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly why: LlamaFailure; readonly message: string }
  | { readonly type: 'text' | 'thinking'; readonly id: number; readonly text: string }
  | {
      readonly type: 'end';
      readonly id: number;
      readonly reason: 'stop' | 'length';
      readonly promptTokens: number;
      readonly outputTokens: number;
      readonly cachedTokens: number;
    }
  /** The request ended by an error; `refused`: one of its own making. */
  | { readonly type: 'error'; readonly id: number; readonly refused: boolean; readonly message: string };

/** A request of which so many characters were sent and not taken waits. */
export const windowChars = 8192;
