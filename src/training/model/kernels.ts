import { readFileSync } from 'node:fs';
import { packagePath } from '../../shared/package-root.js';

/** Memory of WebAssembly that threads share. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
}

/** What is needed of a global that neither TypeScript's ES libraries nor Node's types declare. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory;
};

/** The functions of kernels/train.wat, where each is described. Addresses and row sizes are in bytes. */
export interface Kernels {
  gather(
    offsets: number,
    rows: number,
    factors: number,
    samples: number,
    values: number,
    rowBytes: number,
    out: number,
    scales: number,
  ): void;
  multiply(a: number, b: number, c: number, m: number, n: number, k: number, panel: number): void;
  transpose(a: number, out: number, m: number, n: number): void;
  exponentials(s: number, n: number, sharpness: number, rowSums: number, columnSums: number): void;
  weigh(s: number, n: number, rows: number, columns: number): void;
  project(g: number, u: number, scales: number, samples: number, rowBytes: number): void;
  update(
    count: number,
    ids: number,
    weights: number,
    offsets: number,
    users: number,
    factors: number,
    gradients: number,
    rowBytes: number,
    values: number,
    means: number,
    variances: number,
    dots: number,
    sum: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void;
}

const pageBytes = 65_536;

export function allocateMemory(bytes: number): WasmMemory {
  const pages = Math.ceil(bytes / pageBytes);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

export function loadKernels(memory: WasmMemory): Kernels {
  const module = new WebAssembly.Module(readFileSync(packagePath('dist/kernels/train.wasm')));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Kernels;
}
