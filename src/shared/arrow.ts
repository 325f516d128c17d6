import { createRequire } from 'node:module';

/**
 * The module apache-arrow, in the form in which LanceDB requires it. Imported, it would be loaded a second time as other
 * modules, which the daemon's start would have to wait for, and LanceDB would rebuild every table that is made of classes
 * other than its own before it writes it.
 */
export const arrow = createRequire(import.meta.url)('apache-arrow') as typeof import('apache-arrow');
