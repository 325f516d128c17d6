import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import {
  configKey,
  configTemplate,
  parseConfigValue,
  setInText,
  unsetInText,
} from '../protocol/config-edit.js';
import { type ConfigKey, type ConfigValue, configKeys } from '../protocol/config-keys.js';
import { configError, parseConfig } from '../protocol/config-text.js';
import { LcadError, messageOf, systemCode } from '../shared/errors.js';

/** A key with the value that the file, or else the default, gives it. */
export interface ConfigEntry extends ConfigKey {
  readonly value: ConfigValue | null;
  /** Whether the file sets it to something else than its default. */
  readonly changed: boolean;
}

export interface ConfigEdit {
  key: string;
  before: ConfigValue | null;
  after: ConfigValue | null;
}

/**
 * Every key with its value.
 *
 * @throws LcadError CONFIG_INVALID if the file is malformed or cannot be read
 */
export function configEntries(file: string): ConfigEntry[] {
  const values = valuesOf(file, readText(file));
  return configKeys().map((key) => {
    const value = values(key);
    return { ...key, value, changed: JSON.stringify(value) !== JSON.stringify(key.default) };
  });
}

/** One key with its value. @throws LcadError CONFIG_KEY_UNKNOWN, CONFIG_INVALID */
export function configGet(file: string, name: string): ConfigEntry {
  const { key } = configKey(name);
  const entry = configEntries(file).find((one) => one.key === key);
  if (!entry) throw new Error(`The key ${key} has no entry.`);
  return entry;
}

/**
 * Sets one key in the file and leaves the rest of it, comments included, as it is. The file is made if need be, and
 * replaced as a whole only if the result is valid.
 *
 * @param text the value as on a command line
 * @throws LcadError CONFIG_KEY_UNKNOWN, CONFIG_INVALID (the value, or another line of the file)
 */
export function configSet(file: string, name: string, text: string): ConfigEdit {
  const key = configKey(name);
  const value = parseConfigValue(key, text);
  const current = readText(file);
  checkSyntax(file, current);
  const edited = setInText(current, key, value);
  const after = valuesOf(file, edited)(key);
  if (JSON.stringify(after) !== JSON.stringify(value)) {
    throw new LcadError('CONFIG_INVALID', `${file}: ${key.key} cannot be set there by this command.`, {
      next: 'Edit the file by hand.',
    });
  }
  const before = valueBefore(current, key);
  if (edited !== current) writeAtomically(file, edited);
  return { key: key.key, before, after };
}

/**
 * Removes one key from the file, so that its default is in force. An unknown key can be removed too if it is there.
 *
 * @throws LcadError CONFIG_KEY_UNKNOWN, CONFIG_INVALID (another line of the file)
 */
export function configUnset(file: string, name: string): ConfigEdit {
  const current = readText(file);
  checkSyntax(file, current);
  const edited = unsetInText(current, name);
  if (edited === null) {
    const key = configKey(name);
    return { key: key.key, before: key.default, after: key.default };
  }
  const known = configKeys().find(({ key }) => key === name);
  const values = valuesOf(file, edited);
  const before = known ? valueBefore(current, known) : null;
  writeAtomically(file, edited);
  return { key: name, before, after: known ? values(known) : null };
}

/** Writes a file with every key as a comment; false if there is a file already, which stays as it is. */
export function configInit(file: string): boolean {
  if (existsSync(file)) return false;
  writeAtomically(file, configTemplate());
  return true;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw new LcadError('CONFIG_INVALID', `${file} cannot be read: ${messageOf(error)}`, {
      next: 'Make it a file that you can read.',
      details: { file },
      cause: error,
    });
  }
}

/** An edit needs valid TOML; wrong keys and values are what it may be about to mend. */
function checkSyntax(file: string, text: string): void {
  const { problems } = parseConfig(text);
  if (problems[0] && problems[0].key === null) throw configError(file, problems);
}

function valuesOf(file: string, text: string): (key: ConfigKey) => ConfigValue | null {
  const { config, problems } = parseConfig(text);
  if (config === null) throw configError(file, problems);
  return ({ table, name }) =>
    (config as unknown as Record<string, Record<string, ConfigValue>>)[table]?.[name] ?? null;
}

/** Null where the value in the file was not valid. */
function valueBefore(text: string, key: ConfigKey): ConfigValue | null {
  return parseConfig(text).config ? valuesOf('', text)(key) : null;
}

/** Writes through a symlink (a configuration kept elsewhere), and keeps the file's mode. */
function writeAtomically(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const target = existsSync(file) ? realpathSync(file) : file;
  const temporary = `${target}.${process.pid}.new`;
  try {
    const fd = openSync(temporary, 'wx', 0o600);
    try {
      if (existsSync(target)) fchmodSync(fd, statSync(target).mode & 0o777);
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    const kind = systemCode(error) === 'ENOSPC' ? 'DISK_FULL' : 'CONFIG_INVALID';
    throw new LcadError(kind, `${target} cannot be written: ${messageOf(error)}`, {
      next: 'Make the file and its folder writable for you, with room on the disk.',
      cause: error,
    });
  }
}
