import { readFile } from 'node:fs/promises';
import { LcadError, messageOf } from '../../shared/errors.js';
import { packagePath } from '../../shared/package-root.js';

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface WasmInstance {
  readonly exports: Record<string, unknown>;
}

// Node's types leave WebAssembly to the DOM's.
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => WasmInstance;
  Memory: new (size: { initial: number }) => WasmMemory;
};

const pageBytes = 65_536;
const pagesAtMost = 65_536;
const growth = 1 / 8;

const compiling = new Map<string, Promise<object>>();

/**
 * A kernel (src/kernels), read once.
 * @throws INTERNAL_ERROR if it is not there
 */
export function compiled(name: 'similarity' | 'sketch'): Promise<object> {
  const known = compiling.get(name);
  if (known) return known;
  const module = readFile(packagePath('dist', 'kernels', `${name}.wasm`)).then((bytes) =>
    WebAssembly.compile(bytes),
  );
  const checked = module.catch((error: unknown) => {
    compiling.delete(name);
    const message = `The kernel that compares vectors cannot be loaded: ${messageOf(error)}`;
    throw new LcadError('INTERNAL_ERROR', message, { next: 'Install lcad again.', cause: error });
  });
  compiling.set(name, checked);
  return checked;
}

/** Memory of a kernel: grows in place, and costs real memory only where it was written. */
export class KernelMemory {
  readonly #memory: WasmMemory;
  #bytes: Uint8Array;

  /** @throws INDEX_UNAVAILABLE if there is no memory for it */
  constructor(bytes: number) {
    try {
      this.#memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) });
    } catch (error) {
      throw noRoom(error);
    }
    this.#bytes = new Uint8Array(this.#memory.buffer);
  }

  /** The functions that a compiled kernel exports, working on this memory. */
  bind<F>(module: object): F {
    return new WebAssembly.Instance(module, { env: { memory: this.#memory } }).exports as F;
  }

  /** Views of this are good until the memory grows. */
  get buffer(): ArrayBuffer {
    return this.#memory.buffer;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /**
   * Makes room for so many bytes.
   * @returns true if the buffer is another one now
   * @throws INDEX_UNAVAILABLE if there is no memory for it
   */
  reserve(bytes: number): boolean {
    const missing = bytes - this.#bytes.length;
    if (missing <= 0) return false;
    const room = pagesAtMost - this.#bytes.length / pageBytes;
    const pages = Math.ceil(
      Math.max(missing, Math.min(this.#bytes.length * growth, room * pageBytes)) / pageBytes,
    );
    try {
      this.#memory.grow(pages);
    } catch (error) {
      throw noRoom(error);
    }
    this.#bytes = new Uint8Array(this.#memory.buffer);
    return true;
  }
}

function noRoom(cause: unknown): LcadError {
  const message = 'There is not enough memory to compare vectors with a query.';
  return new LcadError('INDEX_UNAVAILABLE', message, { next: 'Free some memory.', cause });
}
