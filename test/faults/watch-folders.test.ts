import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder, writeBelow } from '../support/git-repo.js';
import { until, Watched } from '../support/watch.js';

interface Place {
  watched: Watched;
  root: string;
  /** A folder beside the root, with a tree to move in. */
  outside: string;
}

/** A test with a root of its own, watched; they mostly wait, hence run side by side. */
function inPlace(name: string, body: (place: Place) => Promise<void>): void {
  test.concurrent(name, async () => {
    const root = makeFolder('lcad-watch-');
    const outside = makeFolder('lcad-outside-');
    writeBelow(root, 'src/one/two/three/deep.ts', 'deep\n');
    writeBelow(root, 'src/one/a.ts', 'a\n');
    writeBelow(outside, 'tree/x/y/z/deep.ts', 'deep\n');
    writeBelow(outside, 'tree/top.ts', 'top\n');
    const watched = new Watched(root);
    try {
      await watched.start();
      await body({ watched, root, outside });
    } finally {
      await watched.close();
      rmSync(outside, { recursive: true, force: true });
    }
  });
}

/** Waits until all is seen and calm, edits a file, and expects a hint of just this edit. */
async function untilEditsAreSeen(watched: Watched, path: string): Promise<void> {
  await watched.untilTrue(`what is at ${path}`);
  // Whatever was on its way (a new folder is hinted again up to two seconds later) must not be taken for this edit.
  await until('quiet', () => performance.now() - (watched.calls.at(-1)?.at ?? 0) > 4000);
  const mark = watched.mark;
  writeFileSync(path, 'edited later\n');
  await until('a hint for the edit', () => watched.hinted(path, mark));
  await watched.untilTrue('the edit');
  expect(watched.of('sweep', mark)).toEqual([]);
}

describe('new folders', () => {
  inPlace('made with folders and files inside in one go', async ({ watched, root }) => {
    writeBelow(root, 'n1/n2/n3/n4/file.ts', 'one\n');
    await untilEditsAreSeen(watched, join(root, 'n1/n2/n3/n4/file.ts'));
  });

  inPlace('with files that come right after the folder', async ({ watched, root }) => {
    for (let i = 0; i < 30; i++) {
      mkdirSync(join(root, `quick${i}/in`), { recursive: true });
      for (let j = 0; j < 5; j++) writeFileSync(join(root, `quick${i}/in/file${j}.ts`), `${i} ${j}\n`);
    }
    await watched.untilTrue('all files');
    expect(watched.mirror.size).toBe(2 + 150);
  });

  inPlace('hundreds of them, more than are watched one by one', async ({ watched, root }) => {
    for (let i = 0; i < 200; i++) writeBelow(root, `lib${i}/inner/more/file.ts`, `${i}\n`);
    await watched.untilTrue('all files');
    await untilEditsAreSeen(watched, join(root, 'lib77/inner/more/file.ts'));
  });

  inPlace('with a name that was used before by another folder', async ({ watched, root }) => {
    rmSync(join(root, 'src/one'), { recursive: true });
    writeBelow(root, 'src/one/two/three/again.ts', 'again\n');
    await untilEditsAreSeen(watched, join(root, 'src/one/two/three/again.ts'));
  });
});

