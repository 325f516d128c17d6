import { expect, test } from 'vitest';
import { scanAround } from '../../../src/daemon/completion/scan.js';
import { typeInText } from '../../../src/daemon/completion/written-type.js';

test('names are found with what stands before them and how far away they are', () => {
  const { mentions, partial, receiver } = scanAround(
    'alpha(beta);\nthis.gamma?.delta();\nitems.pu',
    'sh(alpha);\nomega',
  );
  const at = (name: string) => mentions.find((one) => one.name === name);
  expect(at('alpha')).toMatchObject({ receiver: null, distance: 0, count: 2 });
  expect(at('beta')).toMatchObject({ distance: 2 });
  expect(at('gamma')).toMatchObject({ receiver: 'this', distance: 1 });
  expect(at('delta')).toMatchObject({ receiver: 'this.gamma' });
  expect(at('omega')).toMatchObject({ distance: 1 });
  expect(partial).toBe('pu');
  expect(receiver).toBe('items');
  expect(at('push')).toBeUndefined();
  expect(at('sh')).toBeUndefined();
});

test('the name that the cursor is in is one of the names of the text', () => {
  expect([...scanAround('items.pu', 'sh(alpha)').names].sort()).toEqual(['alpha', 'items', 'push']);
});

test('what stands before the cursor is a path of names, or empty for anything else', () => {
  expect(scanAround('a->b.', '').receiver).toBe('a->b');
  expect(scanAround('std::fs::', '').receiver).toBe('std::fs');
  expect(scanAround('call().', '').receiver).toBe('');
  expect(scanAround('x = y', '').receiver).toBeNull();
  expect(scanAround('', '')).toMatchObject({ partial: '', receiver: null, mentions: [] });
});

test('the line of the cursor is not part of what is near: it changes with every key', () => {
  const near = (typed: string) => [...scanAround(`first(one)\n${typed}`, '\nlast').nearby];
  expect(near('sec')).toEqual(near('second(th'));
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
