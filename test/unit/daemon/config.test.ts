import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/daemon/config.js';
import { Config } from '../../../src/protocol/config.js';
import { parseConfig } from '../../../src/protocol/config-text.js';
import { makeHome } from '../../support/daemon.js';

let home: string;
let file: string;

beforeEach(() => {
  home = makeHome();
  file = join(home, 'config.toml');
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const defaults = Config.parse({});

describe('loadConfig', () => {
  it('takes defaults for an absent or empty file', () => {
    expect(loadConfig(file)).toEqual({ config: defaults, problem: null, exists: false });
    writeFileSync(file, '');
    expect(loadConfig(file)).toEqual({ config: defaults, problem: null, exists: true });
  });

  it('reads what the file says', () => {
    writeFileSync(file, '\ufeff[index]\r\nignore = [\r\n  "a", # one\r\n  "b",\r\n]\r\nworkers = 3\r\n');
    const { config, problem } = loadConfig(file);
    expect(problem).toBeNull();
    expect(config.index).toEqual({ ...defaults.index, ignore: ['a', 'b'], workers: 3 });
  });

  it('stays on the last good configuration, across runs, when the file is malformed', () => {
    const lastGood = join(home, 'state', 'good.toml');
    writeFileSync(file, '[index]\nignore = ["secret/"]\n');
    loadConfig(file, lastGood);
    writeFileSync(file, '[index]\nignore = ["secret/"\nworkers = 2\n');
    const { config, problem, exists } = loadConfig(file, lastGood);
    expect(config.index.ignore).toEqual(['secret/']);
    expect(exists).toBe(true);
    expect(problem).toMatchObject({ kind: 'config' });
    expect(problem?.message).toMatch(
      /config\.toml:\d: This is not TOML: .*last read without errors is in force/,
    );
    expect(readFileSync(lastGood, 'utf8')).toContain('secret/');
    expect(loadConfig(file).config).toEqual(defaults);
    expect(loadConfig(file).problem?.message).toMatch(/Every key has its default meanwhile\.$/);
  });

  it('reports a file that cannot be read', () => {
    mkdirSync(file);
    expect(loadConfig(file)).toMatchObject({ config: defaults, exists: true, problem: { kind: 'config' } });
  });
});

/** The problems of a text as `line key message -> next`. */
function problems(text: string): string[] {
  return parseConfig(text).problems.map(
    ({ line, key, message, next }) => `${line} ${key ?? '-'} ${message} -> ${next}`,
  );
}

describe('what is wrong with a configuration', () => {
  it.each([
    [
      'a value of another type',
      '# note\n\n[index]\nmaxFileKib = "big"\n',
      '4 index.maxFileKib index.maxFileKib must be a whole number from 1 to 102400, not "big". -> Mend that line, or remove it to use the default, 1024.',
    ],
    [
      'a value out of range, by a dotted key',
      'log.level = "info"\nlog.keep = 0',
      '2 log.keep log.keep must be a whole number from 1 to 100, not 0. -> Mend that line, or remove it to use the default, 3.',
    ],
    [
      'a choice that there is not, in an inline table',
      'embedding = { model = "x", provider = "olama" }',
      '1 embedding.provider embedding.provider must be one of "builtin", "ollama", "openai", "none", not "olama". -> Mend that line, or remove it to use the default, "builtin".',
    ],
    [
      'one text of a list, over several lines',
      '[index]\nignore = [\n "#",\n 7,\n]\n',
      '2 index.ignore index.ignore must be a list of texts: ["…", "…"], not ["#",7]. -> Mend that line, or remove it to use the default, [].',
    ],
    [
      'a misspelt key',
      '[index]\nmax_file_kb = 3',
      '2 index.max_file_kb There is no key "index.max_file_kb". -> Did you mean "index.maxFileKib"? `lcad config list` shows every key.',
    ],
    [
      'a key in the wrong table',
      '[store]\nworkers = 3',
      '2 store.workers There is no key "store.workers". -> Did you mean "index.workers"? `lcad config list` shows every key.',
    ],
    [
      'a key without its table',
      'maxFileKib = 3',
      '1 maxFileKib There is no key "maxFileKib". -> Did you mean "index.maxFileKib"? `lcad config list` shows every key.',
    ],
    [
      'a misspelt table',
      '[embeding]\nmodel = "x"',
      '1 embeding There is no key "embeding". -> Did you mean "embedding"? `lcad config list` shows every key.',
    ],
    [
      'a key like none',
      '[index]\nxyzzyplugh = 3',
      '2 index.xyzzyplugh There is no key "index.xyzzyplugh". -> Remove it; `lcad config list` shows every key.',
    ],
    [
      'a value in place of a table',
      'workers = 1\nindex = 3'.slice(12),
      '1 index "index" must be one table with keys in it. -> Write [index] on a line of its own, and its keys below.',
    ],
    [
      'a table given as a list',
      '[[log]]\nkeep = 1',
      '1 log "log" must be one table with keys in it. -> Write [log] on a line of its own, and its keys below.',
    ],
    [
      'a misspelt key in one of several tables of a list',
      '[[context.providers]]\nname = "a"\ncommand = ["x"]\n[[context.providers]]\nname = "b"\ncommand = ["y"]\ndeadline = 5\n',
      '7 context.providers.deadline [[context.providers]] "b": there is no key "deadline". -> `lcad config list` shows what such a table holds.',
    ],
    [
      'a key that a table of a list lacks',
      '[[context.providers]]\ncommand = ["x"]\n[log]\nkeep = 3\n',
      '1 context.providers.name [[context.providers]] number 1: name is missing. -> `lcad config list` shows what such a table holds.',
    ],
    [
      'a name that two tables of a list have',
      '[[context.providers]]\nname = "a"\ncommand = ["x"]\n[[context.providers]]\nname = "a"\ncommand = ["y"]\n',
      '5 context.providers.name [[context.providers]] "a": name is not valid: another one has it too. -> `lcad config list` shows what such a table holds.',
    ],
    [
      'a list of tables that is none',
      'context.providers = "x"\n',
      '1 context.providers context.providers must be a list of tables, each with names of its own: [[context.providers]], not "x". -> Mend that line, or remove it to use the default, [].',
    ],
  ])('is named: %s', (_what, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  it('is told with line and column for the syntax', () => {
    const [problem] = parseConfig('[index]\nworkers = 3\nworkers = 4\n').problems;
    expect(problem).toMatchObject({ line: 3, column: 1, key: null });
    expect(problem?.message).toMatch(/trying to redefine an already defined/);
  });

  it('is told whole, in the order of the lines', () => {
    const lines = parseConfig('[log]\nkeep = 0\nlevl = "info"\n[index]\nworkers = -1\n').problems;
    expect(lines.map(({ line }) => line)).toEqual([2, 3, 5]);
  });

  it('has a limit of size', () => {
    expect(problems('#'.repeat(2 * 1024 * 1024))[0]).toMatch(/larger than 1 MiB/);
  });
});
