import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSearch } from '../../../src/daemon/search/search.js';
import type { VectorStore } from '../../../src/daemon/store/contract.js';
import type { SearchParams, SearchResult } from '../../../src/protocol/search.js';
import { SearchHit } from '../../../src/protocol/search.js';
import { TestFamily, type TestRepo } from '../../support/search.js';

const store = `"""Sessions."""

class SessionStore:
    """Keeps sessions of users in memory."""

    def load(self, token):
        """Find the session of a token."""
        entry = self.entries.get(token)
        if entry is None:
            raise KeyError(token)
        return entry

    def save(self, token, session):
        """Remember a session until it expires."""
        self.entries[token] = session
        self.expiry[token] = now() + self.lifetime
        return token
`;
const retry = `export interface RetryOptions {
  attempts: number;
  delayMs: number;
  factor: number;
}

/** Calls again with growing delays until it succeeds. */
export async function retryWithBackoff(run: () => Promise<void>, options: RetryOptions): Promise<void> {
  for (let attempt = 0; attempt < options.attempts; attempt++) {
    try {
      return await run();
    } catch (error) {
      await sleep(options.delayMs * options.factor ** attempt);
    }
  }
}
`;
const retryTest = `import { retryWithBackoff } from '../src/retry.js';

test('retry with backoff', async () => {
  await retryWithBackoff(run, { attempts: 3, delayMs: 1, factor: 2 });
  expect(retryWithBackoff).toBeDefined();
});

test('retry with backoff gives up', async () => {
  await expect(retryWithBackoff(fail, { attempts: 1, delayMs: 1, factor: 2 })).rejects.toThrow();
});
`;
const docs = `# Retry

Calls are retried with backoff. See retryWithBackoff.

## Sessions

Sessions are kept in memory.
`;

let family: TestFamily;
let repo: TestRepo;
const { search } = createSearch();
const never = new AbortController().signal;
const ask = (params: SearchParams | string, families = [family]) =>
  search(typeof params === 'string' ? { query: params } : params, families, never);
const pathsFor = async (params: SearchParams | string) => (await ask(params)).hits.map(({ path }) => path);

beforeAll(async () => {
  family = await TestFamily.open();
  repo = await family.addRepo('shop', {
    'src/session_store.py': store,
    'src/retry.ts': retry,
    'test/retry.test.ts': retryTest,
    'docs/guide.md': docs,
    'src/検索.py': 'def 検索する(語):\n    """日本語の検索"""\n    return 語\n',
  });
});
afterAll(() => family.close());

