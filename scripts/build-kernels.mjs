// Compiles the WebAssembly kernels, src/kernels/*.wat, into dist/kernels/*.wasm.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import createWabt from 'wabt';

const root = join(import.meta.dirname, '..');
const source = join(root, 'src/kernels');
const target = join(root, 'dist/kernels');
const features = { simd: true, threads: true, bulk_memory: true };

const wabt = await createWabt();
mkdirSync(target, { recursive: true });
for (const file of readdirSync(source).filter((name) => name.endsWith('.wat'))) {
  const module = wabt.parseWat(file, readFileSync(join(source, file), 'utf8'), features);
  module.resolveNames();
  module.validate(features);
  writeFileSync(join(target, file.replace(/\.wat$/, '.wasm')), module.toBinary({}).buffer);
  module.destroy();
}
