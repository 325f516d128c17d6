import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  configEntries,
  configGet,
  configInit,
  configSet,
  configUnset,
} from '../../../src/client/config-file.js';
import { makeHome } from '../../support/daemon.js';

let home: string;
let file: string;

beforeEach(() => {
  home = makeHome();
  file = join(home, 'config', 'config.toml');
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const text = () => readFileSync(file, 'utf8');

describe('the configuration file', () => {
  it('is made by the first change, for this user alone', () => {
    expect(configSet(file, 'log.keep', '7')).toEqual({ key: 'log.keep', before: 3, after: 7 });
    expect(text()).toBe('[log]\nkeep = 7\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(configGet(file, 'log.keep')).toMatchObject({ value: 7, changed: true, default: 3 });
    expect(configUnset(file, 'log.keep')).toEqual({ key: 'log.keep', before: 7, after: 3 });
    expect(configEntries(file).filter(({ changed }) => changed)).toEqual([]);
    expect(readdirSync(join(home, 'config'))).toEqual(['config.toml']);
  });

  it('keeps its mode, and is written through a link', () => {
    const real = join(home, 'dotfiles.toml');
    mkdirSync(join(home, 'config'));
    writeFileSync(real, '# mine\n');
    chmodSync(real, 0o644);
    symlinkSync(real, file);
    configSet(file, 'index.workers', '2');
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toBe('# mine\n\n[index]\nworkers = 2\n');
    expect(statSync(real).mode & 0o777).toBe(0o644);
  });

  it('is left alone by a change that is refused', () => {
    mkdirSync(join(home, 'config'));
    const broken = '[log]\nkeep = 0\n[index]\nworkers = 1\n';
    writeFileSync(file, broken);
    expect(() => configSet(file, 'log.keep', '-1')).toThrow(/must be a whole number from 1 to 100/);
    expect(() => configSet(file, 'log.kep', '1')).toThrow(/There is no key/);
    expect(() => configSet(file, 'index.workers', '3')).toThrow(/config\.toml:2: log\.keep must be/);
    expect(() => configGet(file, 'log.keep')).toThrow(expect.objectContaining({ kind: 'CONFIG_INVALID' }));
    expect(text()).toBe(broken);
  });

  it('is mended by setting or removing the key that is wrong', () => {
    mkdirSync(join(home, 'config'));
    writeFileSync(file, '[log]\nkeep = 0\n');
    expect(configSet(file, 'log.keep', '4')).toEqual({ key: 'log.keep', before: null, after: 4 });
    writeFileSync(file, '[log]\nkeeep = 1\n');
    expect(configUnset(file, 'log.keeep')).toEqual({ key: 'log.keeep', before: null, after: null });
    expect(text()).toBe('[log]\n');
  });

  it('is not edited while its syntax is wrong', () => {
    mkdirSync(join(home, 'config'));
    writeFileSync(file, '[log\nkeep = 3\n');
    expect(() => configSet(file, 'log.keep', '4')).toThrow(/config\.toml:1: This is not TOML/);
    expect(() => configUnset(file, 'log.keep')).toThrow(/config\.toml:1/);
    expect(text()).toBe('[log\nkeep = 3\n');
  });

  it('is begun from a template, once', () => {
    expect(configInit(file)).toBe(true);
    expect(text()).toContain('# maxFileKib = 1024');
    configSet(file, 'index.maxFileKib', '2048');
    expect(text()).toContain('# maxFileKib = 1024\nmaxFileKib = 2048\n');
    expect(configInit(file)).toBe(false);
    expect(configGet(file, 'index.maxFileKib').value).toBe(2048);
  });

  it('unsets nothing without writing', () => {
    expect(configUnset(file, 'log.keep')).toEqual({ key: 'log.keep', before: 3, after: 3 });
    expect(existsSync(file)).toBe(false);
    expect(() => configUnset(file, 'log.kep')).toThrow(
      expect.objectContaining({ kind: 'CONFIG_KEY_UNKNOWN' }),
    );
  });
});