describe('search', () => {
  test('finds code by plain words, the definition with its lines', async () => {
    const { hits, tried } = await ask('how are sessions of users kept in memory');
    expect(hits[0]).toMatchObject({
      repo: repo.id,
      root: repo.root,
      path: 'src/session_store.py',
      language: 'python',
      otherPaths: [],
    });
    expect(tried).toMatchObject({ vectors: 'off' });
    expect(tried.terms).toEqual(expect.arrayContaining(['session', 'user', 'memory']));
    for (const hit of hits) expect(SearchHit.parse(hit)).toEqual(hit);
  });

  test.each(['retryWithBackoff', 'retry_with_backoff', 'retry with backoff'])(
    'puts the definition of %s before its uses',
    async (query) => {
      const { hits } = await ask(query);
      expect(hits[0]).toMatchObject({ path: 'src/retry.ts', name: 'retryWithBackoff', kind: 'function' });
      expect(hits[0]?.snippet?.text).toContain('export async function retryWithBackoff');
    },
  );

  test('finds tests when asked for them', async () => {
    expect((await pathsFor('test of retry with backoff'))[0]).toBe('test/retry.test.ts');
  });

  test('finds a file by its path alone', async () => {
    expect(await pathsFor('guide')).toEqual(['docs/guide.md']);
  });

  test('finds other scripts', async () => {
    expect((await pathsFor('検索'))[0]).toBe('src/検索.py');
  });

  test('returns snippets verbatim with their lines', async () => {
    const lines = store.split('\n');
    const { hits } = await ask({
      query: 'session token',
      snippetLines: 3,
      paths: ['src/session_store.py'],
      all: true,
    });
    expect(hits.length).toBeGreaterThan(1);
    for (const { snippet, startLine, endLine } of hits) {
      const from = (snippet?.startLine ?? 0) - 1;
      const text = snippet?.text ?? '';
      expect(lines.slice(from, from + text.split('\n').length).join('\n')).toBe(text);
      expect(from + 1).toBeGreaterThanOrEqual(startLine);
      expect(from + text.split('\n').length).toBeLessThanOrEqual(endLine);
    }
  });

  test('filters by language, kind and path', async () => {
    expect(new Set(await pathsFor({ query: 'retry session', languages: ['py'] }))).toEqual(
      new Set(['src/session_store.py']),
    );
    const { hits } = await ask({ query: 'session retry', kinds: ['method'] });
    expect(new Set(hits.map(({ kind }) => kind))).toEqual(new Set(['method']));
    expect(await pathsFor({ query: 'retry', paths: ['test'] })).toContain('test/retry.test.ts');
    expect(await pathsFor({ query: 'retry', paths: ['!test', '!docs'] })).not.toContain('test/retry.test.ts');
    expect(await pathsFor({ query: 'retry', paths: ['nowhere/**'] })).toEqual([]);
  });

  test('explains scores: the shares sum to them', async () => {
    const { hits } = await ask({ query: 'retry sessions with backoff', explain: true, limit: 50, all: true });
    expect(hits.length).toBeGreaterThan(4);
    for (const { evidence = [], score } of hits) {
      expect(evidence.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(score, 9);
    }
    expect(hits[0]?.evidence?.some(({ terms }) => terms?.includes('retry'))).toBe(true);
  });

  test('returns best first and each chunk once', async () => {
    const { hits } = await ask({ query: 'session retry options', limit: 100, all: true });
    const scores = hits.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const ids = hits.map(({ path, startLine }) => `${path}:${startLine}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('says what it looked for when nothing is found', async () => {
    const { hits, notes } = await ask('xylophone zeppelin');
    expect(hits).toEqual([]);
    expect(notes.join(' ')).toContain('xylophone, zeppelin');
    expect((await ask('?!')).notes.join(' ')).toContain('no words');
  });

  test('says when a query was cut and when files are pending', async () => {
    const long = Array.from({ length: 10_000 }, (_, at) => `word${at}`).join(' ');
    repo.pending = 3;
    const { notes } = await ask(long);
    repo.pending = 0;
    expect(notes.join(' ')).toMatch(/very long.*shop is still being indexed: 3 files/);
  });

  test.each(['QUERY_EMPTY', 'GLOB_INVALID', 'LANGUAGE_UNKNOWN', 'KIND_UNKNOWN'] as const)(
    'fails with %s',
    async (kind) => {
      const params = {
        QUERY_EMPTY: { query: ' ' },
        GLOB_INVALID: { query: 'x', paths: ['['] },
        LANGUAGE_UNKNOWN: { query: 'x', languages: ['klingon'] },
        KIND_UNKNOWN: { query: 'x', kinds: ['gizmo'] },
      }[kind];
      await expect(ask(params)).rejects.toMatchObject({ kind });
    },
  );

  test('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const reply = search({ query: 'session' }, [family], controller.signal);
    controller.abort(new Error('the client left'));
    await expect(reply).rejects.toThrow('the client left');
  });

  test('takes any text and answers the same each time', async () => {
    const word = fc.oneof(
      fc.constantFrom(
        'session',
        'retry',
        "'",
        '"',
        '*',
        'AND',
        'OR',
        '(',
        '::',
        '%',
        'x:y',
        '~2',
        '検索',
        '\\',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    const query = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '));
    await fc.assert(
      fc.asyncProperty(
        query.filter((text) => text.trim() !== ''),
        async (text) => {
          const params = { query: text, explain: true };
          expect(await ask(params)).toEqual(await ask(params));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('search over several repositories', () => {
  let other: TestFamily;
  beforeAll(async () => {
    other = await TestFamily.open('other');
    await other.addRepo('bank', {
      'lib/session_store.py': store,
      'lib/ledger.py':
        'def balance_of(account):\n    """Sum of the entries."""\n    return sum(account.entries)\n',
    });
  });
  afterAll(() => other.close());

  test('folds the same content into one result with its other paths', async () => {
    const { hits } = await ask('session store', [family, other]);
    const found = hits.filter(({ path }) => path.endsWith('session_store.py'));
    expect(new Set(found.map(({ path }) => path))).toEqual(new Set(['src/session_store.py']));
    expect(found[0]?.otherPaths).toEqual([`${other.repos[0]?.root}/lib/session_store.py`]);
  });

  test('finds what only one of them has', async () => {
    expect((await ask('ledger balance', [family, other])).hits[0]).toMatchObject({ path: 'lib/ledger.py' });
  });

  test('goes on without a family that fails, and fails if all do', async () => {
    const closed = await TestFamily.open('closed');
    await closed.addRepo('gone', { 'a.py': 'session = 1\n' });
    const broken = {
      ...closed,
      repos: closed.repos,
      store: new Proxy(closed.store, {
        get(target, name) {
          if (name === 'searchText') return () => Promise.reject(new Error('disk on fire'));
          const member: unknown = Reflect.get(target, name, target);
          return typeof member === 'function' ? member.bind(target) : member;
        },
      }),
    };
    try {
      const { hits, notes } = await search({ query: 'session' }, [broken, family], never);
      expect(hits.length).toBeGreaterThan(0);
      expect(notes.join(' ')).toContain('gone could not be searched: disk on fire');
      await expect(search({ query: 'session' }, [broken], never)).rejects.toThrow('disk on fire');
    } finally {
      await closed.close();
    }
  });
});

describe('results', () => {
  let twins: TestFamily;
  const parse = `def parse_header(line):
    """Split a header into its name and value."""
    name, value = line.split(':', 1)
    return name.strip(), value.strip()
`;
  const more = (name: string) => `

def ${name}(header):
    """Something else that is done with a header."""
    lines = header.splitlines()
    first = lines[0]
    rest = lines[1:]
    return first, rest
`;
  beforeAll(async () => {
    twins = await TestFamily.open('twins');
    await twins.addRepo('web', {
      'src/header.py': parse + more('fold_header'),
      'vendor/web/header.py': parse + more('join_header'),
      'copy/header.py': parse + more('fold_header'),
    });
  });
  afterAll(() => twins.close());

  test('fold the same lines into one, even where the rest of the files differs', async () => {
    const { hits } = await ask('parse_header', [twins]);
    const found = hits.filter(({ name }) => name === 'parse_header');
    expect(found).toHaveLength(1);
    const root = twins.repos[0]?.root;
    const places = [`${root}/${found[0]?.path}`, ...(found[0]?.otherPaths ?? [])];
    expect(places.sort()).toEqual([
      `${root}/copy/header.py`,
      `${root}/src/header.py`,
      `${root}/vendor/web/header.py`,
    ]);
    expect(found[0]?.path.startsWith('vendor')).toBe(false);
  });

  test('have one chunk a file, or all that match', async () => {
    const one = await ask({ query: 'header', paths: ['src'] }, [twins]);
    expect(one.hits).toHaveLength(1);
    const all = await ask({ query: 'header', paths: ['src'], all: true }, [twins]);
    expect(all.hits.length).toBeGreaterThan(1);
    expect(all.hits[0]?.startLine).toBe(one.hits[0]?.startLine);
  });
});

describe('input that makes little sense', () => {
  const long = Array.from({ length: 10_000 }, (_, at) => `word${at} session`).join(' ');
  const everywhere = [
    ['10,000 words', long],
    ['stop words only', 'how is it that the of and'],
    ['keywords only', 'public static void'],
    ['another language', 'où sont gardées les données des utilisateurs en mémoire'],
    ['other scripts', 'где хранится сессия 会话存储在哪里'],
    ['a name that is nowhere', 'xyzzyFrobnicator::plugh'],
    ['binary noise', String.fromCharCode(...Array.from({ length: 600 }, (_, at) => (at * 7919) % 256))],
    ['zero bytes', 'session\0store\0'],
    ['lone surrogates', 'session \ud800 \udfff store'],
    ['quotes and operators', '"session" AND (NOT "store" OR *:* ~3 ^2 \\'],
    ['very long words', `${'a'.repeat(5_000)} ${'ab_'.repeat(3_000)}`],
  ] as const;
  test.each(everywhere)('%s: results or a note, no error', async (_what, query) => {
    const { hits, tried, notes } = await ask(query);
    if (hits.length === 0) expect(notes.join(' ')).toMatch(/^Nothing was found|very long/);
    expect(tried.terms.length).toBeLessThanOrEqual(200);
    for (const hit of hits) expect(SearchHit.parse(hit)).toEqual(hit);
  });

  test.each(['zero bytes', 'lone surrogates'])('%s do not hide what is asked for', async (what) => {
    const query = everywhere.find(([name]) => name === what)?.[1] ?? '';
    expect((await pathsFor(query))[0]).toBe('src/session_store.py');
  });
});

describe('search over content that is gone or filtered out', () => {
  let busy: TestFamily;
  let main: TestRepo;
  beforeAll(async () => {
    busy = await TestFamily.open('busy');
    const files: Record<string, string> = {};
    for (let at = 0; at < 900; at++) {
      files[`old/noise${at}.py`] =
        `def widget_${at}():\n    """widget widget widget"""\n    return widget(${at})\n`;
    }
    files['src/quiet.py'] = `def quiet():\n    """${'other words '.repeat(60)} widget"""\n    return None\n`;
    files['live/gadget.py'] =
      `def gadget():\n    """${'more words '.repeat(60)} widget"""\n    return None\n`;
    main = await busy.addRepo('busy', files);
  });
  afterAll(() => busy.close());

  test('filters do not starve the result', async () => {
    const { hits } = await ask({ query: 'widget', paths: ['src', 'live'] }, [busy]);
    expect(hits.map(({ path }) => path).sort()).toEqual(['live/gadget.py', 'src/quiet.py']);
  });

  test('content that is gone neither shows nor hides what is there', async () => {
    for (let at = 0; at < 900; at++) busy.remove(main, `old/noise${at}.py`);
    const { hits } = await ask('widget', [busy]);
    expect(hits.map(({ path }) => path).sort()).toEqual(['live/gadget.py', 'src/quiet.py']);
  });
});

describe('search with vectors', () => {
  let near: TestFamily;
  let vectors: VectorStore;
  beforeAll(async () => {
    near = await TestFamily.open('near');
    const shop = await near.addRepo('shop', {
      'a.py': 'def alpha():\n    """First of all letters."""\n    return 1\n',
      'b.py': 'def beta():\n    """Second of all letters."""\n    return 2\n',
    });
    vectors = await near.store.vectors('toy', 4);
    const keyOf = (path: string) => shop.files.get(path)?.key ?? '';
    await vectors.add({
      ids: [
        { key: keyOf('a.py'), ord: 0 },
        { key: keyOf('b.py'), ord: 0 },
      ],
      values: Int8Array.from([127, 0, 0, 0, 0, 127, 0, 0]),
      scales: Float32Array.from([1 / 127, 1 / 127]),
    });
  });
  afterAll(() => near.close());

  const withVectors = (
    embedQuery: () => Promise<Float32Array | null>,
    complete = true,
  ): Promise<Omit<SearchResult, 'freshness' | 'tookMs'>> => {
    near.vectors = { store: vectors, complete, embedQuery, kind: 'external', model: null };
    return createSearch({ embedDeadlineMs: 50 }).search({ query: 'letters', explain: true }, [near], never);
  };

  test('finds by meaning alone, and filters do not starve it', async () => {
    near.vectors = {
      store: vectors,
      complete: true,
      embedQuery: async () => Float32Array.from([1, 0.1, 0, 0]),
      kind: 'external',
      model: null,
    };
    const found = async (params: Partial<SearchParams>) =>
      (await ask({ query: 'xylophone music', ...params }, [near])).hits.map(({ path }) => path);
    expect(await found({})).toEqual(['a.py', 'b.py']);
    const { notes } = await ask('xylophone music', [near]);
    expect(notes.join(' ')).toContain('No word of the query was found');
    // A word alone asks where it is: what is merely near is no answer.
    expect(await found({ query: 'xylophone' })).toEqual([]);
    expect(await found({ paths: ['b.py'] })).toEqual(['b.py']);
    expect(await found({ kinds: ['function'], limit: 1 })).toEqual(['a.py']);
    expect(await found({ kinds: ['class'] })).toEqual([]);
    expect(await found({ languages: ['rust'] })).toEqual([]);
  });

  test('takes a vector of zeros for no vector', async () => {
    near.vectors = {
      store: vectors,
      complete: true,
      embedQuery: async () => new Float32Array(4),
      kind: 'builtin',
      model: null,
    };
    const { hits, tried, notes } = await ask('xylophone', [near]);
    expect(hits).toEqual([]);
    expect(tried.vectors).toBe('used');
    expect(notes.join(' ')).toContain('Nothing was found for xylophone');
  });

  test('lets the nearest win between equals', async () => {
    const toB = await withVectors(async () => Float32Array.from([0.1, 1, 0, 0]));
    expect(toB.hits.map(({ path }) => path)).toEqual(['b.py', 'a.py']);
    expect(toB.tried.vectors).toBe('used');
    expect(toB.hits[0]?.evidence?.some(({ signal }) => signal.startsWith('vector'))).toBe(true);
    const toA = await withVectors(async () => Float32Array.from([1, 0.1, 0, 0]), false);
    expect(toA.hits.map(({ path }) => path)).toEqual(['a.py', 'b.py']);
    expect(toA.tried.vectors).toBe('building');
  });

  test.each([
    ['fails', () => Promise.reject(new Error('no server'))],
    ['has no answer', () => Promise.resolve(null)],
    ['never answers', () => new Promise<null>(() => undefined)],
    ['answers with other dimensions', () => Promise.resolve(Float32Array.from([1, 2]))],
  ])('goes on without vectors when the model %s', async (_how, embedQuery) => {
    const { hits, tried, notes } = await withVectors(embedQuery);
    expect(hits).toHaveLength(2);
    expect(tried.vectors).toBe('unreachable');
    expect(notes.join(' ')).toContain('did not answer');
  });
});
