import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Config } from '../../../src/protocol/config.js';
import {
  configKey,
  configTemplate,
  parseConfigValue,
  setInText,
  unsetInText,
} from '../../../src/protocol/config-edit.js';
import { type ConfigKey, type ConfigValue, configKeys } from '../../../src/protocol/config-keys.js';
import { parseConfig } from '../../../src/protocol/config-text.js';
import { UpstreamConfig } from '../../../src/protocol/inference-config.js';

function set(text: string, key: string, value: ConfigValue): string {
  return setInText(text, configKey(key), value);
}

describe('setInText', () => {
  it.each([
    ['into nothing', '', 'log.keep', 5, '[log]\nkeep = 5\n'],
    [
      'after other tables',
      '[index]\nworkers = 1\n\n',
      'log.keep',
      5,
      '[index]\nworkers = 1\n\n[log]\nkeep = 5\n',
    ],
    [
      'in place, with its comment and spaces',
      '[log]\n  keep  =  3   # enough # really\nlevel = "warn"\n',
      'log.keep',
      5,
      '[log]\n  keep = 5   # enough # really\nlevel = "warn"\n',
    ],
    [
      'in place of a list over several lines',
      '[index]\nignore = [\n  "a", # x\n  "#b",\n] # last\nworkers = 1\n',
      'index.ignore',
      ['c'],
      '[index]\nignore = [ "c" ] # last\nworkers = 1\n',
    ],
    [
      'into its table, below what is there',
      '[log]\nkeep = 3\n\n# about the index\n[index]\nworkers = 1\n',
      'log.level',
      'debug',
      '[log]\nkeep = 3\nlevel = "debug"\n\n# about the index\n[index]\nworkers = 1\n',
    ],
    [
      'below the default in a comment',
      '[log]\n# a\n# keep = 3\n# b\n',
      'log.keep',
      4,
      '[log]\n# a\n# keep = 3\nkeep = 4\n# b\n',
    ],
    ['beside dotted keys', 'log.keep = 3\n', 'log.level', 'warn', 'log.keep = 3\nlog.level = "warn"\n'],
    ['over a dotted key', 'log . "keep" = 3 # x\n', 'log.keep', 4, 'log . "keep" = 4 # x\n'],
    [
      'into an inline table',
      'log = { keep = 3 } # x\n',
      'log.level',
      'warn',
      'log = { keep = 3, level = "warn" } # x\n',
    ],
    ['without a last line end', '[log]', 'log.keep', 4, '[log]\nkeep = 4\n'],
    ['with the line ends of the file', '[log]\r\nkeep = 3\r\n', 'log.keep', 4, '[log]\r\nkeep = 4\r\n'],
    [
      'a text with all that needs care',
      '',
      'embedding.model',
      'a "b" \\ # é\n',
      '[embedding]\nmodel = "a \\"b\\" \\\\ # é\\n"\n',
    ],
  ])('sets a value %s', (_where, text, key, value, expected) => {
    expect(set(text, key, value)).toBe(expected);
  });

  it('gives any key any valid value, in any file, and changes no other key', () => {
    const files = [
      '',
      configTemplate(),
      '[index]\nworkers = 2\n',
      'log = { keep = 7 }\n',
      'log.keep = 7\nstore.keepDays = 1.5',
    ];
    const change = fc
      .constantFrom(...configKeys())
      .chain((key) => anyValue(key).map((value) => ({ key, value })));
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.array(change, { maxLength: 6 }), (start, changes) => {
        let text = start;
        const expected = structuredClone(parseConfig(start).config) as Record<
          string,
          Record<string, unknown>
        >;
        for (const { key, value } of changes) {
          text = setInText(text, key, value);
          expected[key.table] = { ...expected[key.table], [key.name]: value };
        }
        expect(parseConfig(text)).toEqual({ config: expected, problems: [] });
      }),
      { numRuns: 200 },
    );
  });
});

const anyUpstream = fc
  .record({
    name: fc.stringMatching(/^[a-z]{1,8}$/),
    kind: fc.constantFrom('ollama', 'openai', 'llama-server', 'llama-cpp'),
    model: fc.string(),
    concurrency: fc.integer({ min: 0, max: 256 }),
  })
  .map((upstream) => UpstreamConfig.parse(upstream));

const anyProvider = fc.record({
  name: fc.stringMatching(/^[a-z]{1,8}$/),
  command: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
  cwd: fc.constantFrom('repo', '/srv'),
  env: fc.constant([]),
  deadlineMs: fc.integer({ min: 10, max: 60_000 }),
  maxBytes: fc.integer({ min: 1, max: 4 << 20 }),
});

const isValid = ({ table, name }: ConfigKey, value: unknown): boolean =>
  Config.safeParse({ [table]: { [name]: value } }).success;

