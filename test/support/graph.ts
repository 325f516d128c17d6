import { onTestFinished } from 'vitest';
import {
  calleesAnswer,
  callersAnswer,
  definitionAnswer,
  dependenciesAnswer,
  type Request,
  referencesAnswer,
  type Subject,
  symbolsAnswer,
} from '../../src/daemon/graph/answers.js';
import type { OverlayFile } from '../../src/daemon/graph/contract.js';
import { Graph } from '../../src/daemon/graph/graph.js';
import { unpackOutline } from '../../src/workers/outline/compact.js';
import { outlineBuffer } from '../../src/workers/outline-task.js';
import { TestFamily, type TestRepo } from './search.js';

/** Families with real stores, and the graph over all of their repositories. */
export class TestGraph {
  graph = new Graph();
  /** What requests see in place of what is published. */
  overlay: readonly OverlayFile[] = [];
  readonly #families: TestFamily[] = [];

  /** A family with one repository, closed when the test has ended. */
  async add(name: string, files: Record<string, string>): Promise<{ family: TestFamily; repo: TestRepo }> {
    const family = await TestFamily.open(`family-${name}`);
    onTestFinished(() => family.close());
    this.#families.push(family);
    return { family, repo: await family.addRepo(name, files) };
  }

  /** A file as an editor holds it. */
  async unsaved(repo: TestRepo, path: string, text: string): Promise<OverlayFile> {
    const task = { type: 'outline', path, language: null, text, parseDeadlineMs: 5000 } as const;
    const { language, key, packed } = await outlineBuffer(task);
    return { repo: repo.id, path, language, key, outline: unpackOutline(packed), packed };
  }

  /** @param repo where to look; default: everywhere */
  async request(repo?: TestRepo, limit = 1000): Promise<Request> {
    const view = await this.graph.view(this.#families, this.overlay);
    const repos = [...view.repos.values()].filter(({ id }) => repo === undefined || id === repo.id);
    return { view, families: this.#families, repos, limit };
  }

  /** `path:line:column`, from 1, of the only repository, or a name. */
  subject({ repos }: Request, written: string): Subject {
    const [, path = '', line, column] = /^(.+?):(\d+)(?::(\d+))?$/.exec(written) ?? [];
    const [repo] = repos;
    if (line === undefined || !repo) return { symbol: written };
    return { repo, path, line: Number(line), column: column === undefined ? undefined : Number(column) - 1 };
  }

  /** "path:line kind Scope.name" of each definition, and how sure it is. */
  async definition(written: string, repo?: TestRepo): Promise<{ at: string[]; confidence: string | null }> {
    const request = await this.request(repo);
    const { symbols, confidence } = await definitionAnswer(request, this.subject(request, written));
    return { at: symbols.map(({ path, line, kind, name }) => `${path}:${line} ${kind} ${name}`), confidence };
  }

  /** "path:line kind confidence" of each. */
  async references(written: string, repo?: TestRepo): Promise<string[]> {
    const request = await this.request(repo);
    const { references } = await referencesAnswer(request, this.subject(request, written));
    return references.map(({ path, line, kind, confidence }) => `${path}:${line} ${kind} ${confidence}`);
  }

  /** "path name confidence" of each, and the lines of its calls. */
  async callers(written: string, repo?: TestRepo): Promise<string[]> {
    const request = await this.request(repo);
    const { relations } = await callersAnswer(request, this.subject(request, written));
    return relations.map(
      ({ path, symbol, confidence, calls }) =>
        `${path} ${symbol?.name ?? '-'} ${confidence} ${calls.map(({ line }) => line).join()}`,
    );
  }

  async callees(written: string, repo?: TestRepo): Promise<string[]> {
    const request = await this.request(repo);
    const { relations } = await calleesAnswer(request, this.subject(request, written));
    return relations.map(({ path, symbol, confidence }) => `${path} ${symbol?.name ?? '-'} ${confidence}`);
  }

  async dependencies(repo: TestRepo, path: string): Promise<{ imports: string[]; importedBy: string[] }> {
    const request = await this.request();
    const graph = request.view.repos.get(repo.id);
    if (!graph) throw new Error(`${repo.id} is not in the graph.`);
    const { imports, importedBy } = dependenciesAnswer(request, { repo: graph, path });
    return {
      imports: imports.map(
        ({ specifier, target, files, external }) =>
          `${specifier} ${[target, ...files.map((file) => file.path), external].filter(Boolean).join(' ')}`,
      ),
      importedBy: importedBy.map((file) => `${file.path}:${file.line}`),
    };
  }

  async symbols(name: string, match: 'exact' | 'prefix' | 'fuzzy' = 'fuzzy'): Promise<string[]> {
    const { symbols } = symbolsAnswer(await this.request(), { name, match });
    return symbols.map(
      ({ path, scope, name: found }) => `${path} ${[scope, found].filter(Boolean).join('.')}`,
    );
  }

  /** Everything that the graph says of each of its definitions and files: to compare two graphs. */
  async everything(): Promise<unknown> {
    const request = await this.request();
    const { view } = request;
    const all: unknown[] = [];
    for (const repo of [...view.repos.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
      for (const path of [...repo.files.keys()].sort()) {
        const content = repo.content(path);
        all.push([repo.id, path, dependenciesAnswer(request, { repo, path })]);
        for (let index = 0; content && index < content.definitionCount; index++) {
          const column = content.column(index);
          const subject = { repo, path, line: content.line(index), column };
          all.push(await definitionAnswer(request, subject));
          all.push(await referencesAnswer(request, subject));
          all.push(await callersAnswer(request, subject));
          all.push(await calleesAnswer(request, subject));
        }
      }
    }
    return all;
  }
}