describe('moved folders', () => {
  inPlace(
    'moved in: its files are found, and edits deep inside are seen',
    async ({ watched, root, outside }) => {
      renameSync(join(outside, 'tree'), join(root, 'src/tree'));
      await untilEditsAreSeen(watched, join(root, 'src/tree/x/y/z/deep.ts'));
    },
  );

  inPlace('moved in: folders made deep inside are seen', async ({ watched, root, outside }) => {
    renameSync(join(outside, 'tree'), join(root, 'src/tree'));
    await untilEditsAreSeen(watched, join(root, 'src/tree/x/y/z/deep.ts'));
    writeBelow(root, 'src/tree/x/y/new/er/file.ts', 'new\n');
    await untilEditsAreSeen(watched, join(root, 'src/tree/x/y/new/er/file.ts'));
  });

  inPlace('renamed: edits deep inside are seen at the new place', async ({ watched, root }) => {
    renameSync(join(root, 'src/one'), join(root, 'src/uno'));
    await untilEditsAreSeen(watched, join(root, 'src/uno/two/three/deep.ts'));
  });

  inPlace('renamed again and again', async ({ watched, root }) => {
    for (const [from, to] of [
      ['src/one', 'src/uno'],
      ['src', 'lib'],
      ['lib/uno/two', 'two'],
      ['two', 'lib/uno/due'],
    ] as const) {
      renameSync(join(root, from), join(root, to));
      await watched.untilTrue(`${from} at ${to}`);
    }
    await untilEditsAreSeen(watched, join(root, 'lib/uno/due/three/deep.ts'));
  });

  inPlace(
    'moved out: its files are gone, and edits there are nobody’s',
    async ({ watched, root, outside }) => {
      renameSync(join(root, 'src/one'), join(outside, 'one'));
      await watched.untilTrue('the files gone');
      writeFileSync(join(outside, 'one/two/three/deep.ts'), 'elsewhere\n');
      writeBelow(root, 'src/b.ts', 'b\n');
      await watched.untilTrue('the next file');
      expect([...watched.mirror.keys()]).toEqual([join(root, 'src/b.ts')]);
    },
  );

  inPlace('moved out and in again, changed meanwhile', async ({ watched, root, outside }) => {
    renameSync(join(root, 'src/one'), join(outside, 'one'));
    writeBelow(outside, 'one/two/new/file.ts', 'new\n');
    await watched.untilTrue('the files gone');
    renameSync(join(outside, 'one'), join(root, 'src/one'));
    await untilEditsAreSeen(watched, join(root, 'src/one/two/new/file.ts'));
    await untilEditsAreSeen(watched, join(root, 'src/one/two/three/deep.ts'));
  });

  inPlace('swapped with another', async ({ watched, root, outside }) => {
    renameSync(join(root, 'src/one'), join(outside, 'aside'));
    renameSync(join(outside, 'tree'), join(root, 'src/one'));
    await untilEditsAreSeen(watched, join(root, 'src/one/x/y/z/deep.ts'));
  });
});

describe('a new subscription of the whole root', () => {
  inPlace('works although folders were renamed and removed since the last', async ({ watched, root }) => {
    renameSync(join(root, 'src/one'), join(root, 'src/uno'));
    await watched.untilTrue('the rename');
    rmSync(join(root, 'src/uno/two'), { recursive: true });
    for (let i = 0; i < 100; i++) mkdirSync(join(root, `modules/m${i}`), { recursive: true });
    await watched.untilTrue('the removal');
    const { watches } = await watched.supervisor.stats();
    const target = { id: 'r', root, prunedFolders: [join(root, 'modules')], gitDir: null };
    await watched.supervisor.watch(target);
    const now = async () => (await watched.supervisor.stats()).watches;
    if (watches !== null) await until('fewer watches', async () => ((await now()) ?? watches) < 20);
    await until('events', () => watched.mode === 'events');
    writeBelow(root, 'src/uno/again/a/b.ts', 'b\n');
    await untilEditsAreSeen(watched, join(root, 'src/uno/again/a/b.ts'));
    await untilEditsAreSeen(watched, join(root, 'src/uno/a.ts'));
  });
});

describe('the root itself', () => {
  inPlace('gone: told at once; back: watched again and caught up', async ({ watched, root }) => {
    rmSync(root, { recursive: true });
    await until('mode off', () => watched.mode === 'off');
    expect(watched.of('mode').at(-1)?.problem).toMatchObject({ kind: 'root-missing' });
    expect(watched.mirror.size).toBe(0);
    writeBelow(root, 'back/again.ts', 'one\n');
    await until('mode events', () => watched.mode === 'events');
    await untilEditsAreSeen(watched, join(root, 'back/again.ts'));
  });

  inPlace('replaced by another folder of the same name', async ({ watched, root, outside }) => {
    rmSync(root, { recursive: true });
    renameSync(join(outside, 'tree'), root);
    await untilEditsAreSeen(watched, join(root, 'x/y/z/deep.ts'));
  });

  inPlace('moved away and back', async ({ watched, root, outside }) => {
    renameSync(root, join(outside, 'root'));
    await until('mode off', () => watched.mode === 'off');
    writeFileSync(join(outside, 'root/src/one/a.ts'), 'changed while away\n');
    renameSync(join(outside, 'root'), root);
    await until('mode events', () => watched.mode === 'events');
    await untilEditsAreSeen(watched, join(root, 'src/one/two/three/deep.ts'));
  });

  inPlace('missing from the start', async ({ outside }) => {
    const later = join(outside, 'later');
    const other = new Watched(later);
    try {
      await other.start();
      expect(other.mode).toBe('off');
      expect(existsSync(later)).toBe(false);
      writeBelow(later, 'a/b.ts', 'b\n');
      await other.untilTrue('its files');
      expect(other.mode).toBe('events');
    } finally {
      await other.close();
    }
  });
});
