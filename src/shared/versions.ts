import { readFileSync } from 'node:fs';
import { packagePath } from './package-root.js';

/** Version of the product, from package.json. */
export const productVersion: string = (
  JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string }
).version;

/** Version of the wire protocol: raised when a method's shape changes in a way that an older client cannot read. */
export const protocolVersion = 1;

/**
 * Version of everything that is derived from a file's bytes. It is part of every content key, so raising it makes
 * all content new, to be derived again, and lets what was derived before be collected.
 */
export const pipelineVersion = 6;

/** Version of the form of files and tables under the data directory. */
const storeVersion = 5;

/**
 * Version of an index on disk: another one found there is rebuilt. It holds the pipeline's version too, since a manifest
 * would otherwise go on naming contents by keys that nothing is derived under any more.
 */
export const indexVersion = storeVersion * 1_000 + pipelineVersion;
