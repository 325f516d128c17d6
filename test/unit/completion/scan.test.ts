import { expect, test } from 'vitest';
import { scanLine, scanLines } from '../../../src/daemon/completion/scan.js';
import { typeInText } from '../../../src/daemon/completion/written-type.js';

test('names are found with what stands before them and how far away they are', () => {
  const { mentions } = scanLines('alpha(beta);\nthis.gamma?.delta();\n', '\nalpha.omega');
  const at = (name: string) => mentions.find((one) => one.name === name);
  expect(at('alpha')).toMatchObject({ receiver: null, distance: 1, count: 2 });
  expect(at('beta')).toMatchObject({ distance: 2 });
  expect(at('gamma')).toMatchObject({ receiver: 'this', distance: 1 });
  expect(at('delta')).toMatchObject({ receiver: 'this.gamma' });
  expect(at('omega')).toMatchObject({ receiver: 'alpha', distance: 1 });
});

test('the name that the cursor is in is one of the names of its line, but no mention', () => {
  const { mentions, names, partial, receiver } = scanLine('items.pu', 'sh(alpha)');
  expect([...names].sort()).toEqual(['alpha', 'items', 'push']);
  expect(mentions.map(({ name, distance }) => [name, distance])).toEqual([
    ['items', 0],
    ['alpha', 0],
  ]);
  expect({ partial, receiver }).toEqual({ partial: 'pu', receiver: 'items' });
});

test('what stands before the cursor is a path of names, or empty for anything else', () => {
  expect(scanLine('a->b.', '').receiver).toBe('a->b');
  expect(scanLine('std::fs::', '').receiver).toBe('std::fs');
  expect(scanLine('call().', '').receiver).toBe('');
  expect(scanLine('x = y', '').receiver).toBeNull();
  expect(scanLine('', '')).toMatchObject({ partial: '', receiver: null, mentions: [] });
});

test('the type of a variable is read from the last declaration before the cursor', () => {
  expect(typeInText('const queue: Queue<Job> = x;\n', 'queue')).toBe('Queue');
  expect(typeInText('queue = new Queue(3)\n', 'queue')).toBe('Queue');
  expect(typeInText('queue := &work.Queue{}\n', 'queue')).toBe('Queue');
  expect(typeInText('let mut queue = Queue::new();', 'queue')).toBe('Queue');
  expect(typeInText('Queue queue = make();', 'queue')).toBe('Queue');
  expect(typeInText('ngx_conf_t *cf, void', 'cf')).toBe('ngx_conf_t');
  expect(typeInText('struct worker *w;', 'w')).toBe('worker');
  expect(typeInText('queue: First\nqueue: Second', 'queue')).toBe('Second');
  expect(typeInText('queue.push(1)', 'queue')).toBe('');
});
