import { openClient } from '../../../dist/client/api.js';

/** The daemon's answers, over its socket; ambiguous ones left out unless they are asked for. */
export class Lcad {
  #client;
  #ambiguous;

  constructor(client, ambiguous) {
    this.#client = client;
    this.#ambiguous = ambiguous;
  }

  static async open({ ambiguous = false } = {}) {
    return new Lcad(await openClient(), ambiguous);
  }

  close() {
    this.#client.close();
  }

  async add(root) {
    await this.#client.request('lcad/repos/add', { path: root, wait: false });
    await this.#client.request('lcad/repos/reindex', { repo: root, wait: true }, { deadlineMs: 600_000 });
  }

  async remove(root) {
    await this.#client.request('lcad/repos/remove', { repo: root });
  }

  /** Whether a file is indexed. */
  async has(file) {
    const found = await this.#orNull('lcad/dependencies', { file, limit: 1 }, 'FILE_NOT_INDEXED');
    return found !== null;
  }

  async definition(file, line, column) {
    const found = await this.#orNull('lcad/definition', { file, line, column, limit: 10_000 });
    if (!found || (found.confidence === 'ambiguous' && !this.#ambiguous)) return [];
    return found.symbols.map((symbol) => ({ ...symbol, confidence: found.confidence }));
  }

  async callers(file, line, column) {
    const found = await this.#orNull('lcad/callers', { file, line, column, limit: 10_000 });
    return (found?.relations ?? []).map((relation) => ({
      ...relation,
      calls: relation.calls.filter(({ confidence }) => this.#ambiguous || confidence !== 'ambiguous'),
    }));
  }

  async #orNull(method, params, kind = 'SYMBOL_UNKNOWN') {
    try {
      return await this.#client.request(method, params);
    } catch (error) {
      if (error.kind === kind) return null;
      throw error;
    }
  }
}
