import { expect, test } from 'vitest';
import type { WatcherReport } from '../../../src/workers/watcher/messages.js';
import { Outbox } from '../../../src/workers/watcher/outbox.js';

test('while nothing is written, hints are dropped, and each root that lost some gets one sweep', () => {
  const sent: WatcherReport[] = [];
  let written: (() => void)[] = [];
  const outbox = new Outbox((report, done) => {
    sent.push(report);
    written.push(done);
  });
  for (let i = 0; i < 1000; i++) {
    outbox.post({ type: 'hints', id: i % 2 ? 'a' : 'b', paths: [`/r/${i}`], folders: [] });
    outbox.post({ type: 'beat' });
  }
  expect(sent.length).toBeLessThan(100);
  outbox.post({ type: 'mode', id: 'a', revision: 1, mode: 'off', began: false, fault: null, detail: '' });
  expect(sent.at(-1)?.type).toBe('mode');
  const before = sent.length;
  for (const done of written.splice(0)) done();
  expect(sent.slice(before)).toMatchObject([
    { type: 'sweep', id: 'b' },
    { type: 'sweep', id: 'a' },
  ]);
  for (const done of written.splice(0)) done();
  written = [];
  outbox.post({ type: 'hints', id: 'a', paths: ['/r/x'], folders: [] });
  expect(sent.at(-1)).toMatchObject({ type: 'hints', paths: ['/r/x'] });
});
