import { detectLanguage } from '../../workers/languages.js';
import type { BufferEdit, OpenBuffer } from './contract.js';
import { withEdit } from './edits.js';
import { languageOfClient } from './languages.js';
import { LazyOutline, type OutlineJob, type OutlineMade, type OutlineWanted } from './outliner.js';
import { EditableText, type TextChange } from './text.js';
import { documentPath, pathOfUri } from './uris.js';

/** What a client says of a document that it opens. */
export interface OpenedDocument {
  readonly uri: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
}

interface HeldOptions {
  /** Makes what has its outlines made. */
  readonly jobOf: (held: HeldDocument) => OutlineJob;
  /** Content key that a file has in the index, if it is there. */
  readonly savedKey: (path: string) => string | undefined;
  readonly onOutline: () => void;
}

/** Code units of a text's beginning that may tell its language, as many bytes as of a file. */
const headChars = 16_384;

/** One document that a client holds open, and its outline. */
export class HeldDocument {
  readonly uri: string;
  readonly path: string;
  readonly #text: EditableText;
  readonly #openedAt = Date.now();
  readonly #job: OutlineJob;
  readonly #options: HeldOptions;
  /** Null: it is told from path and content, as in the index. */
  readonly #given: string | null;
  #language: string;
  #version: number;
  #unsaved = true;
  #outline: LazyOutline | null = null;
  /** The version that an outline is being made of. */
  #outlining = 0;
  #outliningText = '';
  #changedAt = this.#openedAt;
  #edits: readonly BufferEdit[] = [];
  #snapshot: OpenBuffer | null = null;

  constructor({ uri, languageId, version, text }: OpenedDocument, options: HeldOptions) {
    this.uri = uri;
    this.path = documentPath(uri);
    this.#given = pathOfUri(uri) === null ? languageOfClient(languageId) : null;
    this.#language = this.#given ?? detectLanguage(this.path, Buffer.from(text.slice(0, headChars)));
    this.#version = version;
    this.#text = new EditableText(text);
    this.#options = options;
    this.#job = options.jobOf(this);
    this.#job.changed();
  }

  get chars(): number {
    return this.#text.text.length;
  }

  get isIdle(): boolean {
    return this.#job.isIdle;
  }

  get buffer(): OpenBuffer {
    this.#snapshot ??= {
      uri: this.uri,
      path: this.path,
      language: this.#language,
      version: this.#version,
      text: this.#text.text,
      unsaved: this.#unsaved,
      outline: this.#outline,
      openedAt: this.#openedAt,
      changedAt: this.#changedAt,
      edits: this.#edits,
    };
    return this.#snapshot;
  }

  /** Applies changes one after the other. */
  change(version: number | null, changes: readonly TextChange[]): void {
    const now = Date.now();
    const before = this.#version;
    this.#version = Math.max(version ?? 0, before + 1);
    this.#snapshot = null;
    let isSame = true;
    for (const change of changes) {
      const lines = this.#text.apply(change);
      if (!lines) continue;
      isSame = false;
      this.#edits = withEdit(this.#edits, lines, now);
    }
    if (isSame) {
      // An outline is of a text: that of the version before is of this one too.
      if (this.#outlining === before) this.#outlining = this.#version;
      if (this.#outline?.version === before) this.#outline = this.#outline.of(this.#version);
      return;
    }
    this.#changedAt = now;
    this.#unsaved = true;
    this.#job.changed();
  }

  saved(): void {
    this.#unsaved = false;
    this.#snapshot = null;
  }

  settled(): Promise<void> {
    return this.#job.settled();
  }

  end(): void {
    this.#job.end();
  }

  /** For the outliner. */
  wanted(): OutlineWanted {
    this.#outlining = this.#version;
    this.#outliningText = this.#text.text;
    return { path: this.path, language: this.#given, text: this.#outliningText };
  }

  /** For the outliner. Where there is none to be made, the one before stays. */
  made(outline: OutlineMade | null): void {
    const text = this.#outliningText;
    this.#outliningText = '';
    if (!outline) return;
    const { language, key, packed, failure } = outline;
    this.#language = language;
    if (failure === null) this.#outline = new LazyOutline(this.#outlining, { key, packed, text });
    if (this.#outlining === this.#version && key === this.#options.savedKey(this.path)) this.#unsaved = false;
    this.#snapshot = null;
    this.#options.onOutline();
  }
}
