/** Where a fingerprint was seen. */
export interface Seen {
  readonly file: number;
  readonly end: number;
}

const firstSlots = 1 << 12;
const mostOfOne = 4;
const fullShare = 0.6;

/** Fingerprints of files: 12 bytes a slot, open addressing. A fingerprint keeps the first four places where it is. */
export class FingerprintTable {
  #hashes = new Uint32Array(firstSlots);
  /** Of each slot the file + 1; 0: the slot is free. */
  #files = new Uint32Array(firstSlots);
  #ends = new Uint32Array(firstSlots);
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** Adds one; yields now and then while it grows. */
  *add(hash: number, file: number, end: number): Generator<undefined, void> {
    if (this.#count >= this.#hashes.length * fullShare) yield* this.#grow();
    this.#put(hash, file + 1, end);
  }

  find(hash: number): Seen[] {
    const found: Seen[] = [];
    for (let slot = this.#slot(hash); this.#files[slot] !== 0; slot = this.#next(slot)) {
      if (this.#hashes[slot] !== hash) continue;
      found.push({ file: (this.#files[slot] ?? 0) - 1, end: this.#ends[slot] ?? 0 });
    }
    return found;
  }

  #put(hash: number, file: number, end: number): void {
    let slot = this.#slot(hash);
    for (let same = 0; this.#files[slot] !== 0; slot = this.#next(slot)) {
      if (this.#hashes[slot] === hash && ++same >= mostOfOne) return;
    }
    this.#hashes[slot] = hash;
    this.#files[slot] = file;
    this.#ends[slot] = end;
    this.#count++;
  }

  *#grow(): Generator<undefined, void> {
    const [hashes, files, ends] = [this.#hashes, this.#files, this.#ends];
    const bigger = new FingerprintTable();
    const slots = hashes.length * 2;
    bigger.#hashes = new Uint32Array(slots);
    bigger.#files = new Uint32Array(slots);
    bigger.#ends = new Uint32Array(slots);
    for (let slot = 0; slot < hashes.length; slot++) {
      if (files[slot] !== 0) bigger.#put(hashes[slot] ?? 0, files[slot] ?? 0, ends[slot] ?? 0);
      if (slot % 4096 === 4095) yield;
    }
    // Readers see the old table until the new one is whole.
    [this.#hashes, this.#files, this.#ends] = [bigger.#hashes, bigger.#files, bigger.#ends];
    this.#count = bigger.#count;
  }

  #slot(hash: number): number {
    return (Math.imul(hash, 0x9e3779b1) >>> 0) & (this.#hashes.length - 1);
  }

  #next(slot: number): number {
    return (slot + 1) & (this.#hashes.length - 1);
  }
}
