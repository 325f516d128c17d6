import { writeFileSync } from 'node:fs';
import { packagePath } from '../shared/package-root.js';
import { protocolMarkdown } from './markdown.js';

writeFileSync(packagePath('PROTOCOL.md'), protocolMarkdown());