/** Any valid value of a key. */
function anyValue(key: ConfigKey): fc.Arbitrary<ConfigValue> {
  switch (key.type) {
    case 'choice':
      return fc.constantFrom(...(key.choices ?? []));
    case 'switch':
      return fc.boolean();
    case 'text':
      // Some texts must have a form of their own; to be empty is always right.
      return fc.string({ unit: 'binary' }).map((text) => (isValid(key, text) ? text : ''));
    case 'list of texts':
      // Some are paths, which must be absolute.
      return fc
        .array(fc.string(), { maxLength: 4 })
        .map((texts) => (isValid(key, texts) ? texts : texts.map((text) => `/${text}`)));
    case 'list of tables':
      return key.table === 'inference'
        ? fc.uniqueArray(anyUpstream, { maxLength: 3, selector: ({ name }) => name })
        : fc.uniqueArray(anyProvider, { maxLength: 3, selector: ({ name }) => name });
    default:
      return fc.integer({ min: Math.ceil(key.minimum ?? 0), max: key.maximum ?? 1_000_000 });
  }
}

describe('a list of tables', () => {
  const tables = '[[context.providers]]\nname = "a"\ncommand = ["x"]\n';

  it('stays as it is when another table is written', () => {
    const text = set(tables, 'log.keep', 4);
    expect(text).toBe(`${tables}\n[log]\nkeep = 4\n`);
    expect(parseConfig(text).config?.context.providers).toHaveLength(1);
  });

  it('cannot be set or unset where it is written as tables', () => {
    expect(() => set(tables, 'context.providers', [])).toThrow(/\[\[context.providers\]\] tables/);
    expect(() => unsetInText(tables, 'context.providers')).toThrow(/\[\[context.providers\]\] tables/);
  });

  it('is read from a command line as TOML', () => {
    const key = configKey('context.providers');
    const value = [{ name: 'a', command: ['x'] }];
    const read = parseConfigValue(key, '[{ name = "a", command = ["x"] }]');
    expect(read).toEqual([expect.objectContaining({ name: 'a', command: ['x'], cwd: 'repo' })]);
    expect(parseConfig(setInText('', key, read)).config?.context.providers).toEqual(read);
    expect(() => parseConfigValue(key, 'x')).toThrow(/a list of tables/);
    expect(parseConfig(setInText('', key, value)).config?.context.providers[0]?.name).toBe('a');
  });
});

describe('unsetInText', () => {
  it.each([
    ['an assignment', '[log]\nkeep = 3 # x\nlevel = "warn"\n', 'log.keep', '[log]\nlevel = "warn"\n'],
    ['several lines', '[index]\nignore = [\n"a",\n]\n', 'index.ignore', '[index]\n'],
    [
      'a part of an inline table',
      'log = { keep = 3, level = "warn" }\n',
      'log.keep',
      'log = { level = "warn" }\n',
    ],
    ['a key that is not known', '[log]\nkep = 3\n', 'log.kep', '[log]\n'],
  ])('removes %s', (_what, text, key, expected) => {
    expect(unsetInText(text, key)).toBe(expected);
  });

  it('says so where there is nothing to remove', () => {
    expect(unsetInText('[log]\nkeep = 3\n', 'log.level')).toBeNull();
    expect(unsetInText('', 'log.level')).toBeNull();
  });
});

describe('keys and values', () => {
  it('suggest the key that was meant', () => {
    expect(() => configKey('index.maxFileKb')).toThrow(
      expect.objectContaining({
        kind: 'CONFIG_KEY_UNKNOWN',
        next: expect.stringContaining('"index.maxFileKib"'),
      }),
    );
    expect(() => configKey('something.else')).toThrow(
      expect.objectContaining({ next: expect.not.stringContaining('mean') }),
    );
  });

  it.each([
    ['index.workers', '3', 3],
    ['index.includeSecrets', 'true', true],
    ['embedding.model', 'true', 'true'],
    ['log.level', 'debug', 'debug'],
    ['index.ignore', '["a", "b"]', ['a', 'b']],
    ['index.ignore', '*.gen.ts', ['*.gen.ts']],
    ['watch.sweepMinutes', '2.5', 2.5],
  ])('of %s read %s', (key, text, value) => {
    expect(parseConfigValue(configKey(key), text)).toEqual(value);
  });

  it.each([
    ['index.workers', 'many'],
    ['index.workers', '65'],
    ['index.workers', '1.5'],
    ['index.includeSecrets', 'yes'],
    ['log.level', 'loud'],
    ['index.ignore', '[1]'],
  ])('of %s refuse %s', (key, text) => {
    expect(() => parseConfigValue(configKey(key), text)).toThrow(/must be/);
  });

  it('are all in the template, whose defaults are those of the schema', () => {
    expect(parseConfig(configTemplate())).toEqual({ config: Config.parse({}), problems: [] });
    const all = configTemplate().replaceAll(/^# (\w+ = )/gm, '$1');
    const config = parseConfig(all).config as Record<string, Record<string, unknown>> | null;
    for (const key of configKeys()) expect(config?.[key.table]?.[key.name]).toEqual(key.default ?? '');
  });

  it('are described, so that a list of them helps', () => {
    expect(configKeys().length).toBeGreaterThan(20);
    expect(configKey('log.level')).toMatchObject({
      type: 'choice',
      default: 'info',
      table: 'log',
      name: 'level',
    });
    expect(configKey('store.diskBudgetMib')).toMatchObject({ minimum: 16, maximum: null });
  });
});
