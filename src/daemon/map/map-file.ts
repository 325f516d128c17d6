import type { Content } from '../graph/content.js';

/** A file of the map. */
export interface MapFile {
  readonly path: string;
  readonly content: Content;
}
