import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chunkText } from '../../dist/workers/chunk-text.js';
import { classify } from '../../dist/workers/classify.js';
import { contentKey } from '../../dist/workers/content-key.js';
import { decode } from '../../dist/workers/decode.js';
import { derive } from '../../dist/workers/derive.js';
import { loadSharedModel } from '../../dist/workers/embed.js';
import { detectLanguage } from '../../dist/workers/languages.js';

const modelFile = join(import.meta.dirname, '../../models/lcad-code-1.safetensors');
const maxFileBytes = 1_000_000;
const filesPerTask = 32;

/** Every n-th file, with its key and language as the index has them. */
function* tasksOf(repos, share, model) {
  for (const { root, files } of repos) {
    const taken = [];
    for (const [at, path] of files.entries()) {
      if (at % share !== 0) continue;
      let bytes;
      try {
        bytes = readFileSync(join(root, path));
      } catch {
        // A link or a submodule.
        continue;
      }
      if (bytes.length > maxFileBytes || classify(path, bytes) !== null) continue;
      const language = detectLanguage(path, bytes.subarray(0, 16_384));
      taken.push({ path, key: contentKey(language, bytes), language });
    }
    for (let from = 0; from < taken.length; from += filesPerTask) {
      yield {
        type: 'derive',
        root,
        files: taken.slice(from, from + filesPerTask),
        mode: 'syntax',
        parseDeadlineMs: 5000,
        maxFileBytes,
        includeGenerated: false,
        progress: new SharedArrayBuffer(4),
        model,
      };
    }
  }
}

/**
 * CPU time of deriving files, and that of their outlines in it, one after the other in this process: what the same
 * chunks take with and without outlines differs by theirs.
 * @param share one file of so many is taken
 */
export async function outlineCost(repos, share) {
  const { model } = loadSharedModel({ file: modelFile });
  const used = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const options = { mode: 'syntax', deadlineMs: 5000 };
  // Of these, queries and grammars are read in.
  const warm = new Set();
  let [all, withOutlines, without] = [0, 0, 0];
  for (const task of tasksOf(repos, share, model)) {
    let from = used();
    await derive(task);
    all += used() - from;
    const texts = task.files.map(({ path, language }) => [
      language,
      decode(readFileSync(join(task.root, path))),
    ]);
    for (const [language, text] of texts) {
      if (warm.has(language)) continue;
      warm.add(language);
      for (const outline of [false, true]) await chunkText(language, text, { ...options, outline });
    }
    // Each way goes first as often as the other.
    const ways = [false, true, true, false];
    for (const outline of ways) {
      from = used();
      for (const [language, text] of texts) await chunkText(language, text, { ...options, outline });
      if (outline) withOutlines += (used() - from) / 2;
      else without += (used() - from) / 2;
    }
  }
  const outlines = withOutlines - without;
  return { deriveMs: all, outlinesMs: outlines, addsPercent: (outlines / (all - outlines)) * 100 };
}
