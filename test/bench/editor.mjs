// What benchmarks that type into documents share.
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { placesOf } from '../../dist/shared/paths.js';

/** Numbers from 0 to 1 (mulberry32). */
export function randomFrom(start) {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A connection that can send notifications, as an editor does. */
export async function openEditor() {
  const socket = connect(placesOf().socket);
  const waiting = new Map();
  let last = 0;
  let rest = '';
  socket.setEncoding('utf8').on('data', (part) => {
    const lines = `${rest}${part}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { id, result, error } = JSON.parse(line);
      const { done, failed } = waiting.get(id) ?? {};
      waiting.delete(id);
      if (error) failed?.(new Error(error.message));
      else done?.(result);
    }
  });
  const send = (message) => socket.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const request = (method, params) =>
    new Promise((done, failed) => {
      waiting.set(++last, { done, failed });
      send({ id: last, method, params });
    });
  const { pid } = await request('initialize', {});
  return {
    pid,
    request,
    notify: (method, params) => send({ method, params }),
    close: () => socket.destroy(),
  };
}

/** Milliseconds for which the daemon's main thread was on a core; null: the machine does not tell (no Linux). */
export function mainThreadMs(pid) {
  const path = `/proc/${pid}/task/${pid}/schedstat`;
  return existsSync(path) ? Number(readFileSync(path, 'utf8').split(' ')[0]) / 1e6 : null;
}
