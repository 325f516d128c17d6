import { LRUCache } from 'lru-cache';
import { inTurns } from '../turns.js';
import { codeTokens } from './code-tokens.js';
import { FingerprintTable, type Seen } from './fingerprint-table.js';
import { codeOf, type LicensedFile, licensedFiles } from './licence-files.js';
import { isAllowed } from './licence-names.js';
import { fingerprintsOf, type WinnowSizes, winnowSizes } from './winnow.js';

/** What an index is made of. */
export interface LicenceSettings {
  readonly folders: readonly string[];
  /** Length of a passage that counts. */
  readonly tokens: number;
  readonly allowed: readonly string[];
}

/** With 12 bytes a slot at most 48 MiB: some 30 million tokens of code at the usual length of a passage. */
const mostFingerprints = 2_000_000;
const mostFiles = 200_000;
/** Files and folders that are looked at, of any kind and licence. */
const mostLooked = 2_000_000;
const rememberedFiles = 16;

/** Fingerprints of the code in folders, made in small steps; what is in it so far can be asked for at any time. */
export class LicenceIndex {
  readonly settings: LicenceSettings;
  readonly sizes: WinnowSizes;
  readonly #table = new FingerprintTable();
  readonly #files: LicensedFile[] = [];
  readonly #tokens = new LRUCache<number, Uint32Array>({ max: rememberedFiles });

  constructor(settings: LicenceSettings) {
    this.settings = settings;
    this.sizes = winnowSizes(settings.tokens);
  }

  get counts(): { files: number; fingerprints: number } {
    return { files: this.#files.length, fingerprints: this.#table.size };
  }

  /**
   * @returns whether there was room for all of it, and folders without code: they may be misspelt
   * @throws the signal's reason
   */
  async fill(signal: AbortSignal, mostLeft = mostLooked): Promise<{ isWhole: boolean; empty: string[] }> {
    const look = { left: mostLeft };
    const empty: string[] = [];
    for (const folder of this.settings.folders) {
      let isEmpty = true;
      for await (const file of licensedFiles(folder, signal, look)) {
        isEmpty = false;
        if (isAllowed(file.licence, this.settings.allowed)) continue;
        if (this.#isFull) return { isWhole: false, empty };
        const text = await codeOf(file.path);
        if (text !== null) await inTurns(this.#add(file, text), signal);
      }
      if (look.left < 0) return { isWhole: false, empty };
      if (isEmpty) empty.push(folder);
    }
    return { isWhole: true, empty };
  }

  get #isFull(): boolean {
    return this.#table.size >= mostFingerprints || this.#files.length >= mostFiles;
  }

  /** Places of a gram. */
  find(hash: number): Seen[] {
    return this.#table.find(hash);
  }

  file(index: number): LicensedFile | undefined {
    return this.#files[index];
  }

  /** Tokens of a file as it is on disk now; none if it cannot be read. */
  tokensOf(index: number): Uint32Array | Promise<Uint32Array> {
    return this.#tokens.get(index) ?? this.#read(index);
  }

  async #read(index: number): Promise<Uint32Array> {
    const path = this.#files[index]?.path;
    const tokens = codeTokens((path && (await codeOf(path))) || '');
    this.#tokens.set(index, tokens);
    return tokens;
  }

  *#add(file: LicensedFile, text: string): Generator<undefined, void> {
    const index = this.#files.push(file) - 1;
    const tokens = codeTokens(text);
    yield;
    for (const { hash, end } of fingerprintsOf(tokens, this.sizes)) {
      yield* this.#table.add(hash, index, end);
      yield;
    }
  }
}
