import { closeSync, fstatSync, openSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { systemCode } from '../shared/errors.js';

export interface RotationLimits {
  /** Size at which a new file is begun, in bytes; a longer line still goes into one file. */
  maxBytes: number;
  /** Older files kept, named <file>.1 (the newest) to <file>.<keep>. */
  keep: number;
}

/** How often writing looks whether the file is still there, in milliseconds. */
const lookEveryMs = 5000;

/**
 * A log file that begins anew at a size. Each line is written at once and in order, so that a crash loses none; a
 * write to a file costs some microseconds, and the daemon logs few lines. Errors (a full disk) never reach the
 * writer: lines are counted as lost and the count is written once writing works again.
 */
export class RotatingFile {
  readonly #path: string;
  #limits: RotationLimits;
  #fd: number | null = null;
  #size = 0;
  #lost = 0;
  #lookedAt = 0;

  /** @throws the system error if the file cannot be opened at first */
  constructor(path: string, limits: RotationLimits) {
    this.#path = path;
    this.#limits = limits;
    this.#open();
    this.#dropExcess();
  }

  /** Lines that could not be written since the last one that could. */
  get lost(): number {
    return this.#lost;
  }

  write(line: string): void {
    try {
      this.#ensureOpen();
      const bytes = Buffer.byteLength(line);
      if (this.#size > 0 && this.#size + bytes > this.#limits.maxBytes) this.#rotate();
      if (this.#lost > 0) this.#put(lostNote(this.#lost));
      this.#lost = 0;
      this.#put(line);
    } catch {
      // There is nowhere to report that a log line cannot be written; the count tells later.
      this.#lost += 1;
    }
  }

  setLimits(limits: RotationLimits): void {
    this.#limits = limits;
    this.#dropExcess();
  }

  /** Opens the file by its name again, should someone have moved or deleted it. */
  reopen(): void {
    this.close();
    this.#open();
  }

  close(): void {
    if (this.#fd === null) return;
    closeSync(this.#fd);
    this.#fd = null;
  }

  #open(): void {
    this.#fd = openSync(this.#path, 'a', 0o600);
    this.#size = fstatSync(this.#fd).size;
    this.#lookedAt = Date.now();
  }

  #ensureOpen(): void {
    if (this.#fd === null) {
      this.#open();
    } else if (Math.abs(Date.now() - this.#lookedAt) >= lookEveryMs) {
      this.#lookedAt = Date.now();
      const there = statSync(this.#path, { throwIfNoEntry: false });
      if (there?.ino !== fstatSync(this.#fd).ino) this.reopen();
    }
  }

  #put(line: string): void {
    if (this.#fd === null) return;
    this.#size += writeSync(this.#fd, line);
  }

  #rotate(): void {
    this.close();
    for (let index = this.#limits.keep; index > 0; index--) {
      moveIfThere(this.#name(index - 1), this.#name(index));
    }
    this.#open();
  }

  #dropExcess(): void {
    // Rotation leaves no gaps, so that the first name that is missing is the end.
    for (let index = this.#limits.keep + 1; removeIfThere(this.#name(index)); index++);
  }

  #name(index: number): string {
    return index === 0 ? this.#path : `${this.#path}.${index}`;
  }
}

function lostNote(lost: number): string {
  const entry = { level: 'warn', time: new Date().toISOString(), lost, msg: `${lost} log lines were lost` };
  return `${JSON.stringify(entry)}\n`;
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

function removeIfThere(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return false;
  }
}
