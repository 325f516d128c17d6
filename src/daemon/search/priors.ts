import type { QueryText } from './query.js';

/** Kinds of files that are in the way unless a query asks for them: 1 if it does, less if it may, 0 if not. */
export interface Asides {
  test: number;
  compat: number;
  example: number;
  prose: number;
}

interface Words {
  /** As stems: whoever writes one of these wants such files. */
  plainly: ReadonlySet<string>;
  /** They may as well be what the code is about. */
  perhaps: ReadonlySet<string>;
}

const words = (plainly: string, perhaps = ''): Words => ({
  plainly: new Set(plainly.split(/\s+/)),
  perhaps: new Set(perhaps.split(/\s+/)),
});

const wordsFor: Record<keyof Asides, Words> = {
  test: words('test mock fixtur testcas unittest'),
  compat: words('compat compatibility legacy deprecat vendor polyfill'),
  example: words('exampl sampl demo benchmark bench tutorial doc docs documentation script'),
  prose: words(
    'readm doc docs documentation changelog licens markdown md guid yaml yml toml',
    'config configuration json xml html css packag workflow schema',
  ),
};
const perhapsWorth = 0.5;

/** Written so, a word names what is done rather than the files: "testing client". */
const activity = /ing$/;

/** Which kinds of files a query asks for. Pure. */
export function asksFor({ words: written }: Pick<QueryText, 'words'>): Asides {
  const stems = written.filter(({ lower }) => !activity.test(lower)).flatMap(({ parts }) => parts);
  const asks = (kind: keyof Asides) => {
    const { plainly, perhaps } = wordsFor[kind];
    if (stems.some((stem) => plainly.has(stem))) return 1;
    return stems.some((stem) => perhaps.has(stem)) ? perhapsWorth : 0;
  };
  return { test: asks('test'), compat: asks('compat'), example: asks('example'), prose: asks('prose') };
}
