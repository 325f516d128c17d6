import type { Log } from '../log-contract.js';
import { ClientOverlay } from './client-overlay.js';
import { defaultOverlayLimits, type OverlayLimits } from './limits.js';
import { type MakeOutline, Outliner } from './outliner.js';

export interface OverlaysOptions {
  readonly makeOutline: MakeOutline;
  /** Content key that a file has in the index, if it is there: tells that a text is what was saved. */
  readonly savedKey: (path: string) => string | undefined;
  /** A document of a client was opened, its outline made, or its user looks at a place of it. */
  readonly onDocument?: (overlay: ClientOverlay, path: string) => void;
  readonly log: Log;
  /** What differs from `defaultOverlayLimits`. */
  readonly limits?: Partial<OverlayLimits>;
}

/** The buffers of all clients, each client's apart from the others'. */
export class Overlays {
  readonly #options: OverlaysOptions;
  readonly #limits: OverlayLimits;
  readonly #outliner: Outliner;
  readonly #open = new Set<ClientOverlay>();
  #chars = 0;

  constructor(options: OverlaysOptions) {
    this.#options = options;
    this.#limits = { ...defaultOverlayLimits, ...options.limits };
    const { outlinesAtOnce: atOnce, outlineDelayMs: delayMs } = this.#limits;
    this.#outliner = new Outliner(options.makeOutline, { atOnce, delayMs });
  }

  /** Characters that all clients have open. */
  get chars(): number {
    return this.#chars;
  }

  /**
   * The overlay of one more client; whoever has it ends it.
   * @param tell says something to the client's user
   */
  open(tell: (message: string) => void): ClientOverlay {
    const opened: ClientOverlay = new ClientOverlay({
      outliner: this.#outliner,
      savedKey: this.#options.savedKey,
      log: this.#options.log,
      limits: this.#limits,
      onDocument: (overlay, path) => this.#options.onDocument?.(overlay, path),
      tell,
      charsOfAll: () => this.#chars,
      countChars: (more) => {
        this.#chars += more;
      },
      onEnd: () => void this.#open.delete(opened),
    });
    this.#open.add(opened);
    return opened;
  }

  /** The texts of a file that clients hold and have not saved, but for one client's. @param path canonical and absolute */
  unsavedBesides(own: ClientOverlay, path: string): string[] {
    const buffers = [...this.#open].map((overlay) => (overlay === own ? undefined : overlay.get(path)));
    return buffers.flatMap((buffer) => (buffer?.unsaved ? [buffer.text] : []));
  }
}
