import { expect, test } from 'vitest';
import { chunkKinds, languageNames } from '../../../src/client/help.js';
import { chunkKinds as kindsOfChunker } from '../../../src/workers/chunk/kinds.js';
import { languageIds } from '../../../src/workers/languages.js';

test('help and completion name exactly what can be searched for', () => {
  expect(languageNames).toEqual(languageIds);
  expect(chunkKinds).toEqual([...kindsOfChunker]);
});
