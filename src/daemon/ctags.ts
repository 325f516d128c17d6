import type { Config } from '../protocol/config.js';
import type { CtagsStatus } from '../protocol/status.js';
import { type CtagsFound, findCtags } from '../workers/ctags/detect.js';
import { servedByCtags, taggedLanguageIds } from '../workers/ctags/languages.js';
import type { CtagsProgram } from '../workers/ctags/program.js';

/** The Universal Ctags in use, and what `status` says of it. */
export interface CtagsInUse {
  program: CtagsProgram | undefined;
  status: CtagsStatus;
}

/** Looks for a Universal Ctags as the configuration says. Never rejects. */
export async function ctagsFor({ ctags, ctagsPath }: Config['index']): Promise<CtagsInUse> {
  if (ctags === 'off') return { program: undefined, status: ctagsStatus('off') };
  const found = await findCtags(ctagsPath, process.env.PATH ?? '');
  return { program: found.state === 'found' ? found.program : undefined, status: ctagsStatus(found) };
}

const install = 'Install universal-ctags and run `lcad restart`.';

/** What `status` says. Pure. */
function ctagsStatus(found: CtagsFound | 'off'): CtagsStatus {
  const none = { version: null, path: null, sandboxed: false, languages: [...taggedLanguageIds] };
  if (found === 'off') {
    const next = '`lcad config set index.ctags auto`, then `lcad restart`, switches it on.';
    return { ...none, state: 'off', message: 'index.ctags is "off".', next };
  }
  if (found.state === 'absent') {
    return { ...none, state: 'absent', message: 'There is no Universal Ctags.', next: install };
  }
  if (found.state === 'unusable') {
    const message = `${found.path} cannot be used: ${found.message}.`;
    return { ...none, state: 'unusable', path: found.path, message, next: install };
  }
  const { program } = found;
  const languages = taggedLanguageIds.filter((id) => servedByCtags(program, id));
  const { version, path, sandbox } = program;
  return { state: 'found', version, path, sandboxed: sandbox, languages, message: null, next: null };
}
