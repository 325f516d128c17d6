import { randomInt } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../shared/durable.js';
import { LcadError, systemCode } from '../../shared/errors.js';
import { readSession, type SessionHead, type StoredTurn, writeSession } from './session-file.js';

export interface StoreLimits {
  /** Conversations; the oldest are removed for new ones. */
  readonly sessions: number;
  /** Bytes of one conversation; its oldest turns are removed for new ones. */
  readonly bytes: number;
}

/** A conversation as it is kept. */
export interface StoredSession {
  readonly id: string;
  readonly createdAt: string;
  /** The oldest first. */
  readonly turns: readonly StoredTurn[];
  /** What was damaged, in sentences. */
  readonly notes: readonly string[];
}

/** A conversation in the list. */
export interface SessionSummary {
  readonly id: string;
  readonly createdAt: string;
  readonly usedAt: string;
  readonly turns: number;
  /** The first question, on one line. */
  readonly title: string;
}

const defaults: StoreLimits = { sessions: 1000, bytes: 8 * 2 ** 20 };
const idPattern = /^[a-z0-9]{10}$/;
const idCharacters = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ending = '.jsonl';
const titleLength = 120;
const dayMs = 24 * 3600_000;
/** Nothing that was used this lately is pruned, whatever the configuration says. */
const inUseMs = 3600_000;

/**
 * Conversations on disk: one file each, a head and a line for each turn, readable by its user only. A turn is appended;
 * everything else replaces the file. Writes to one conversation wait for each other.
 */
export class SessionStore {
  readonly #folder: string;
  readonly #keepDays: () => number;
  readonly #limits: StoreLimits;
  readonly #writes = new Map<string, Promise<unknown>>();
  readonly #summaries = new Map<string, { mark: string; summary: SessionSummary }>();
  #prunedAt = 0;

  /** @param folder made with the first conversation */
  constructor(folder: string, keepDays: () => number, limits: Partial<StoreLimits> = {}) {
    this.#folder = folder;
    this.#keepDays = keepDays;
    this.#limits = { ...defaults, ...limits };
  }

  /** Begins a conversation; nothing is written before its first turn. */
  create(): StoredSession {
    const id = Array.from({ length: 10 }, () => idCharacters[randomInt(idCharacters.length)]).join('');
    return { id, createdAt: new Date().toISOString(), turns: [], notes: [] };
  }

  /** @throws SESSION_UNKNOWN */
  read(id: string): Promise<StoredSession> {
    return this.#inTurn(id, () => this.#read(id));
  }

