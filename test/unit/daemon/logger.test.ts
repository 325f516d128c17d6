import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLog } from '../../../src/daemon/logger.js';
import { RotatingFile } from '../../../src/daemon/rotating-file.js';
import { Config } from '../../../src/protocol/config.js';
import { LcadError } from '../../../src/shared/errors.js';
import { packagePath } from '../../../src/shared/package-root.js';
import { type Places, placesOf } from '../../../src/shared/paths.js';
import { makeHome } from '../../support/daemon.js';

let home: string;
let places: Places;
const { log: defaults } = Config.parse({});

beforeEach(() => {
  home = makeHome();
  places = placesOf({ LCAD_HOME: home });
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function entries(file = places.logFile): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('has one JSON object a line, with time, level and details', () => {
    const { log, close } = openLog(places, defaults);
    log.info({ repo: 'r1', files: 3 }, 'indexed');
    log.debug({}, 'not at this level');
    log
      .child({ part: 'store' })
      .error({ err: new LcadError('DISK_FULL', 'No room.', { details: { path: '/x' } }) }, 'failed');
    log.warn({ config: { apiKey: 'sk-1' } }, 'a slip');
    close();
    expect(entries()).toMatchObject([
      { level: 'info', repo: 'r1', files: 3, msg: 'indexed', pid: process.pid },
      {
        level: 'error',
        part: 'store',
        err: { kind: 'DISK_FULL', details: { path: '/x' }, message: 'No room.' },
      },
      { config: { apiKey: '[Redacted]' } },
    ]);
    expect(String(entries()[0]?.time)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(statSync(places.logFile).mode & 0o777).toBe(0o600);
    expect(statSync(places.state).mode & 0o777).toBe(0o700);
  });

  it('is rotated by size, keeps so many files, and loses no line', () => {
    const { log, configure, close } = openLog(places, { ...defaults, maxMib: 0.1, keep: 2 });
    for (let index = 0; index < 2000; index++) log.info({ index }, 'x'.repeat(40));
    const names = readdirSync(places.state).sort();
    expect(names).toEqual(['lcadd.log', 'lcadd.log.1', 'lcadd.log.2']);
    const seen = ['.2', '.1', '']
      .flatMap((suffix) => entries(places.logFile + suffix))
      .map(({ index }) => index as number);
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, at) => 2000 - seen.length + at));
    for (const name of names)
      expect(statSync(join(places.state, name)).size).toBeLessThanOrEqual(0.1 * 1024 * 1024);
    configure({ level: 'warn', maxMib: 1, keep: 1 });
    log.info({}, 'no more');
    expect(readdirSync(places.state).sort()).toEqual(['lcadd.log', 'lcadd.log.1']);
    expect(entries().at(-1)?.msg).not.toBe('no more');
    close();
  });

  it('goes on in a new file once the old one was moved away', () => {
    const { log, reopen, close } = openLog(places, defaults);
    log.info({}, 'before');
    renameSync(places.logFile, `${places.logFile}.moved`);
    reopen();
    log.info({}, 'after');
    close();
    expect(entries().map(({ msg }) => msg)).toEqual(['after']);
  });

  it('says what is wrong if it cannot be opened', () => {
    mkdirSync(places.logFile, { recursive: true });
    expect(() => openLog(places, defaults)).toThrow(expect.objectContaining({ kind: 'FOLDER_UNSAFE' }));
  });

  it('has the last words of a process that is killed right after them', () => {
    const script = `
      import { openLog } from ${JSON.stringify(packagePath('dist/daemon/logger.js'))};
      import { placesOf } from ${JSON.stringify(packagePath('dist/shared/paths.js'))};
      openLog(placesOf(), { level: 'info', maxMib: 1, keep: 1 }).log.fatal({}, 'last words');
      process.kill(process.pid, 'SIGKILL');`;
    const run = () =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, LCAD_HOME: home },
      });
    expect(run).toThrow();
    expect(entries()).toMatchObject([{ level: 'fatal', msg: 'last words' }]);
  });
});

describe('a file that cannot be written', () => {
  it('throws at nobody, counts what is lost, and tells once it works again', () => {
    const file = join(home, 'log');
    const log = new RotatingFile(file, { maxBytes: 20, keep: 1 });
    log.write('first line here\n');
    // A folder that holds something cannot be replaced: rotation fails as it does on a full disk.
    mkdirSync(`${file}.1/full`, { recursive: true });
    log.write('second line here\n');
    log.write('third line here\n');
    expect(log.lost).toBe(2);
    rmSync(`${file}.1`, { recursive: true });
    log.write('fourth line here\n');
    expect(log.lost).toBe(0);
    log.close();
    expect(existsSync(file)).toBe(true);
    const [note, last] = readFileSync(file, 'utf8').trim().split('\n');
    expect(JSON.parse(note ?? '')).toMatchObject({ level: 'warn', lost: 2 });
    expect(last).toBe('fourth line here');
  });
});
