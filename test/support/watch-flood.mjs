// Writes so many files that the kernel's queue of events (16,384 by default) runs over, and a last one after them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [root, count] = process.argv.slice(2);
for (let i = 0; i < Number(count); i++) writeFileSync(join(root, `flood${i}.ts`), `${i}\n`);
writeFileSync(join(root, 'src', 'last.ts'), 'after the queue was full\n');
