import { expect, test } from 'vitest';
import { FileTargets } from '../../../src/daemon/graph/file-targets.js';
import type { Import, Target } from '../../../src/daemon/graph/resolve/contract.js';

const imports: Import[] = ['a', 'b'].map((specifier) => ({ specifier, names: [], form: 'static', line: 1 }));
const external = (name: string): Target => ({ kind: 'external', name, certainty: 'exact' });

test('imports of a file are resolved when they are asked for, each once', () => {
  const asked: string[] = [];
  let begun = 0;
  const targets = new FileTargets(imports, () => {
    begun++;
    return ({ specifier }) => {
      asked.push(specifier);
      return external(specifier);
    };
  });
  expect(begun).toBe(0);
  expect([targets.at(1), targets.at(1), targets.at(2)]).toEqual([external('b'), external('b'), undefined]);
  expect(asked).toEqual(['b']);
  expect([targets.all(), targets.all()]).toEqual(
    [imports, imports].map(() => [external('a'), external('b')]),
  );
  expect({ asked, begun }).toEqual({ asked: ['b', 'a'], begun: 1 });
});
