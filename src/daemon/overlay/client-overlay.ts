import type { Log } from '../log-contract.js';
import type { OpenBuffer, Overlay, View } from './contract.js';
import { withView } from './edits.js';
import { HeldDocument, type OpenedDocument } from './held.js';
import type { OverlayLimits } from './limits.js';
import type { Outliner } from './outliner.js';
import type { TextChange } from './text.js';
import { documentPath } from './uris.js';

export interface ClientOverlayOptions {
  readonly outliner: Outliner;
  readonly savedKey: (path: string) => string | undefined;
  readonly log: Log;
  readonly limits: OverlayLimits;
  /** A document was opened, its outline made, or its user looks at a place of it. */
  readonly onDocument: (overlay: ClientOverlay, path: string) => void;
  /** Says something to the client's user. */
  readonly tell: (message: string) => void;
  /** Characters of all clients, and more or fewer of them. */
  readonly charsOfAll: () => number;
  readonly countChars: (more: number) => void;
  readonly onEnd: () => void;
}

/** Documents that are not open, but that a client speaks of: so many are logged. */
const mostStrangers = 100;

/**
 * The documents that one client has open, as it tells of them. What goes over a limit is given up, and the client told:
 * a document that is too large, or else those that were not touched for longest.
 */
export class ClientOverlay implements Overlay {
  readonly #options: ClientOverlayOptions;
  /** By URI; the one last opened or changed is the last. */
  readonly #held = new Map<string, HeldDocument>();
  readonly #strangers = new Set<string>();
  #chars = 0;
  #views: readonly View[] = [];
  #ended = false;

  constructor(options: ClientOverlayOptions) {
    this.#options = options;
  }

  get buffers(): readonly OpenBuffer[] {
    return [...this.#held.values()].reverse().map(({ buffer }) => buffer);
  }

  get views(): readonly View[] {
    return this.#views;
  }

  get(path: string): OpenBuffer | undefined {
    const named = this.#held.get(path);
    if (named) return named.buffer;
    let found: HeldDocument | undefined;
    for (const held of this.#held.values()) if (held.path === path) found = held;
    return found?.buffer;
  }

  async settled(deadlineMs: number): Promise<void> {
    const open = [...this.#held.values()].filter(({ isIdle }) => !isIdle);
    if (open.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    await Promise.race([late, Promise.all(open.map((held) => held.settled()))]);
    clearTimeout(timer);
  }

  /** Takes a document; one of the same URI is replaced. */
  open(document: OpenedDocument): void {
    if (this.#ended) return;
    this.#forget(document.uri);
    const { limits, outliner, savedKey } = this.#options;
    if (document.text.length > limits.bufferChars) {
      this.#options.tell(tooLarge(document.uri, document.text.length, limits.bufferChars));
      return;
    }
    const held = new HeldDocument(document, {
      jobOf: (subject) => outliner.job(subject),
      savedKey,
      onOutline: () => this.#options.onDocument(this, held.path),
    });
    this.#held.set(document.uri, held);
    this.#count(held.chars);
    this.#makeRoom(held);
    if (this.#held.has(document.uri)) this.#options.onDocument(this, held.path);
  }

  /** Changes a document. @param version null: the client has none */
  change(uri: string, version: number | null, changes: readonly TextChange[]): void {
    const held = this.#known(uri, 'changed');
    if (!held) return;
    const before = held.chars;
    held.change(version, changes);
    this.#count(held.chars - before);
    this.#held.delete(uri);
    this.#held.set(uri, held);
    const { bufferChars } = this.#options.limits;
    if (held.chars > bufferChars) this.lose(uri, tooLarge(uri, held.chars, bufferChars));
    else this.#makeRoom(held);
  }

  /** A document was written to disk. @param text what was written, where the client says so */
  save(uri: string, text: string | undefined): void {
    const held = this.#known(uri, 'saved');
    if (!held) return;
    if (text !== undefined) this.change(uri, null, [{ text }]);
    held.saved();
  }

  close(uri: string): void {
    this.#forget(uri);
  }

  /** The user looks at a place. @param line from 1; null: not said */
  view(uri: string, line: number | null): void {
    if (this.#ended) return;
    const path = this.#held.get(uri)?.path ?? documentPath(uri);
    this.#views = withView(this.#views, { path, line, at: Date.now() });
    if (this.get(path)) this.#options.onDocument(this, path);
  }

  /** Gives a document up, if it is open, and says why. */
  lose(uri: string, why: string): void {
    if (!this.#held.has(uri)) return;
    this.#forget(uri);
    this.#options.tell(why);
  }

  /** The client is gone. */
  end(): void {
    this.#ended = true;
    this.#options.onEnd();
    for (const uri of [...this.#held.keys()]) this.#forget(uri);
    this.#views = [];
  }

  #known(uri: string, what: string): HeldDocument | undefined {
    const held = this.#held.get(uri);
    if (!held && !this.#strangers.has(uri) && this.#strangers.size < mostStrangers) {
      this.#strangers.add(uri);
      this.#options.log.warn({ uri }, `a document that is not open was ${what}: ignored`);
    }
    return held;
  }

  #forget(uri: string): void {
    const held = this.#held.get(uri);
    if (!held) return;
    this.#held.delete(uri);
    held.end();
    this.#count(-held.chars);
  }

  #count(more: number): void {
    this.#chars += more;
    this.#options.countChars(more);
  }

  /** Gives up others than a document until all is within the limits, or nothing but that document is left. */
  #makeRoom(kept: HeldDocument): void {
    const { limits, charsOfAll } = this.#options;
    const isOver = () =>
      this.#held.size > limits.buffers || this.#chars > limits.clientChars || charsOfAll() > limits.allChars;
    if (!isOver()) return;
    for (const held of [...this.#held.values()]) {
      if (!isOver()) return;
      if (held !== kept) this.lose(held.uri, `${held.uri} ${tooMany}`);
    }
    // Other clients have filled what there is for all.
    if (isOver()) this.lose(kept.uri, `${kept.uri} ${tooMany}`);
  }
}

const tooMany =
  'is seen as it is saved, no longer as it is edited: too much is open. Open it again to have it followed.';

function tooLarge(uri: string, chars: number, limit: number): string {
  return `${uri} is seen as it is saved, not as it is edited: it has ${chars} characters, more than ${limit}.`;
}