  /** Adds a turn. @throws SESSION_UNKNOWN if the conversation was deleted meanwhile; system errors */
  append(session: Pick<StoredSession, 'id' | 'createdAt' | 'turns'>, turn: StoredTurn): Promise<void> {
    const { id, createdAt, turns } = session;
    return this.#inTurn(id, async () => {
      if (turns.length === 0) await this.#begin({ is: 'session', version: 1, id, createdAt }, turn);
      else await this.#append(id, turn);
    });
  }

  /** @throws SESSION_UNKNOWN */
  delete(id: string): Promise<void> {
    return this.#inTurn(id, async () => {
      try {
        await rm(this.#file(id));
      } catch (error) {
        throw systemCode(error) === 'ENOENT' ? unknown(id) : error;
      }
      this.#summaries.delete(id);
    });
  }

  /** All conversations, the last used first. */
  async list(): Promise<SessionSummary[]> {
    await this.#prune();
    const found = await Promise.all((await this.#ids()).map((id) => this.#summary(id)));
    return found
      .filter((one) => one !== null)
      .sort((a, b) => b.usedAt.localeCompare(a.usedAt) || a.id.localeCompare(b.id));
  }

  async #begin(head: SessionHead, turn: StoredTurn): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#prune(true);
    await replaceFile(this.#file(head.id), writeSession(head, [turn]));
  }

  async #append(id: string, turn: StoredTurn): Promise<void> {
    const line = `${JSON.stringify(turn)}\n`;
    const file = this.#file(id);
    const { size } = await stat(file).catch((error: unknown) => {
      throw systemCode(error) === 'ENOENT' ? unknown(id) : error;
    });
    if (size + Buffer.byteLength(line) > this.#limits.bytes) return this.#shrink(id, turn);
    const handle = await open(file, 'a', 0o600);
    try {
      await handle.writeFile(line);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** Removes the oldest turns, so that half of the room is free again. */
  async #shrink(id: string, turn: StoredTurn): Promise<void> {
    const { createdAt, turns } = await this.#read(id);
    const kept = [...turns, turn];
    const sizes = kept.map((one) => Buffer.byteLength(JSON.stringify(one)) + 1);
    let size = sizes.reduce((sum, one) => sum + one, 0);
    while (kept.length > 1 && size > this.#limits.bytes / 2) {
      kept.shift();
      size -= sizes.shift() ?? 0;
    }
    await replaceFile(this.#file(id), writeSession({ is: 'session', version: 1, id, createdAt }, kept));
  }

  async #read(id: string): Promise<StoredSession> {
    const text = await readFile(this.#file(id), 'utf8').catch((error: unknown) => {
      throw systemCode(error) === 'ENOENT' ? unknown(id) : error;
    });
    const found = readSession(text, id);
    if (found && found.unreadable === 0)
      return { id, createdAt: found.head.createdAt, turns: found.turns, notes: [] };
    const aside = `${this.#file(id)}.damaged`;
    await rename(this.#file(id), aside);
    this.#summaries.delete(id);
    if (!found || found.turns.length === 0) {
      throw new LcadError('SESSION_UNKNOWN', `The conversation ${id} is damaged; its file is now ${aside}.`);
    }
    await replaceFile(this.#file(id), writeSession(found.head, found.turns));
    const rest = `${found.turns.length} ${found.turns.length === 1 ? 'turn' : 'turns'} could be read`;
    const note = `The conversation ${id} was damaged: ${rest}, and the file as it was is now ${aside}.`;
    return { id, createdAt: found.head.createdAt, turns: found.turns, notes: [note] };
  }

  async #summary(id: string): Promise<SessionSummary | null> {
    try {
      const { mtimeMs, mtime, size } = await stat(this.#file(id));
      const mark = `${mtimeMs}:${size}`;
      const known = this.#summaries.get(id);
      if (known?.mark === mark) return known.summary;
      const { createdAt, turns } = await this.read(id);
      const title = (turns[0]?.messages[0]?.content ?? '').replace(/\s+/g, ' ').trim().slice(0, titleLength);
      const summary = { id, createdAt, usedAt: mtime.toISOString(), turns: turns.length, title };
      this.#summaries.set(id, { mark, summary });
      return summary;
    } catch (error) {
      // Deleted meanwhile, or damaged and set aside just now.
      if (systemCode(error) === 'ENOENT') return null;
      if (error instanceof LcadError && error.kind === 'SESSION_UNKNOWN') return null;
      throw error;
    }
  }

  /** Removes what is older than the configuration keeps, at most once an hour, and the oldest where there are too many. */
  async #prune(oneMore = false): Promise<void> {
    const now = Date.now();
    const due = now - this.#prunedAt > inUseMs;
    const ids = await this.#ids();
    const most = this.#limits.sessions - (oneMore ? 1 : 0);
    if (!due && ids.length <= most) return;
    this.#prunedAt = now;
    const used = await Promise.all(ids.map(async (id) => ({ id, at: await this.#usedAt(id) })));
    used.sort((a, b) => b.at - a.at);
    const age = Math.max(this.#keepDays() * dayMs, inUseMs);
    const old = used.filter(({ at }, place) => place >= most || now - at > age);
    for (const { id } of old) {
      await rm(this.#file(id), { force: true });
      this.#summaries.delete(id);
    }
    await this.#pruneAside(now - age);
  }

  /** What was set aside, and what an interrupted write left. */
  async #pruneAside(before: number): Promise<void> {
    for (const name of await this.#names()) {
      if (!name.endsWith('.damaged') && !name.endsWith('.next')) continue;
      const file = join(this.#folder, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY })); // Gone meanwhile.
      if (mtimeMs < before) await rm(file, { force: true });
    }
  }

  async #usedAt(id: string): Promise<number> {
    const found = await stat(this.#file(id)).catch(() => null); // Deleted meanwhile.
    return found?.mtimeMs ?? 0;
  }

  async #ids(): Promise<string[]> {
    const names = (await this.#names()).filter((name) => name.endsWith(ending));
    return names.map((name) => name.slice(0, -ending.length)).filter((id) => idPattern.test(id));
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  /** Only ids that were made here lead to a file. @throws SESSION_UNKNOWN */
  #file(id: string): string {
    if (!idPattern.test(id)) throw unknown(id);
    return join(this.#folder, `${id}${ending}`);
  }

  #inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const before = this.#writes.get(id) ?? Promise.resolve();
    const result = before.then(work, work);
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    this.#writes.set(id, settled);
    void settled.then(() => {
      if (this.#writes.get(id) === settled) this.#writes.delete(id);
    });
    return result;
  }
}

function unknown(id: string): LcadError {
  return new LcadError('SESSION_UNKNOWN', `There is no conversation ${JSON.stringify(id)}.`);
}
